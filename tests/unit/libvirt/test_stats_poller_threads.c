/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A system that has no more threads for a while. */
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

#include "tests/unit/libvirt/stats_poller_stage.h"

static atomic_bool has_no_threads;

/* Takes the place of libc's function. */
int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *data), void *data)
{
    int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

    if (has_no_threads)
        return EAGAIN;
    *(void **)&real = dlsym(RTLD_NEXT, "pthread_create");
    return real(thread, attributes, run, data);
}

static int begin(void **state)
{
    (void)state;
    return stage_begin(2);
}

static int end(void **state)
{
    (void)state;
    has_no_threads = false;
    return stage_end();
}

/* Asks for the table as each listing does. */
static bool has_table(void)
{
    const struct stats_table *table = stats_poller_table(poller);

    stats_table_unref(table);
    return table != NULL;
}

static void statistics_are_read_as_soon_as_there_are_threads_again(void **state)
{
    (void)state;
    has_no_threads = true;
    poll_now();
    for (int i = 0; i < 3; i++)
        assert_false(has_table());
    has_no_threads = false;
    EVENTUALLY(has_table());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(statistics_are_read_as_soon_as_there_are_threads_again, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
