/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The filter of a listing: which domains the hypervisor is asked for. A filter is a set of the 16 words
 * that `virsh list` takes; its bits are those of virConnectListAllDomainsFlags (static assertions in
 * listing.c hold them together). Words of one group add up, groups narrow, and a group without a word
 * does not filter. All functions are pure. */
#ifndef GUESTLIST_MODEL_FILTER_H
#define GUESTLIST_MODEL_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/model/domain.h"

enum {
    FILTER_ACTIVE = 1 << 0,
    FILTER_INACTIVE = 1 << 1,
    FILTER_PERSISTENT = 1 << 2,
    FILTER_TRANSIENT = 1 << 3,
    FILTER_STATE_RUNNING = 1 << 4,
    FILTER_STATE_PAUSED = 1 << 5,
    FILTER_STATE_SHUTOFF = 1 << 6,
    FILTER_STATE_OTHER = 1 << 7,
    FILTER_WITH_MANAGED_SAVE = 1 << 8,
    FILTER_WITHOUT_MANAGED_SAVE = 1 << 9,
    FILTER_AUTOSTART = 1 << 10,
    FILTER_NO_AUTOSTART = 1 << 11,
    FILTER_WITH_SNAPSHOT = 1 << 12,
    FILTER_WITHOUT_SNAPSHOT = 1 << 13,
    FILTER_WITH_CHECKPOINT = 1 << 14,
    FILTER_WITHOUT_CHECKPOINT = 1 << 15,
    FILTER_WORDS = 16,
    FILTER_TEXT_MAX = 256, /* all 16 words and their blanks fit */
};

/* The word of bit number `bit` (0 to 15) in virsh's spelling, and its group's name. */
const char *filter_word(unsigned bit);
const char *filter_group(unsigned bit);

/* Reads words separated by blanks or commas. On a word that is unknown or a combination that no domain
 * can fit, returns false and puts a sentence into `why` (what it was, and what was expected or why it
 * is impossible). An empty text is the empty filter: every domain. */
bool filter_parse(const char *text, uint32_t *filter, char *why, size_t size);

/* Writes the words of `filter` with blanks between them, in the order of their bits. */
void filter_format(uint32_t filter, char *text, size_t size);

/* The sentence that says why no domain can fit `filter`, or NULL if some could. */
const char *filter_impossible(uint32_t filter);

/* The words that are known to fit `domain`: one of each group, none of a group whose truth is unknown. A state
 * that could not be read counts as another one. */
uint32_t filter_words_of(const struct domain *domain);

/* True if `domain` fits `filter`. An unknown truth fits both words of its group: the hypervisor that
 * cannot tell cannot have filtered by it. */
bool filter_fits(uint32_t filter, const struct domain *domain);

/* The words of the group that holds `bits`, as a mask. */
uint32_t filter_group_mask(uint32_t bits);

/* Splits `filter` into two filters that have no domain in common and together list what it lists,
 * cutting at the first group that is not yet down to one word. False if there is none left. */
bool filter_halve(uint32_t filter, uint32_t halves[2]);

#endif
