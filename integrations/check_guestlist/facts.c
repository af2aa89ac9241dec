/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "integrations/check_guestlist/facts.h"

#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "lib/base/array.h"

#define VM_OBJECT(...)        OBJECT(1, 3, 6, 1, 2, 1, 236, 1, __VA_ARGS__)
#define GUESTLIST_OBJECT(...) OBJECT(GUESTLIST_ENTERPRISE_OID, 1, __VA_ARGS__)

const struct object facts_scalars[SCALAR_COUNT] = {
    [SCALAR_NUMBER] = VM_OBJECT(2, 0),
    [SCALAR_SOFTWARE] = VM_OBJECT(1, 1, 0),
    [SCALAR_STATUS] = GUESTLIST_OBJECT(1, 2, 0),
    [SCALAR_LAST_ERROR] = GUESTLIST_OBJECT(1, 3, 0),
    [SCALAR_FILTER] = GUESTLIST_OBJECT(1, 4, 0),
    [SCALAR_AGE] = GUESTLIST_OBJECT(1, 7, 0),
    [SCALAR_STATISTICS_AGE] = GUESTLIST_OBJECT(1, 14, 0),
};

const struct object facts_columns[COLUMN_COUNT] = {
    [COLUMN_NAME] = VM_OBJECT(4, 1, 2),
    [COLUMN_ADMIN] = VM_OBJECT(4, 1, 5),
    [COLUMN_OPER] = VM_OBJECT(4, 1, 6),
    [COLUMN_AUTOSTART] = VM_OBJECT(4, 1, 7),
    [COLUMN_PERSISTENT] = VM_OBJECT(4, 1, 8),
    [COLUMN_UP_TIME] = VM_OBJECT(4, 1, 16),
    [COLUMN_STATE] = GUESTLIST_OBJECT(2, 1, 2),
    [COLUMN_REASON] = GUESTLIST_OBJECT(2, 1, 3),
    [COLUMN_REASON_TEXT] = GUESTLIST_OBJECT(2, 1, 4),
    [COLUMN_ACTIVE] = GUESTLIST_OBJECT(2, 1, 5),
    [COLUMN_LIBVIRT_AUTOSTART] = GUESTLIST_OBJECT(2, 1, 7),
    [COLUMN_MANAGED_SAVE] = GUESTLIST_OBJECT(2, 1, 8),
    [COLUMN_SNAPSHOT] = GUESTLIST_OBJECT(2, 1, 9),
    [COLUMN_CHECKPOINT] = GUESTLIST_OBJECT(2, 1, 10),
    [COLUMN_DETAILS] = GUESTLIST_OBJECT(2, 1, 13),
    [COLUMN_STARTS_AT_BOOT] = GUESTLIST_OBJECT(2, 1, 15),
    [COLUMN_IO_ERROR] = GUESTLIST_OBJECT(2, 1, 16),
};

void facts_init(struct facts *facts)
{
    *facts = (struct facts){ 0 };
    for (size_t i = 0; i < SCALAR_COUNT; i++)
        facts->number[i] = FACTS_MISSING;
}

void facts_clear(struct facts *facts)
{
    for (size_t i = 0; i < facts->count; i++)
        for (size_t column = 0; column < COLUMN_COUNT; column++)
            free(facts->rows[i].text[column]);
    for (size_t i = 0; i < SCALAR_COUNT; i++)
        free(facts->text[i]);
    free(facts->rows);
    facts_init(facts);
}

static bool facts_keep(const struct object_value *value, int64_t *number, char **text)
{
    if (!value->is_text) {
        *number = value->number;
        return true;
    }
    free(*text);
    *text = malloc(value->length + 1);
    if (!*text)
        return false;
    memcpy(*text, value->octets, value->length);
    (*text)[value->length] = '\0';
    return true;
}

bool facts_put_scalar(struct facts *facts, enum facts_scalar scalar, const struct object_value *value)
{
    return facts_keep(value, &facts->number[scalar], &facts->text[scalar]);
}

/* The place of the first row whose index is not less than `index`: rows are sorted by it. */
static size_t facts_place(const struct facts *facts, uint32_t index)
{
    size_t low = 0, high = facts->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (facts->rows[middle].index < index)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct facts_row *facts_add(struct facts *facts, size_t place, uint32_t index)
{
    struct facts_row *rows = array_grow(facts->rows, facts->count, 1, sizeof(*rows)), *row;

    if (!rows)
        return NULL;
    facts->rows = rows;
    row = &rows[place];
    memmove(row + 1, row, (facts->count - place) * sizeof(*row));
    facts->count++;
    *row = (struct facts_row){ .index = index };
    for (size_t column = 0; column < COLUMN_COUNT; column++)
        row->number[column] = FACTS_MISSING;
    return row;
}

/* Makes a number unknown that is not a state of VM-MIB. */
static void facts_check_oper(struct facts_row *row)
{
    int64_t *oper = &row->number[COLUMN_OPER];

    if (*oper != FACTS_MISSING && (*oper < OPER_UNKNOWN || *oper > OPER_CRASHED))
        *oper = OPER_UNKNOWN;
}

bool facts_put(struct facts *facts, uint32_t index, enum facts_column column, const struct object_value *value)
{
    size_t place = facts_place(facts, index);
    struct facts_row *row = place < facts->count && facts->rows[place].index == index
                                ? &facts->rows[place]
                                : facts_add(facts, place, index);

    if (!row || !facts_keep(value, &row->number[column], &row->text[column]))
        return false;
    facts_check_oper(row);
    return true;
}

bool facts_has_guestlist_mib(const struct facts *facts)
{
    return facts->number[SCALAR_STATUS] != FACTS_MISSING;
}

static enum tristate facts_tristate(int64_t value, int64_t if_true, int64_t if_false)
{
    return value == if_true ? TRISTATE_TRUE : value == if_false ? TRISTATE_FALSE : TRISTATE_UNKNOWN;
}

enum tristate facts_truth(const struct facts_row *row, enum facts_column column)
{
    return facts_tristate(row->number[column], TRUTH_TRUE, TRUTH_FALSE);
}

enum tristate facts_is_active(const struct facts_row *row)
{
    if (row->number[COLUMN_ACTIVE] != FACTS_MISSING)
        return facts_truth(row, COLUMN_ACTIVE);
    switch (row->number[COLUMN_OPER]) {
    case OPER_SUSPENDED:
    case OPER_SHUTDOWN:
        return TRISTATE_FALSE;
    case FACTS_MISSING:
    case OPER_UNKNOWN:
    case OPER_OTHER:
    case OPER_CRASHED: /* it may be off, or libvirt preserves the crashed guest */
        return TRISTATE_UNKNOWN;
    default:
        return TRISTATE_TRUE;
    }
}

enum tristate facts_is_persistent(const struct facts_row *row)
{
    return facts_tristate(row->number[COLUMN_PERSISTENT], PERSISTENT_TRUE, PERSISTENT_FALSE);
}

enum tristate facts_starts_at_boot(const struct facts_row *row)
{
    if (row->number[COLUMN_STARTS_AT_BOOT] != FACTS_MISSING)
        return facts_truth(row, COLUMN_STARTS_AT_BOOT);
    return facts_tristate(row->number[COLUMN_AUTOSTART], AUTOSTART_ENABLED, AUTOSTART_DISABLED);
}
