/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sys/resource.h>

#include "agent/descriptors.h"

enum { LIMIT = 64 };

/* How many descriptors below the limit are open. Inherited ones can be above it. */
static size_t open_count(void)
{
    size_t count = 0;

    for (int fd = 0; fd < LIMIT; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static int limit(void **state)
{
    struct rlimit few;

    (void)state;
    if (getrlimit(RLIMIT_NOFILE, &few) < 0)
        return -1;
    few.rlim_cur = few.rlim_max = LIMIT;
    return setrlimit(RLIMIT_NOFILE, &few);
}

static void free_descriptors_are_counted_and_closed_again(void **state)
{
    char why[DESCRIPTORS_WHY_MAX], wanted[64];
    size_t before = open_count(), left = LIMIT - before;

    (void)state;
    assert_true(descriptors_check(1, why));
    assert_true(descriptors_check(left, why));
    assert_false(descriptors_check(left + 1, why));
    (void)snprintf(wanted, sizeof(wanted), ": %zu left, %zu needed; raise", left, left + 1);
    assert_non_null(strstr(why, wanted));
    assert_false(descriptors_check(100000, why));
    assert_int_equal(open_count(), before);
}

static void the_soft_limit_is_raised(void **state)
{
    char why[DESCRIPTORS_WHY_MAX];
    struct rlimit before, few;
    size_t left = LIMIT - open_count();

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    few = before;
    few.rlim_cur = LIMIT / 2;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    assert_true(descriptors_check(left, why));
    assert_false(descriptors_check(left + 1, why));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_soft_limit_is_raised),
        cmocka_unit_test(free_descriptors_are_counted_and_closed_again),
    };

    return cmocka_run_group_tests(tests, limit, NULL);
}
