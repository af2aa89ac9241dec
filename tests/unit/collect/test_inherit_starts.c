/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The start time of a guest that ran before the first listing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/collect/inherit.h"
#include "lib/libvirt/proc_start.h"
#include "tests/unit/between.h"
#include "tests/unit/fixtures.h"

/* Starts a process that has the command line of a guest. Returns a socket; the process ends when it is closed. */
static int start_guest(const unsigned char uuid[UUID_BYTES])
{
    char text[UUID_TEXT], ready;
    int ends[2];
    pid_t pid;

    uuid_format(uuid, text);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        (void)dup2(ends[1], STDIN_FILENO);
        (void)dup2(ends[1], STDOUT_FILENO);
        execl("/bin/sh", "sh", "-c", "printf x; read line; exit 0", "guest", "-uuid", text, (char *)NULL);
        _exit(127);
    }
    (void)close(ends[1]);
    assert_int_equal(read(ends[0], &ready, 1), 1);
    return ends[0];
}

/* The start time of a domain that ran before the first listing of such a hypervisor; 0: that of the listing. */
static int64_t start_time(const unsigned char uuid[UUID_BYTES], const char *software, bool local)
{
    const struct domain domain = fixture_domain(1, 3);
    struct snapshot *snapshot = fixture_snapshot(&domain, 1);
    struct proc_starts *starts = proc_start_read();
    int64_t start;

    memcpy(snapshot->domains[0].uuid, uuid, UUID_BYTES);
    snapshot->taken_boot_ms = clock_boot_ms() + 7777777;
    snapshot->domains[0].started_boot_ms = 0;
    (void)strcpy(snapshot->source.software, software);
    snapshot->source.local = local;
    inherit_all(snapshot, NULL, &(struct mail){ .count = 0 }, true);
    assert_int_equal(snapshot->domains[0].started_boot_ms, snapshot->taken_boot_ms);
    assert_non_null(starts);
    inherit_fill_starts(snapshot, starts);
    proc_start_free(starts);
    assert_false(snapshot->domains[0].is_start_guessed);
    start = snapshot->domains[0].started_boot_ms;
    if (start == snapshot->taken_boot_ms)
        start = 0; /* the domain has the time of the listing */
    snapshot_unref(snapshot);
    return start;
}

static void a_guest_that_ran_before_has_the_start_time_of_its_process(void **state)
{
    unsigned char uuid[UUID_BYTES] = { 0xe7 };
    int64_t now = clock_real_ms(), before = clock_boot_ms();
    pid_t pid = getpid();
    int guest;

    (void)state;
    memcpy(uuid + 1, &now, sizeof(now));
    memcpy(uuid + 9, &pid, sizeof(pid));
    guest = start_guest(uuid);
    assert_between(start_time(uuid, "QEMU", true), before - 20, clock_boot_ms() + 20);
    assert_int_equal(start_time(uuid, "QEMU", false), 0); /* the hypervisor is on another host */
    assert_int_equal(start_time(uuid, "LXC", true), 0);
    uuid[0]++;
    assert_int_equal(start_time(uuid, "QEMU", true), 0);
    (void)close(guest);
    (void)wait(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_guest_that_ran_before_has_the_start_time_of_its_process),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
