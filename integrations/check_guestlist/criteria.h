/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Criteria select domains by words: the states of VM-MIB and the filter words of virsh. The words are in groups. A
 * domain fits if it matches one of the words in each group; a group without a word does not count. `filter` in
 * guestlistd.conf works in the same way. Pure. */
#ifndef GUESTLIST_CHECK_CRITERIA_H
#define GUESTLIST_CHECK_CRITERIA_H

#include <stdbool.h>
#include <stddef.h>

#include "integrations/check_guestlist/facts.h"

enum { CRITERIA_WORDS_MAX = 40, CRITERIA_TEXT_MAX = 400 };

struct criteria_word;

/* Zeroed criteria fit every domain. */
struct criteria {
    const struct criteria_word *words[CRITERIA_WORDS_MAX];
    size_t count;
    char text[CRITERIA_TEXT_MAX]; /* the words with blanks between them */
};

/* Adds words that are separated by blanks or commas. False, with a sentence in `why`, if a word is unknown, or if
 * there is none. */
bool criteria_parse(struct criteria *criteria, const char *text, char *why, size_t size);

/* Whether the domain fits. Unknown if this depends on a value that is unknown or missing. */
enum tristate criteria_fit(const struct criteria *criteria, const struct facts_row *row);

/* The columns that criteria_fit() needs, as COLUMN_BITs. */
unsigned criteria_columns(const struct criteria *criteria);

/* VM-MIB's word for the state of a row, such as "running"; "unknown" if the state is missing. A constant. */
const char *criteria_state_word(const struct facts_row *row);

#endif
