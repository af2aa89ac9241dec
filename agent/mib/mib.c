/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/mib/mib.h"

#include <string.h>

enum {
    /* Fewer rows are stepped over faster than looked up. */
    MIB_GAP_ROWS_MIN = 16,
    /* One for requests that enter the column from the column before, and one for requests that continue from a
     * row. */
    MIB_GAPS_OF_A_COLUMN = 2,
};

int mib_compare(const mib_subid *one, size_t one_length, const mib_subid *other, size_t other_length)
{
    for (size_t i = 0; i < one_length && i < other_length; i++)
        if (one[i] != other[i])
            return one[i] < other[i] ? -1 : 1;
    return one_length < other_length ? -1 : one_length > other_length;
}

int mib_text_compare(const char *text, const mib_subid *index, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        mib_subid octet = (unsigned char)text[i];

        if (octet == 0 || octet != index[i])
            return octet == 0 || octet < index[i] ? -1 : 1;
    }
    return text[length] != '\0';
}

size_t mib_text_index(const char *text, mib_subid *index)
{
    size_t length = 0;

    for (; text[length]; length++)
        index[length] = (unsigned char)text[length];
    return length;
}

/* Whether `oid` names something in the table: a column's number follows the table's base. */
static bool mib_is_in_table(const struct mib_table *table, const mib_subid *oid, size_t length)
{
    return length > table->base_length &&
           mib_compare(oid, table->base_length, table->base, table->base_length) == 0;
}

static const struct mib_column *mib_find_column(const struct mib_table *table, mib_subid number)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (table->columns[i].number == number)
            return &table->columns[i];
    return NULL;
}

/* An object that a request names: its column, and its row if there is one. */
struct mib_object {
    const struct mib_column *column; /* NULL: there is no such column */
    bool has_row;
    struct mib_row row;
};

static void mib_find_row(const struct mib_table *table, const struct answer *answer, const mib_subid *index,
                         size_t length, struct mib_object *object)
{
    struct mib_row *row = &object->row;

    object->has_row =
        table->seek(answer, index, length, row) && mib_compare(row->index, row->length, index, length) == 0;
}

/* `object->row` is only valid if it has one. */
static void mib_find(const struct mib *mib, const struct answer *answer, const mib_subid *oid, size_t length,
                     struct mib_object *object)
{
    object->column = NULL;
    object->has_row = false;
    for (size_t i = 0; i < mib->count && !object->column; i++) {
        const struct mib_table *table = mib->tables[i];
        size_t skip = table->base_length + 1;

        if (mib_is_in_table(table, oid, length))
            object->column = mib_find_column(table, oid[table->base_length]);
        if (object->column)
            mib_find_row(table, answer, oid + skip, length - skip, object);
    }
}

static bool mib_get_value(const struct mib_column *column, const struct answer *answer, const struct mib_row *row,
                          struct mib_value *value)
{
    value->type = column->type;
    return column->get(&(struct mib_cell){ answer, row->data, value });
}

enum mib_found mib_get(const struct mib *mib, const struct answer *answer, const mib_subid *oid, size_t length,
                       struct mib_value *value)
{
    struct mib_object object;

    mib_find(mib, answer, oid, length, &object);
    if (!object.column)
        return MIB_NO_OBJECT;
    if (!object.has_row || !mib_get_value(object.column, answer, &object.row, value))
        return MIB_NO_INSTANCE;
    return MIB_FOUND;
}

enum mib_set mib_set_test(const struct mib *mib, const struct answer *answer, const mib_subid *oid, size_t length,
                          const int32_t *value)
{
    const struct mib_setter *set;
    struct mib_object object;

    mib_find(mib, answer, oid, length, &object);
    set = object.column ? object.column->set : NULL;
    if (!set || !set->is_allowed(answer))
        return MIB_SET_NOT_WRITABLE;
    if (!value)
        return MIB_SET_WRONG_TYPE;
    if (!set->is_valid(*value))
        return MIB_SET_WRONG_VALUE;
    if (!object.has_row)
        return MIB_SET_NO_CREATION;
    return !set->is_available || set->is_available(answer) ? MIB_SET_FINE : MIB_SET_UNAVAILABLE;
}

void mib_set_apply(const struct mib *mib, const struct answer *answer, const mib_subid *oid, size_t length,
                   int32_t value, struct set_effect *effect)
{
    struct mib_object object;

    mib_find(mib, answer, oid, length, &object);
    if (object.column && object.column->set && object.has_row)
        object.column->set->apply(object.row.data, value, effect);
}

size_t mib_gap_count(const struct mib *mib)
{
    size_t count = 0;

    for (size_t i = 0; i < mib->count; i++)
        count += MIB_GAPS_OF_A_COLUMN * mib->tables[i]->column_count;
    return count;
}

static bool mib_gap_has(const struct mib_gap *gap, const mib_subid *index, size_t length)
{
    return gap && gap->is_known && mib_compare(index, length, gap->from, gap->from_length) >= 0 &&
           (gap->to_length == 0 || mib_compare(index, length, gap->to, gap->to_length) <= 0);
}

/* `row` NULL: there is none at or after the index. */
static void mib_gap_keep(struct mib_gap *gap, const mib_subid *index, size_t length, const struct mib_row *row)
{
    if (length > MIB_GAP_INDEX_MAX || (row && row->length > MIB_GAP_INDEX_MAX))
        return;
    *gap = (struct mib_gap){ .is_known = true, .from_length = length, .to_length = row ? row->length : 0 };
    memcpy(gap->from, index, length * sizeof(*index));
    if (row)
        memcpy(gap->to, row->index, row->length * sizeof(*row->index));
}

/* The smallest index that is greater than the given one: the same with a sub-identifier 0 at its end. An index
 * that is longer than that of any row is cut first. This skips no row. Returns the length. */
static size_t mib_index_after(const mib_subid *index, size_t length, mib_subid after[MIB_INDEX_MAX + 1])
{
    if (length > MIB_INDEX_MAX)
        length = MIB_INDEX_MAX;
    memcpy(after, index, length * sizeof(*index));
    after[length] = 0;
    return length + 1;
}

/* The part of GETNEXT that all columns share. */
struct mib_search {
    const struct answer *answer;
    const mib_subid *oid;
    size_t length;
    struct mib_row row; /* that was found */
    struct mib_value *value;
};

/* Finds the first row at or after the index that has a value in the column. Rows without one are stepped over:
 * they do not end a walk. */
static bool mib_next_in_column(struct mib_search *search, const struct mib_table *table,
                               const struct mib_column *column, struct mib_gap *gap, const mib_subid *index,
                               size_t length)
{
    bool is_in_gap = mib_gap_has(gap, index, length), found;
    struct mib_row *row = &search->row;
    size_t stepped = 0;

    if (is_in_gap && gap->to_length == 0)
        return false;
    found = table->seek(search->answer, is_in_gap ? gap->to : index, is_in_gap ? gap->to_length : length, row);
    while (found && !mib_get_value(column, search->answer, row, search->value)) {
        mib_subid after[MIB_INDEX_MAX + 1];
        size_t after_length = mib_index_after(row->index, row->length, after);

        found = table->seek(search->answer, after, after_length, row);
        stepped++;
    }
    if (gap && (stepped >= MIB_GAP_ROWS_MIN || !found))
        mib_gap_keep(gap, index, length, found ? row : NULL);
    return found;
}

/* The first column of the table that has a value after the requested name, or NULL. */
static const struct mib_column *mib_next_in_table(struct mib_search *search, const struct mib_table *table,
                                                  struct mib_gap *gaps)
{
    bool is_inside = mib_is_in_table(table, search->oid, search->length);
    mib_subid number = is_inside ? search->oid[table->base_length] : 0, index[MIB_INDEX_MAX + 1];
    size_t skip = table->base_length + 1;

    for (size_t i = 0; i < table->column_count; i++) {
        const struct mib_column *column = &table->columns[i];
        size_t length = 0;

        if (column->number < number)
            continue;
        if (is_inside && column->number == number)
            length = mib_index_after(search->oid + skip, search->length - skip, index);
        if (mib_next_in_column(search, table, column, gaps ? &gaps[MIB_GAPS_OF_A_COLUMN * i + (length > 0)] : NULL,
                               index, length))
            return column;
    }
    return NULL;
}

static size_t mib_name_instance(const struct mib_table *table, mib_subid number, const struct mib_row *row,
                                mib_subid *name)
{
    memcpy(name, table->base, table->base_length * sizeof(*name));
    name[table->base_length] = number;
    memcpy(name + table->base_length + 1, row->index, row->length * sizeof(*name));
    return table->base_length + 1 + row->length;
}

bool mib_next(const struct mib *mib, const struct answer *answer, struct mib_gap *gaps, const mib_subid *oid,
              size_t length, mib_subid *next, size_t *next_length, struct mib_value *value)
{
    struct mib_search search = { .answer = answer, .oid = oid, .length = length, .value = value };

    for (size_t i = 0; i < mib->count; i++) {
        const struct mib_table *table = mib->tables[i];
        bool is_behind = mib_compare(oid, length, table->base, table->base_length) > 0;
        const struct mib_column *column = NULL;

        if (!is_behind || mib_is_in_table(table, oid, length))
            column = mib_next_in_table(&search, table, gaps);
        if (column) {
            *next_length = mib_name_instance(table, column->number, &search.row, next);
            return true;
        }
        if (gaps)
            gaps += MIB_GAPS_OF_A_COLUMN * table->column_count;
    }
    return false;
}

bool mib_scalar_seek(const struct answer *answer, const mib_subid *index, size_t length, struct mib_row *row)
{
    (void)answer;
    row->data = NULL;
    row->index[0] = 0;
    row->length = 1;
    return mib_compare(row->index, row->length, index, length) >= 0;
}
