/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "integrations/check_guestlist/criteria.h"

#include <stdio.h>
#include <string.h>

/* libvirt's four kinds of states. */
enum criteria_kind { KIND_UNKNOWN, KIND_RUNNING, KIND_PAUSED, KIND_SHUTOFF, KIND_OTHER };

struct criteria_word {
    const char *word;
    const char *group;
    enum facts_tristate (*test)(const struct facts_row *row, int argument);
    int argument;
    unsigned columns;
};

static enum facts_tristate criteria_tristate(bool is_true)
{
    return is_true ? TRISTATE_TRUE : TRISTATE_FALSE;
}

static enum facts_tristate criteria_not(enum facts_tristate value)
{
    return value == TRISTATE_UNKNOWN ? TRISTATE_UNKNOWN : criteria_tristate(value == TRISTATE_FALSE);
}

static enum facts_tristate criteria_is_oper(const struct facts_row *row, int oper)
{
    int64_t is = row->number[COLUMN_OPER];

    if ((is == FACTS_MISSING || is == OPER_UNKNOWN) && oper != OPER_UNKNOWN)
        return TRISTATE_UNKNOWN;
    return criteria_tristate(is == oper);
}

static enum criteria_kind criteria_kind_of_state(int64_t state)
{
    switch (state) {
    case STATE_RUNNING:
        return KIND_RUNNING;
    case STATE_PAUSED:
        return KIND_PAUSED;
    case STATE_SHUTOFF:
        return KIND_SHUTOFF;
    default:
        return KIND_OTHER;
    }
}

/* VM-MIB's states are finer here and coarser there; what cannot be told is unknown. */
static enum criteria_kind criteria_kind_of_oper(int64_t oper)
{
    static const enum criteria_kind kinds[] = {
        [OPER_PREPARING] = KIND_PAUSED,  [OPER_RUNNING] = KIND_RUNNING,    [OPER_SUSPENDING] = KIND_PAUSED,
        [OPER_SUSPENDED] = KIND_SHUTOFF, [OPER_RESUMING] = KIND_PAUSED,    [OPER_PAUSED] = KIND_PAUSED,
        [OPER_MIGRATING] = KIND_UNKNOWN, [OPER_SHUTTINGDOWN] = KIND_OTHER, [OPER_SHUTDOWN] = KIND_SHUTOFF,
        [OPER_CRASHED] = KIND_UNKNOWN,
    };

    return oper > 0 && oper <= OPER_CRASHED ? kinds[oper] : KIND_UNKNOWN;
}

/* A state that is too old to be believed reads unknown(1) in VM-MIB, whatever it was last. */
static enum facts_tristate criteria_is_kind(const struct facts_row *row, int kind)
{
    int64_t state = row->number[COLUMN_STATE], oper = row->number[COLUMN_OPER];
    enum criteria_kind is;

    if (oper == FACTS_MISSING || oper == OPER_UNKNOWN)
        return TRISTATE_UNKNOWN;
    is = state != FACTS_MISSING ? criteria_kind_of_state(state) : criteria_kind_of_oper(oper);
    return is == KIND_UNKNOWN ? TRISTATE_UNKNOWN : criteria_tristate((int)is == kind);
}

static enum facts_tristate criteria_is_active(const struct facts_row *row, int wanted)
{
    enum facts_tristate active = facts_is_active(row);

    return wanted ? active : criteria_not(active);
}

static enum facts_tristate criteria_starts_at_boot(const struct facts_row *row, int wanted)
{
    enum facts_tristate starts = facts_starts_at_boot(row);

    return wanted ? starts : criteria_not(starts);
}

static enum facts_tristate criteria_is_persistent(const struct facts_row *row, int wanted)
{
    int64_t persistent = row->number[COLUMN_PERSISTENT];

    if (persistent != 2 && persistent != 3)
        return TRISTATE_UNKNOWN;
    return criteria_tristate((persistent == 2) == (wanted != 0));
}

static enum facts_tristate criteria_column(const struct facts_row *row, enum facts_column column, int wanted)
{
    int64_t value = row->number[column];

    if (value != TRISTATE_TRUE && value != TRISTATE_FALSE)
        return TRISTATE_UNKNOWN;
    return criteria_tristate((value == TRISTATE_TRUE) == (wanted != 0));
}

/* libvirt's mark; VM-MIB has only what it comes to. */
static enum facts_tristate criteria_is_autostart(const struct facts_row *row, int wanted)
{
    if (row->number[COLUMN_LIBVIRT_AUTOSTART] == FACTS_MISSING)
        return criteria_starts_at_boot(row, wanted);
    return criteria_column(row, COLUMN_LIBVIRT_AUTOSTART, wanted);
}

static enum facts_tristate criteria_has_managed_save(const struct facts_row *row, int wanted)
{
    return criteria_column(row, COLUMN_MANAGED_SAVE, wanted);
}

static enum facts_tristate criteria_has_snapshot(const struct facts_row *row, int wanted)
{
    return criteria_column(row, COLUMN_SNAPSHOT, wanted);
}

static enum facts_tristate criteria_has_checkpoint(const struct facts_row *row, int wanted)
{
    return criteria_column(row, COLUMN_CHECKPOINT, wanted);
}

#define ACTIVE_COLUMNS    (COLUMN_BIT(COLUMN_OPER) | COLUMN_BIT(COLUMN_ACTIVE))
#define KIND_COLUMNS      (COLUMN_BIT(COLUMN_OPER) | COLUMN_BIT(COLUMN_STATE))
#define BOOT_COLUMNS      (COLUMN_BIT(COLUMN_AUTOSTART) | COLUMN_BIT(COLUMN_STARTS_AT_BOOT))
#define AUTOSTART_COLUMNS (COLUMN_BIT(COLUMN_AUTOSTART) | COLUMN_BIT(COLUMN_LIBVIRT_AUTOSTART))

static const struct criteria_word criteria_words[] = {
    { "unknown", "oper", criteria_is_oper, OPER_UNKNOWN, COLUMN_BIT(COLUMN_OPER) },
    { "other", "oper", criteria_is_oper, OPER_OTHER, COLUMN_BIT(COLUMN_OPER) },
    { "preparing", "oper", criteria_is_oper, OPER_PREPARING, COLUMN_BIT(COLUMN_OPER) },
    { "running", "oper", criteria_is_oper, OPER_RUNNING, COLUMN_BIT(COLUMN_OPER) },
    { "suspending", "oper", criteria_is_oper, OPER_SUSPENDING, COLUMN_BIT(COLUMN_OPER) },
    { "suspended", "oper", criteria_is_oper, OPER_SUSPENDED, COLUMN_BIT(COLUMN_OPER) },
    { "resuming", "oper", criteria_is_oper, OPER_RESUMING, COLUMN_BIT(COLUMN_OPER) },
    { "paused", "oper", criteria_is_oper, OPER_PAUSED, COLUMN_BIT(COLUMN_OPER) },
    { "migrating", "oper", criteria_is_oper, OPER_MIGRATING, COLUMN_BIT(COLUMN_OPER) },
    { "shuttingdown", "oper", criteria_is_oper, OPER_SHUTTINGDOWN, COLUMN_BIT(COLUMN_OPER) },
    { "shutdown", "oper", criteria_is_oper, OPER_SHUTDOWN, COLUMN_BIT(COLUMN_OPER) },
    { "crashed", "oper", criteria_is_oper, OPER_CRASHED, COLUMN_BIT(COLUMN_OPER) },
    { "active", "active", criteria_is_active, 1, ACTIVE_COLUMNS },
    { "inactive", "active", criteria_is_active, 0, ACTIVE_COLUMNS },
    { "persistent", "persistent", criteria_is_persistent, 1, COLUMN_BIT(COLUMN_PERSISTENT) },
    { "transient", "persistent", criteria_is_persistent, 0, COLUMN_BIT(COLUMN_PERSISTENT) },
    { "state-running", "state", criteria_is_kind, KIND_RUNNING, KIND_COLUMNS },
    { "state-paused", "state", criteria_is_kind, KIND_PAUSED, KIND_COLUMNS },
    { "state-shutoff", "state", criteria_is_kind, KIND_SHUTOFF, KIND_COLUMNS },
    { "state-other", "state", criteria_is_kind, KIND_OTHER, KIND_COLUMNS },
    { "with-managed-save", "managed-save", criteria_has_managed_save, 1, COLUMN_BIT(COLUMN_MANAGED_SAVE) },
    { "without-managed-save", "managed-save", criteria_has_managed_save, 0, COLUMN_BIT(COLUMN_MANAGED_SAVE) },
    { "autostart", "autostart", criteria_is_autostart, 1, AUTOSTART_COLUMNS },
    { "no-autostart", "autostart", criteria_is_autostart, 0, AUTOSTART_COLUMNS },
    { "with-snapshot", "snapshot", criteria_has_snapshot, 1, COLUMN_BIT(COLUMN_SNAPSHOT) },
    { "without-snapshot", "snapshot", criteria_has_snapshot, 0, COLUMN_BIT(COLUMN_SNAPSHOT) },
    { "with-checkpoint", "checkpoint", criteria_has_checkpoint, 1, COLUMN_BIT(COLUMN_CHECKPOINT) },
    { "without-checkpoint", "checkpoint", criteria_has_checkpoint, 0, COLUMN_BIT(COLUMN_CHECKPOINT) },
    { "starts-at-boot", "starts-at-boot", criteria_starts_at_boot, 1, BOOT_COLUMNS },
    { "no-start-at-boot", "starts-at-boot", criteria_starts_at_boot, 0, BOOT_COLUMNS },
};

enum { CRITERIA_WORDS_KNOWN = sizeof(criteria_words) / sizeof(*criteria_words) };

static const struct criteria_word *criteria_find(const char *text, size_t length)
{
    for (size_t i = 0; i < CRITERIA_WORDS_KNOWN; i++)
        if (strlen(criteria_words[i].word) == length && strncmp(criteria_words[i].word, text, length) == 0)
            return &criteria_words[i];
    return NULL;
}

static void criteria_explain(const char *text, size_t length, char *why, size_t size)
{
    size_t written = (size_t)snprintf(why, size, "\"%.*s\" is no state or filter word; expected one or more of:",
                                      length > 60 ? 60 : (int)length, text);

    for (size_t i = 0; i < CRITERIA_WORDS_KNOWN && written < size; i++)
        written += (size_t)snprintf(why + written, size - written, " %s", criteria_words[i].word);
}

static bool criteria_add(struct criteria *criteria, const struct criteria_word *word)
{
    size_t length = strlen(criteria->text);

    if (criteria->count == CRITERIA_WORDS_MAX || length + strlen(word->word) + 2 > sizeof(criteria->text))
        return false;
    criteria->words[criteria->count++] = word;
    (void)snprintf(criteria->text + length, sizeof(criteria->text) - length, "%s%s", length ? " " : "",
                   word->word);
    return true;
}

bool criteria_parse(struct criteria *criteria, const char *text, char *why, size_t size)
{
    static const char separators[] = " \t,";

    for (text += strspn(text, separators); *text; text += strspn(text, separators)) {
        size_t length = strcspn(text, separators);
        const struct criteria_word *word = criteria_find(text, length);

        if (!word) {
            criteria_explain(text, length, why, size);
            return false;
        }
        if (!criteria_add(criteria, word)) {
            (void)snprintf(why, size, "too many words");
            return false;
        }
        text += length;
    }
    if (criteria->count == 0)
        criteria_explain("", 0, why, size);
    return criteria->count > 0;
}

static bool criteria_is_first_of_group(const struct criteria *criteria, size_t place)
{
    for (size_t i = 0; i < place; i++)
        if (strcmp(criteria->words[i]->group, criteria->words[place]->group) == 0)
            return false;
    return true;
}

/* True if a word of the group is true; else unknown if one is unknown. */
static enum facts_tristate criteria_fit_group(const struct criteria *criteria, const char *group,
                                              const struct facts_row *row)
{
    enum facts_tristate all = TRISTATE_FALSE;

    for (size_t i = 0; i < criteria->count; i++) {
        const struct criteria_word *word = criteria->words[i];
        enum facts_tristate one =
            strcmp(word->group, group) == 0 ? word->test(row, word->argument) : TRISTATE_FALSE;

        if (one == TRISTATE_TRUE)
            return TRISTATE_TRUE;
        if (one == TRISTATE_UNKNOWN)
            all = TRISTATE_UNKNOWN;
    }
    return all;
}

enum facts_tristate criteria_fit(const struct criteria *criteria, const struct facts_row *row)
{
    enum facts_tristate all = TRISTATE_TRUE;

    for (size_t i = 0; i < criteria->count; i++) {
        enum facts_tristate one;

        if (!criteria_is_first_of_group(criteria, i))
            continue;
        one = criteria_fit_group(criteria, criteria->words[i]->group, row);
        if (one == TRISTATE_FALSE)
            return TRISTATE_FALSE;
        if (one == TRISTATE_UNKNOWN)
            all = TRISTATE_UNKNOWN;
    }
    return all;
}

unsigned criteria_columns(const struct criteria *criteria)
{
    unsigned columns = 0;

    for (size_t i = 0; i < criteria->count; i++)
        columns |= criteria->words[i]->columns;
    return columns;
}

const char *criteria_state_word(const struct facts_row *row)
{
    int64_t oper = row->number[COLUMN_OPER];

    return oper >= OPER_UNKNOWN && oper <= OPER_CRASHED ? criteria_words[oper - 1].word : "unknown";
}
