/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/mib/mib.h"

#include <string.h>

#include "lib/base/text.h"

int mib_compare(const mib_subid *one, size_t one_length, const mib_subid *other, size_t other_length)
{
    for (size_t i = 0; i < one_length && i < other_length; i++)
        if (one[i] != other[i])
            return one[i] < other[i] ? -1 : 1;
    return one_length < other_length ? -1 : one_length > other_length;
}

static bool mib_starts_with(const mib_subid *oid, size_t length, const mib_subid *base, size_t base_length)
{
    return length >= base_length && mib_compare(oid, base_length, base, base_length) == 0;
}

static const struct mib_column *mib_find_column(const struct mib_table *table, mib_subid number)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (table->columns[i].number == number)
            return &table->columns[i];
    return NULL;
}

static bool mib_get_value(const void *answer, const struct mib_column *column, const struct mib_row *row,
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

        if (length < skip || !mib_starts_with(oid, length, table->base, table->base_length))
            continue;
        column = mib_find_column(table, oid[table->base_length]);
        if (!column)
            continue;
        if (table->rows->find(answer, oid + skip, length - skip, &row) &&
            mib_get_value(answer, column, &row, value))
            return MIB_FOUND;
        return MIB_NO_INSTANCE;
    }
    return MIB_NO_OBJECT;
}

/* The gap known in that column in which the index lies, or NULL. */
static const struct mib_gap *mib_find_gap(const struct mib_gaps *gaps, const struct mib_table *table,
                                          const struct mib_column *column, const mib_subid *index, size_t length)
{
    for (size_t i = 0; gaps && i < gaps->kept && i < MIB_GAPS_MAX; i++) {
        const struct mib_gap *gap = &gaps->gaps[i];

        if (gap->column == column && gap->table == table &&
            mib_compare(index, length, gap->from, gap->from_length) >= 0 &&
            (gap->is_end || mib_compare(index, length, gap->to, gap->to_length) < 0))
            return gap;
    }
    return NULL;
}

/* Where to keep another one: a column has one end and any number of gaps before it. */
static struct mib_gap *mib_place_gap(struct mib_gaps *gaps, const struct mib_table *table,
                                     const struct mib_column *column, bool is_end)
{
    for (size_t i = 0; is_end && i < gaps->kept && i < MIB_GAPS_MAX; i++)
        if (gaps->gaps[i].is_end && gaps->gaps[i].column == column && gaps->gaps[i].table == table)
            return &gaps->gaps[i];
    return &gaps->gaps[gaps->kept++ % MIB_GAPS_MAX];
}

/* `row` NULL: there is none after the index. */
static void mib_keep_gap(struct mib_gaps *gaps, const struct mib_table *table, const struct mib_column *column,
                         const mib_subid *index, size_t length, const struct mib_row *row)
{
    struct mib_gap *gap;

    if (length > MIB_GAP_INDEX_MAX || (row && row->length > MIB_GAP_INDEX_MAX))
        return;
    gap = mib_place_gap(gaps, table, column, !row);
    *gap = (struct mib_gap){ .table = table, .column = column, .from_length = length, .is_end = !row };
    memcpy(gap->from, index, length * sizeof(*index));
    if (!row)
        return;
    gap->to_length = row->length;
    memcpy(gap->to, row->index, row->length * sizeof(*row->index));
}

/* Fewer rows are stepped over faster than looked up. */
enum { ROWS_WORTH_A_GAP = 16 };

/* The first row of `column` after the index that has a value in it: holes are stepped over, they do not
 * end a walk. */
static bool mib_next_in_column(const void *answer, struct mib_gaps *gaps, const struct mib_table *table,
                               const struct mib_column *column, const mib_subid *index, size_t length,
                               struct mib_row *row, struct mib_value *value)
{
    const struct mib_gap *gap = mib_find_gap(gaps, table, column, index, length);
    size_t stepped = 0;
    bool found;

    if (gap && gap->is_end)
        return false;
    if (gap && table->rows->find(answer, gap->to, gap->to_length, row) &&
        mib_get_value(answer, column, row, value))
        return true;
    found = table->rows->next(answer, index, length, row);
    while (found && !mib_get_value(answer, column, row, value)) {
        mib_subid before[MIB_INDEX_MAX];

        memcpy(before, row->index, row->length * sizeof(*before));
        found = table->rows->next(answer, before, row->length, row);
        stepped++;
    }
    if (gaps && table->rows != &mib_scalar_rows && (stepped >= ROWS_WORTH_A_GAP || !found))
        mib_keep_gap(gaps, table, column, index, length, found ? row : NULL);
    return found;
}

static void mib_name_instance(const struct mib_table *table, mib_subid number, const struct mib_row *row,
                              mib_subid *next, size_t *next_length)
{
    memcpy(next, table->base, table->base_length * sizeof(*next));
    next[table->base_length] = number;
    memcpy(next + table->base_length + 1, row->index, row->length * sizeof(*next));
    *next_length = table->base_length + 1 + row->length;
}

static bool mib_next_in_table(const void *answer, struct mib_gaps *gaps, const struct mib_table *table,
                              const mib_subid *oid, size_t length, mib_subid *next, size_t *next_length,
                              struct mib_value *value)
{
    bool inside = mib_starts_with(oid, length, table->base, table->base_length) && length > table->base_length;
    mib_subid from = inside ? oid[table->base_length] : 0;
    struct mib_row row;

    for (size_t i = 0; i < table->column_count; i++) {
        const struct mib_column *column = &table->columns[i];
        bool same = inside && column->number == from;
        size_t skip = table->base_length + 1;

        if (column->number < from)
            continue;
        if (mib_next_in_column(answer, gaps, table, column, same ? oid + skip : oid, same ? length - skip : 0,
                               &row, value)) {
            mib_name_instance(table, column->number, &row, next, next_length);
            return true;
        }
    }
    return false;
}

bool mib_next(const struct mib *mib, const void *answer, const mib_subid *oid, size_t length, mib_subid *next,
              size_t *next_length, struct mib_value *value)
{
    return mib_next_by_gaps(mib, answer, NULL, oid, length, next, next_length, value);
}

bool mib_next_by_gaps(const struct mib *mib, const void *answer, struct mib_gaps *gaps, const mib_subid *oid,
                      size_t length, mib_subid *next, size_t *next_length, struct mib_value *value)
{
    for (size_t i = 0; i < mib->count; i++) {
        const struct mib_table *table = &mib->tables[i];
        bool behind = mib_compare(oid, length, table->base, table->base_length) > 0 &&
                      !mib_starts_with(oid, length, table->base, table->base_length);

        if (!behind && mib_next_in_table(answer, gaps, table, oid, length, next, next_length, value))
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

static bool mib_scalar_row(struct mib_row *row)
{
    row->data = NULL;
    row->index[0] = 0;
    row->length = 1;
    return true;
}

static bool mib_find_scalar(const void *answer, const mib_subid *index, size_t length, struct mib_row *row)
{
    (void)answer;
    return length == 1 && index[0] == 0 && mib_scalar_row(row);
}

static bool mib_next_scalar(const void *answer, const mib_subid *index, size_t length, struct mib_row *row)
{
    (void)answer;
    (void)index;
    return length == 0 && mib_scalar_row(row);
}

const struct mib_rows mib_scalar_rows = { mib_find_scalar, mib_next_scalar };
