/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GUESTLIST-MIB, glNameTable: from a domain's name to its vmIndex, in one GET. */
#include <assert.h>

#include "agent/mib/guestlist_tables.h"

static_assert((int)ROWS_NAME_MAX <= (int)MIB_INDEX_MAX, "a name fits into an index");

/* Orders a name and an index of IMPLIED octets: one sub-identifier each, no length before them. */
static int guestlist_name_compare(const char *name, const mib_subid *index, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        mib_subid octet = (unsigned char)name[i];

        if (octet == 0 || octet != index[i])
            return octet == 0 || octet < index[i] ? -1 : 1;
    }
    return name[length] != '\0';
}

/* The place of the first name that is `least` (0: the same or greater, 1: greater) than the index. */
static size_t guestlist_name_place(const struct rows *rows, const mib_subid *index, size_t length, int least)
{
    size_t low = 0, high = rows->name_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (guestlist_name_compare(rows->names[middle].name, index, length) < least)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool guestlist_name_fill(const struct rows *rows, size_t at, struct mib_row *row)
{
    const char *name;

    if (at >= rows->name_count)
        return false;
    name = rows->names[at].name;
    row->data = rows->names[at].row;
    for (row->length = 0; name[row->length]; row->length++)
        row->index[row->length] = (unsigned char)name[row->length];
    return true;
}

static bool guestlist_name_find(const void *answer, const mib_subid *index, size_t length, struct mib_row *row)
{
    const struct rows *rows = ((const struct answer *)answer)->rows;

    return rows && guestlist_name_fill(rows, guestlist_name_place(rows, index, length, 0), row) &&
           mib_compare(row->index, row->length, index, length) == 0;
}

static bool guestlist_name_next(const void *answer, const mib_subid *index, size_t length, struct mib_row *row)
{
    const struct rows *rows = ((const struct answer *)answer)->rows;

    return rows && guestlist_name_fill(rows, guestlist_name_place(rows, index, length, 1), row);
}

const struct mib_rows gl_name_rows = { guestlist_name_find, guestlist_name_next };

static bool guestlist_name_get_vm_index(const void *answer, const void *row, struct mib_value *value)
{
    (void)answer;
    return mib_put_integer(value, ((const struct vm_row *)row)->index);
}

const struct mib_column gl_name_columns[GL_NAME_COLUMNS] = {
    { 2, MIB_INTEGER, guestlist_name_get_vm_index, "glNameVmIndex" },
};
