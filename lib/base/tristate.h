/* SPDX-License-Identifier: GPL-2.0-or-later */
/* True, false or unknown. A value that was not reported is unknown. It is never guessed. Pure. */
#ifndef GUESTLIST_BASE_TRISTATE_H
#define GUESTLIST_BASE_TRISTATE_H

#include <stdbool.h>

enum tristate { TRISTATE_UNKNOWN, TRISTATE_FALSE, TRISTATE_TRUE };

static inline enum tristate tristate_of(bool is_true)
{
    return is_true ? TRISTATE_TRUE : TRISTATE_FALSE;
}

static inline enum tristate tristate_not(enum tristate value)
{
    return value == TRISTATE_UNKNOWN ? TRISTATE_UNKNOWN : tristate_of(value == TRISTATE_FALSE);
}

#endif
