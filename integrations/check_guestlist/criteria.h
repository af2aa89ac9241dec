/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which domains are meant: words for states and virsh's filter words. Words of one group add up, groups narrow, as
 * in guestlistd.conf's `filter`. Pure. */
#ifndef GUESTLIST_CHECK_CRITERIA_H
#define GUESTLIST_CHECK_CRITERIA_H

#include <stdbool.h>
#include <stddef.h>

#include "integrations/check_guestlist/facts.h"

enum { CRITERIA_WORDS_MAX = 40, CRITERIA_TEXT_MAX = 400 };

struct criteria_word;

/* Zeroed: every domain fits. */
struct criteria {
    const struct criteria_word *words[CRITERIA_WORDS_MAX];
    size_t count;
    char text[CRITERIA_TEXT_MAX]; /* the words with blanks between them */
};

/* Adds words, separated by blanks or commas. False with a sentence in `why` if one is not known. */
bool criteria_parse(struct criteria *criteria, const char *text, char *why, size_t size);

/* Whether the domain fits; unknown if that depends on what the row does not say. */
enum tristate criteria_fit(const struct criteria *criteria, const struct facts_row *row);

/* The columns that criteria_fit() looks at, as COLUMN_BITs. */
unsigned criteria_columns(const struct criteria *criteria);

/* VM-MIB's word for a row's state, such as "running"; "unknown" if it has none. */
const char *criteria_state_word(const struct facts_row *row);

#endif
