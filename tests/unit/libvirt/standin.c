/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/libvirt/standin.h"

#include <dirent.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { SLEEP_MS = 2, PATIENCE_MS = 60 * 1000 };

static atomic_llong advanced_ms;

void gate_reset(struct gate *gate)
{
    gate_open(gate);
    (void)pthread_mutex_lock(&gate->lock);
    gate->calls = gate->inside_max = 0;
    (void)pthread_mutex_unlock(&gate->lock);
}

void gate_close(struct gate *gate, unsigned to_hang)
{
    (void)pthread_mutex_lock(&gate->lock);
    gate->to_hang = to_hang;
    (void)pthread_mutex_unlock(&gate->lock);
}

void gate_open(struct gate *gate)
{
    (void)pthread_mutex_lock(&gate->lock);
    gate->to_hang = 0;
    gate->generation++;
    (void)pthread_cond_broadcast(&gate->queue);
    (void)pthread_mutex_unlock(&gate->lock);
}

void gate_let_out(struct gate *gate)
{
    (void)pthread_mutex_lock(&gate->lock);
    gate->generation++;
    (void)pthread_cond_broadcast(&gate->queue);
    (void)pthread_mutex_unlock(&gate->lock);
}

void gate_pass(struct gate *gate)
{
    unsigned generation;

    (void)pthread_mutex_lock(&gate->lock);
    gate->calls++;
    if (gate->to_hang > 0) {
        generation = gate->generation;
        if (gate->to_hang != UINT_MAX)
            gate->to_hang--;
        if (++gate->inside > gate->inside_max)
            gate->inside_max = gate->inside;
        while (gate->generation == generation)
            (void)pthread_cond_wait(&gate->queue, &gate->lock);
        gate->inside--;
    }
    (void)pthread_mutex_unlock(&gate->lock);
}

static unsigned gate_read(struct gate *gate, const unsigned *number)
{
    unsigned copy;

    (void)pthread_mutex_lock(&gate->lock);
    copy = *number;
    (void)pthread_mutex_unlock(&gate->lock);
    return copy;
}

unsigned gate_calls(struct gate *gate)
{
    return gate_read(gate, &gate->calls);
}

unsigned gate_inside(struct gate *gate)
{
    return gate_read(gate, &gate->inside);
}

unsigned gate_inside_max(struct gate *gate)
{
    return gate_read(gate, &gate->inside_max);
}

void standin_advance_clock(int64_t ms)
{
    atomic_fetch_add(&advanced_ms, ms);
}

/* Replaces the C library's function. */
int clock_gettime(clockid_t clock, struct timespec *now)
{
    long failed = syscall(SYS_clock_gettime, clock, now);
    int64_t ms = clock == CLOCK_BOOTTIME ? atomic_load(&advanced_ms) : 0;

    now->tv_sec += ms / 1000;
    now->tv_nsec += ms % 1000 * 1000000;
    if (now->tv_nsec >= 1000000000) {
        now->tv_sec++;
        now->tv_nsec -= 1000000000;
    }
    return (int)failed;
}

size_t standin_threads(void)
{
    DIR *tasks = opendir("/proc/self/task");
    size_t count = 0;

    for (const struct dirent *task = tasks ? readdir(tasks) : NULL; task; task = readdir(tasks))
        count += task->d_name[0] != '.';
    if (tasks)
        (void)closedir(tasks);
    return count;
}

int64_t standin_cpu_ms(int64_t while_ms)
{
    clock_t before = clock();

    (void)usleep((useconds_t)while_ms * 1000);
    return (int64_t)(clock() - before) * 1000 / CLOCKS_PER_SEC;
}

bool standin_sleep(unsigned *slept)
{
    (void)usleep(SLEEP_MS * 1000);
    *slept += 1;
    return *slept < PATIENCE_MS / SLEEP_MS;
}
