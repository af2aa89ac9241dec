/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/mibtree.h"

#include <string.h>

#include "core/text.h"

int mib_compare(const mib_subid *one, size_t one_length, const mib_subid *other, size_t other_length)
{
    for (size_t i = 0; i < one_length && i < other_length; i++)
        if (one[i] != other[i])
            return one[i] < other[i] ? -1 : 1;
    return one_length < other_length ? -1 : one_length > other_length;
}

static bool starts_with(const mib_subid *oid, size_t length, const mib_subid *base, size_t base_length)
{
    return length >= base_length && mib_compare(oid, base_length, base, base_length) == 0;
}

static const struct mib_column *find_column(const struct mib_table *table, mib_subid number)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (table->columns[i].number == number)
            return &table->columns[i];
    return NULL;
}

static bool get_value(const void *answer, const struct mib_column *column, const struct mib_row *row,
                      struct mib_value *value)
{
    value->type = column->type;
    return column->get(answer, row->data, value);
}

enum mib_found mib_get(const struct mib *mib, const void *answer, const mib_subid *oid, size_t length,
                       struct mib_value *value)
{
    for (size_t i = 0; i < mib->count; i++) {
        const struct mib_table *table = &mib->tables[i];
        size_t skip = table->base_length + 1;
        const struct mib_column *column;
        struct mib_row row;

        if (length < skip || !starts_with(oid, length, table->base, table->base_length))
            continue;
        column = find_column(table, oid[table->base_length]);
        if (!column)
            continue;
        if (table->rows->find(answer, oid + skip, length - skip, &row) && get_value(answer, column, &row, value))
            return MIB_FOUND;
        return MIB_NO_INSTANCE;
    }
    return MIB_NO_OBJECT;
}

/* The first row of `column` after the index that has a value in it: holes are stepped over, they do not
 * end a walk. */
static bool next_in_column(const void *answer, const struct mib_table *table, const struct mib_column *column,
                           const mib_subid *index, size_t length, struct mib_row *row, struct mib_value *value)
{
    bool found = table->rows->next(answer, index, length, row);

    while (found && !get_value(answer, column, row, value)) {
        struct mib_row before = *row;

        found = table->rows->next(answer, before.index, before.length, row);
    }
    return found;
}

static void name_instance(const struct mib_table *table, mib_subid number, const struct mib_row *row,
                          mib_subid *next, size_t *next_length)
{
    memcpy(next, table->base, table->base_length * sizeof(*next));
    next[table->base_length] = number;
    memcpy(next + table->base_length + 1, row->index, row->length * sizeof(*next));
    *next_length = table->base_length + 1 + row->length;
}

static bool next_in_table(const void *answer, const struct mib_table *table, const mib_subid *oid, size_t length,
                          mib_subid *next, size_t *next_length, struct mib_value *value)
{
    bool inside = starts_with(oid, length, table->base, table->base_length) && length > table->base_length;
    mib_subid from = inside ? oid[table->base_length] : 0;
    struct mib_row row;

    for (size_t i = 0; i < table->column_count; i++) {
        const struct mib_column *column = &table->columns[i];
        bool same = inside && column->number == from;
        size_t skip = table->base_length + 1;

        if (column->number < from)
            continue;
        if (next_in_column(answer, table, column, same ? oid + skip : oid, same ? length - skip : 0, &row,
                           value)) {
            name_instance(table, column->number, &row, next, next_length);
            return true;
        }
    }
    return false;
}

bool mib_next(const struct mib *mib, const void *answer, const mib_subid *oid, size_t length, mib_subid *next,
              size_t *next_length, struct mib_value *value)
{
    for (size_t i = 0; i < mib->count; i++) {
        const struct mib_table *table = &mib->tables[i];
        bool behind = mib_compare(oid, length, table->base, table->base_length) > 0 &&
                      !starts_with(oid, length, table->base, table->base_length);

        if (!behind && next_in_table(answer, table, oid, length, next, next_length, value))
            return true;
    }
    return false;
}

bool mib_put_text(struct mib_value *value, const char *text)
{
    value->length = text_snmp(text, value->buffer, TEXT_SNMP_MAX);
    value->bytes = value->buffer;
    return true;
}

bool mib_put_integer(struct mib_value *value, int64_t number)
{
    if (number > INT32_MAX)
        number = INT32_MAX;
    value->integer = number < INT32_MIN ? INT32_MIN : (int32_t)number;
    return true;
}

static bool scalar_row(struct mib_row *row)
{
    row->data = NULL;
    row->index[0] = 0;
    row->length = 1;
    return true;
}

static bool find_scalar(const void *answer, const mib_subid *index, size_t length, struct mib_row *row)
{
    (void)answer;
    return length == 1 && index[0] == 0 && scalar_row(row);
}

static bool next_scalar(const void *answer, const mib_subid *index, size_t length, struct mib_row *row)
{
    (void)answer;
    (void)index;
    return length == 0 && scalar_row(row);
}

const struct mib_rows mib_scalar_rows = { find_scalar, next_scalar };
