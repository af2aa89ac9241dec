/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The filter of a listing selects domains. It is a set of the 16 words that `virsh list` takes. Its bits are those
 * of virConnectListAllDomainsFlags; static assertions in lib/libvirt compare them. The words are in groups. A
 * domain matches the filter if it matches one of its words in each group; a group without a word in the filter
 * does not count. All functions are pure. */
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

/* The word of bit number `bit` (0 to 15), as virsh spells it, and the name of its group. */
const char *filter_word(unsigned bit);
const char *filter_group(unsigned bit);

/* Reads words separated by blanks or commas. If a word is unknown, or if no domain can match, it returns false and
 * puts a sentence into `why`: the word or the contradiction, and what was expected. An empty text is a filter that
 * matches all domains. */
bool filter_parse(const char *text, uint32_t *filter, char *why, size_t size);

/* Writes the words of `filter` with blanks between them, in the order of their bits. */
void filter_format(uint32_t filter, char *text, size_t size);

/* Explains why no domain can match `filter`, or returns NULL if one can. */
const char *filter_impossible(uint32_t filter);

/* The words that `domain` matches: one of each group, or none if the attribute of that group is unknown. A state
 * that could not be read matches state-other. */
uint32_t filter_words_of(const struct domain *domain);

/* True if `domain` matches `filter`. An unknown attribute matches both words of its group: a hypervisor that does
 * not report it cannot filter by it. */
bool filter_fits(uint32_t filter, const struct domain *domain);

/* All words of the groups to which the words in `bits` belong. */
uint32_t filter_group_mask(uint32_t bits);

/* Splits `filter` into two filters: together they match the same domains, and no domain matches both. It splits
 * the first group in which more than one word matches. False if there is none. */
bool filter_halve(uint32_t filter, uint32_t halves[2]);

#endif
