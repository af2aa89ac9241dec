/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/model/filter.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/array.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"

/* Messages show no more of a word. */
enum { FILTER_SHOWN_MAX = 64 };

static const struct {
    const char *word, *group;
} words[FILTER_WORDS] = {
    { "active", "active" },
    { "inactive", "active" },
    { "persistent", "persistent" },
    { "transient", "persistent" },
    { "state-running", "state" },
    { "state-paused", "state" },
    { "state-shutoff", "state" },
    { "state-other", "state" },
    { "with-managed-save", "managed-save" },
    { "without-managed-save", "managed-save" },
    { "autostart", "autostart" },
    { "no-autostart", "autostart" },
    { "with-snapshot", "snapshot" },
    { "without-snapshot", "snapshot" },
    { "with-checkpoint", "checkpoint" },
    { "without-checkpoint", "checkpoint" },
};

/* The first group is split first. Splitting active from inactive is the cheapest for a hypervisor. */
static const uint32_t groups[] = { 0x0003, 0x00f0, 0x000c, 0x0c00, 0x0300, 0x3000, 0xc000 };

/* A filter is impossible if it allows only `one` of the first group and only `other` of the second. */
static const struct {
    uint32_t one, other;
    const char *why;
} contradictions[] = {
    { FILTER_INACTIVE, FILTER_TRANSIENT,
      "\"inactive transient\" fits no domain: a transient domain is gone once it is not active" },
    { FILTER_INACTIVE, FILTER_STATE_RUNNING | FILTER_STATE_PAUSED,
      "\"inactive\" with \"state-running\" or \"state-paused\" fits no domain: a running or paused domain "
      "is active" },
    { FILTER_ACTIVE, FILTER_STATE_SHUTOFF,
      "\"active state-shutoff\" fits no domain: a domain that is shut off is not active" },
    { FILTER_TRANSIENT, FILTER_STATE_SHUTOFF,
      "\"transient state-shutoff\" fits no domain: a transient domain is gone once it is shut off" },
    { FILTER_TRANSIENT, FILTER_AUTOSTART,
      "\"transient autostart\" fits no domain: only a persistent domain can be started at boot" },
    { FILTER_TRANSIENT, FILTER_WITH_MANAGED_SAVE,
      "\"transient with-managed-save\" fits no domain: only a persistent domain keeps a managed save" },
};

const char *filter_word(unsigned bit)
{
    return words[bit].word;
}

const char *filter_group(unsigned bit)
{
    return words[bit].group;
}

uint32_t filter_group_mask(uint32_t bits)
{
    uint32_t mask = 0;

    for (size_t i = 0; i < ARRAY_COUNT(groups); i++)
        if (groups[i] & bits)
            mask |= groups[i];
    return mask;
}

static bool filter_allows_only(uint32_t filter, uint32_t bits)
{
    uint32_t chosen = filter & filter_group_mask(bits);

    return chosen != 0 && (chosen & ~bits) == 0;
}

const char *filter_impossible(uint32_t filter)
{
    for (size_t i = 0; i < ARRAY_COUNT(contradictions); i++)
        if (filter_allows_only(filter, contradictions[i].one) &&
            filter_allows_only(filter, contradictions[i].other))
            return contradictions[i].why;
    return NULL;
}

static uint32_t filter_word_bit(const char *text, size_t length)
{
    for (unsigned bit = 0; bit < FILTER_WORDS; bit++)
        if (strlen(words[bit].word) == length && memcmp(words[bit].word, text, length) == 0)
            return (uint32_t)1 << bit;
    return 0;
}

static void filter_explain_unknown(const char *word, size_t length, char *why, size_t size)
{
    AUTO_FREE char *whole = strndup(word, length);
    char all[FILTER_TEXT_MAX], shown[FILTER_SHOWN_MAX + 1];

    filter_format(0xffff, all, sizeof(all));
    (void)text_printable(whole ? whole : "", shown, sizeof(shown));
    (void)snprintf(why, size, "unknown filter word \"%s\"; expected one or more of: %s", shown, all);
}

bool filter_parse(const char *text, uint32_t *filter, char *why, size_t size)
{
    static const char separators[] = " \t\r\n,";
    uint32_t parsed = 0;
    const char *contradiction;

    for (text += strspn(text, separators); *text; text += strspn(text, separators)) {
        size_t length = strcspn(text, separators);
        uint32_t bit = filter_word_bit(text, length);

        if (!bit) {
            filter_explain_unknown(text, length, why, size);
            return false;
        }
        parsed |= bit;
        text += length;
    }
    contradiction = filter_impossible(parsed);
    if (contradiction) {
        (void)snprintf(why, size, "%s", contradiction);
        return false;
    }
    *filter = parsed;
    return true;
}

void filter_format(uint32_t filter, char *text, size_t size)
{
    size_t length = 0;

    if (size > 0)
        text[0] = '\0';
    for (unsigned bit = 0; bit < FILTER_WORDS && length < size; bit++)
        if (filter & (uint32_t)1 << bit)
            length += (size_t)snprintf(text + length, size - length, "%s%s", length ? " " : "", words[bit].word);
}

static uint32_t filter_tristate_bits(enum tristate value, uint32_t if_true, uint32_t if_false)
{
    if (value == TRISTATE_UNKNOWN)
        return 0;
    return value == TRISTATE_TRUE ? if_true : if_false;
}

static uint32_t filter_state_bit(int state)
{
    switch (state) {
    case DOMAIN_RUNNING:
        return FILTER_STATE_RUNNING;
    case DOMAIN_PAUSED:
        return FILTER_STATE_PAUSED;
    case DOMAIN_SHUTOFF:
        return FILTER_STATE_SHUTOFF;
    default: /* libvirt does the same with blocked, in shutdown, crashed, suspended and future states */
        return FILTER_STATE_OTHER;
    }
}

uint32_t filter_words_of(const struct domain *domain)
{
    return filter_tristate_bits(tristate_of(domain_active(domain)), FILTER_ACTIVE, FILTER_INACTIVE) |
           filter_tristate_bits(domain->persistent, FILTER_PERSISTENT, FILTER_TRANSIENT) |
           filter_state_bit(domain->state) |
           filter_tristate_bits(domain->managed_save, FILTER_WITH_MANAGED_SAVE, FILTER_WITHOUT_MANAGED_SAVE) |
           filter_tristate_bits(domain->autostart, FILTER_AUTOSTART, FILTER_NO_AUTOSTART) |
           filter_tristate_bits(domain->snapshot, FILTER_WITH_SNAPSHOT, FILTER_WITHOUT_SNAPSHOT) |
           filter_tristate_bits(domain->checkpoint, FILTER_WITH_CHECKPOINT, FILTER_WITHOUT_CHECKPOINT);
}

bool filter_fits(uint32_t filter, const struct domain *domain)
{
    uint32_t fitting = filter_words_of(domain);

    for (size_t i = 0; i < ARRAY_COUNT(groups); i++)
        if ((filter & groups[i]) && (fitting & groups[i]) && !(filter & fitting & groups[i]))
            return false;
    return true;
}

/* The first half of the words in `group`, counted from the lowest bit. */
static uint32_t filter_lower_half(uint32_t group)
{
    uint32_t half = 0;

    for (int wanted = __builtin_popcount(group) / 2; wanted > 0; wanted--) {
        uint32_t lowest = group & -group;

        half |= lowest;
        group &= ~lowest;
    }
    return half;
}

bool filter_halve(uint32_t filter, uint32_t halves[2])
{
    for (size_t i = 0; i < ARRAY_COUNT(groups); i++) {
        uint32_t chosen = filter & groups[i] ? filter & groups[i] : groups[i];
        uint32_t half = filter_lower_half(chosen);

        if (!half)
            continue;
        halves[0] = (filter & ~groups[i]) | half;
        halves[1] = (filter & ~groups[i]) | (chosen & ~half);
        return true;
    }
    return false;
}
