/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random steps of a few domains, split over random listings: see histories.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/notify/histories.h"

enum { RUNS = 3000 };

static unsigned draw(void *data, unsigned below)
{
    unsigned *seed = data;

    *seed = *seed * 1103515245u + 12345u;
    return (*seed >> 16) % below;
}

static void run(unsigned number, struct distance distance)
{
    unsigned seed = number;

    histories_run(&(struct dice){ draw, &seed }, distance, number);
}

static void rows_as_new_as_their_events_give_each_change_once(void **state)
{
    (void)state;
    for (unsigned number = 1; number <= RUNS; number++)
        run(number, (struct distance){ 0, 0 });
}

static void rows_newer_than_their_events_give_each_change_once(void **state)
{
    (void)state;
    for (unsigned number = 1; number <= RUNS; number++) {
        run(number, (struct distance){ 1, 0 });
        run(number, (struct distance){ 2, 0 });
    }
}

static void rows_older_than_their_events_give_each_change_once(void **state)
{
    (void)state;
    for (unsigned number = 1; number <= RUNS; number++)
        run(number, (struct distance){ 0, 1 });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_as_new_as_their_events_give_each_change_once),
        cmocka_unit_test(rows_newer_than_their_events_give_each_change_once),
        cmocka_unit_test(rows_older_than_their_events_give_each_change_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
