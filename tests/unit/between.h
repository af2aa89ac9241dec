/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmocka 1 has assert_in_range() alone, which cmocka 2 calls deprecated. */
#ifndef GUESTLIST_TESTS_UNIT_BETWEEN_H
#define GUESTLIST_TESTS_UNIT_BETWEEN_H

#include <stdint.h>

/* Fails the test unless `minimum` <= `value` <= `maximum`. All are integers that an intmax_t holds. The includer
 * includes cmocka.h, which wants other headers before it. */
#define assert_between(value, minimum, maximum)                                                                   \
    do {                                                                                                          \
        const intmax_t between_value = (intmax_t)(value);                                                         \
        const intmax_t between_minimum = (intmax_t)(minimum);                                                     \
        const intmax_t between_maximum = (intmax_t)(maximum);                                                     \
                                                                                                                  \
        if (between_value < between_minimum || between_value > between_maximum)                                   \
            fail_msg("%s is %jd, not %jd to %jd", #value, between_value, between_minimum, between_maximum);       \
    } while (0)

#endif
