/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random steps of a few domains, split over random listings, with rows that are newer or older than their events.
 * The changes of each domain must fit together, none may be repeated, and the last ones must give what the rows
 * show. For test_transitions_random.c and tests/fuzz. */
#ifndef GUESTLIST_TESTS_UNIT_HISTORIES_H
#define GUESTLIST_TESTS_UNIT_HISTORIES_H

/* Where chance comes from: `draw` returns a number below `below`. */
struct dice {
    unsigned (*draw)(void *data, unsigned below);
    void *data;
};

/* Rows are up to `ahead` steps newer than their events, or up to `behind` steps older. */
struct distance {
    unsigned ahead, behind;
};

/* Makes the steps, follows them, and fails the test if a change is wrong. The messages have `number`. */
void histories_run(const struct dice *dice, struct distance distance, unsigned number);

#endif
