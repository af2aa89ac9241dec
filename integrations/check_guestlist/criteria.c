/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "integrations/check_guestlist/criteria.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/array.h"

/* The four kinds of states in libvirt's filter. */
enum criteria_kind { KIND_UNKNOWN, KIND_RUNNING, KIND_PAUSED, KIND_SHUTOFF, KIND_OTHER };

struct criteria_word {
    const char *word;
    const char *group;
    enum tristate (*test)(const struct facts_row *row, int argument);
    int argument;
    unsigned columns;
    bool is_negated;
};

static enum tristate criteria_is_oper(const struct facts_row *row, int oper)
{
    int64_t is = row->number[COLUMN_OPER];

    if ((is == FACTS_MISSING || is == OPER_UNKNOWN) && oper != OPER_UNKNOWN)
        return TRISTATE_UNKNOWN;
    return tristate_of(is == oper);
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

/* A state of VM-MIB may stand for states of several kinds: then the kind is unknown. */
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

/* If the listing is too old, only VM-MIB's state is unknown(1); GUESTLIST-MIB's has its last value. */
static enum tristate criteria_is_kind(const struct facts_row *row, int kind)
{
    int64_t state = row->number[COLUMN_STATE], oper = row->number[COLUMN_OPER];
    enum criteria_kind is;

    if (oper == FACTS_MISSING || oper == OPER_UNKNOWN)
        return TRISTATE_UNKNOWN;
    is = state != FACTS_MISSING ? criteria_kind_of_state(state) : criteria_kind_of_oper(oper);
    return is == KIND_UNKNOWN ? TRISTATE_UNKNOWN : tristate_of((int)is == kind);
}

/* VM-MIB alone does not have libvirt's autostart. The best guess is whether the domain starts at the next boot. */
static enum tristate criteria_is_autostart(const struct facts_row *row)
{
    if (row->number[COLUMN_LIBVIRT_AUTOSTART] == FACTS_MISSING)
        return facts_starts_at_boot(row);
    return facts_truth(row, COLUMN_LIBVIRT_AUTOSTART);
}

static enum tristate criteria_is_true(const struct facts_row *row, int column)
{
    switch (column) {
    case COLUMN_ACTIVE:
        return facts_is_active(row);
    case COLUMN_PERSISTENT:
        return facts_is_persistent(row);
    case COLUMN_STARTS_AT_BOOT:
        return facts_starts_at_boot(row);
    case COLUMN_LIBVIRT_AUTOSTART:
        return criteria_is_autostart(row);
    default:
        return facts_truth(row, (enum facts_column)column);
    }
}

#define ACTIVE_COLUMNS    (COLUMN_BIT(COLUMN_OPER) | COLUMN_BIT(COLUMN_ACTIVE))
#define KIND_COLUMNS      (COLUMN_BIT(COLUMN_OPER) | COLUMN_BIT(COLUMN_STATE))
#define BOOT_COLUMNS      (COLUMN_BIT(COLUMN_AUTOSTART) | COLUMN_BIT(COLUMN_STARTS_AT_BOOT))
#define AUTOSTART_COLUMNS (COLUMN_BIT(COLUMN_AUTOSTART) | COLUMN_BIT(COLUMN_LIBVIRT_AUTOSTART))

static const struct criteria_word criteria_words[] = {
    { "unknown", "oper", criteria_is_oper, OPER_UNKNOWN, COLUMN_BIT(COLUMN_OPER), false },
    { "other", "oper", criteria_is_oper, OPER_OTHER, COLUMN_BIT(COLUMN_OPER), false },
    { "preparing", "oper", criteria_is_oper, OPER_PREPARING, COLUMN_BIT(COLUMN_OPER), false },
    { "running", "oper", criteria_is_oper, OPER_RUNNING, COLUMN_BIT(COLUMN_OPER), false },
    { "suspending", "oper", criteria_is_oper, OPER_SUSPENDING, COLUMN_BIT(COLUMN_OPER), false },
    { "suspended", "oper", criteria_is_oper, OPER_SUSPENDED, COLUMN_BIT(COLUMN_OPER), false },
    { "resuming", "oper", criteria_is_oper, OPER_RESUMING, COLUMN_BIT(COLUMN_OPER), false },
    { "paused", "oper", criteria_is_oper, OPER_PAUSED, COLUMN_BIT(COLUMN_OPER), false },
    { "migrating", "oper", criteria_is_oper, OPER_MIGRATING, COLUMN_BIT(COLUMN_OPER), false },
    { "shuttingdown", "oper", criteria_is_oper, OPER_SHUTTINGDOWN, COLUMN_BIT(COLUMN_OPER), false },
    { "shutdown", "oper", criteria_is_oper, OPER_SHUTDOWN, COLUMN_BIT(COLUMN_OPER), false },
    { "crashed", "oper", criteria_is_oper, OPER_CRASHED, COLUMN_BIT(COLUMN_OPER), false },
    { "active", "active", criteria_is_true, COLUMN_ACTIVE, ACTIVE_COLUMNS, false },
    { "inactive", "active", criteria_is_true, COLUMN_ACTIVE, ACTIVE_COLUMNS, true },
    { "persistent", "persistent", criteria_is_true, COLUMN_PERSISTENT, COLUMN_BIT(COLUMN_PERSISTENT), false },
    { "transient", "persistent", criteria_is_true, COLUMN_PERSISTENT, COLUMN_BIT(COLUMN_PERSISTENT), true },
    { "state-running", "state", criteria_is_kind, KIND_RUNNING, KIND_COLUMNS, false },
    { "state-paused", "state", criteria_is_kind, KIND_PAUSED, KIND_COLUMNS, false },
    { "state-shutoff", "state", criteria_is_kind, KIND_SHUTOFF, KIND_COLUMNS, false },
    { "state-other", "state", criteria_is_kind, KIND_OTHER, KIND_COLUMNS, false },
    { "with-managed-save", "managed-save", criteria_is_true, COLUMN_MANAGED_SAVE, COLUMN_BIT(COLUMN_MANAGED_SAVE),
      false },
    { "without-managed-save", "managed-save", criteria_is_true, COLUMN_MANAGED_SAVE,
      COLUMN_BIT(COLUMN_MANAGED_SAVE), true },
    { "autostart", "autostart", criteria_is_true, COLUMN_LIBVIRT_AUTOSTART, AUTOSTART_COLUMNS, false },
    { "no-autostart", "autostart", criteria_is_true, COLUMN_LIBVIRT_AUTOSTART, AUTOSTART_COLUMNS, true },
    { "with-snapshot", "snapshot", criteria_is_true, COLUMN_SNAPSHOT, COLUMN_BIT(COLUMN_SNAPSHOT), false },
    { "without-snapshot", "snapshot", criteria_is_true, COLUMN_SNAPSHOT, COLUMN_BIT(COLUMN_SNAPSHOT), true },
    { "with-checkpoint", "checkpoint", criteria_is_true, COLUMN_CHECKPOINT, COLUMN_BIT(COLUMN_CHECKPOINT), false },
    { "without-checkpoint", "checkpoint", criteria_is_true, COLUMN_CHECKPOINT, COLUMN_BIT(COLUMN_CHECKPOINT),
      true },
    { "starts-at-boot", "starts-at-boot", criteria_is_true, COLUMN_STARTS_AT_BOOT, BOOT_COLUMNS, false },
    { "no-start-at-boot", "starts-at-boot", criteria_is_true, COLUMN_STARTS_AT_BOOT, BOOT_COLUMNS, true },
};

static const struct criteria_word *criteria_find(const char *text, size_t length)
{
    for (size_t i = 0; i < ARRAY_COUNT(criteria_words); i++)
        if (strlen(criteria_words[i].word) == length && strncmp(criteria_words[i].word, text, length) == 0)
            return &criteria_words[i];
    return NULL;
}

static void criteria_explain(const char *text, size_t length, char *why, size_t size)
{
    size_t written = (size_t)snprintf(
        why, size,
        "\"%.*s\" is not a state or filter word; expected one or more of:", length > 60 ? 60 : (int)length, text);

    for (size_t i = 0; i < ARRAY_COUNT(criteria_words) && written < size; i++)
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

static enum tristate criteria_test(const struct criteria_word *word, const struct facts_row *row)
{
    enum tristate value = word->test(row, word->argument);

    return word->is_negated ? tristate_not(value) : value;
}

/* True if a word of the group is true. Otherwise unknown if a word is unknown. */
static enum tristate criteria_fit_group(const struct criteria *criteria, const char *group,
                                        const struct facts_row *row)
{
    bool is_unknown = false;

    for (size_t i = 0; i < criteria->count; i++) {
        enum tristate one = TRISTATE_FALSE;

        if (strcmp(criteria->words[i]->group, group) == 0)
            one = criteria_test(criteria->words[i], row);
        if (one == TRISTATE_TRUE)
            return TRISTATE_TRUE;
        is_unknown |= one == TRISTATE_UNKNOWN;
    }
    return is_unknown ? TRISTATE_UNKNOWN : TRISTATE_FALSE;
}

enum tristate criteria_fit(const struct criteria *criteria, const struct facts_row *row)
{
    bool is_unknown = false;

    for (size_t i = 0; i < criteria->count; i++) {
        enum tristate one = criteria_fit_group(criteria, criteria->words[i]->group, row);

        if (one == TRISTATE_FALSE)
            return TRISTATE_FALSE;
        is_unknown |= one == TRISTATE_UNKNOWN;
    }
    return is_unknown ? TRISTATE_UNKNOWN : TRISTATE_TRUE;
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
