/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GUESTLIST-MIB, glNameTable: one GET finds the vmIndex of a name. */
#include <assert.h>

#include "agent/mib/guestlist_tables.h"

static_assert((int)ROWS_NAME_MAX <= (int)MIB_INDEX_MAX, "a name fits into an index");

/* The place of the first name that is at least the index. */
static size_t guestlist_name_place(const struct rows *rows, const mib_subid *index, size_t length)
{
    size_t low = 0, high = rows->name_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (mib_text_compare(rows->names[middle].name, index, length) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool guestlist_name_seek(const struct answer *answer, const mib_subid *index, size_t length,
                                struct mib_row *row)
{
    const struct rows *rows = answer->rows;
    size_t at = rows ? guestlist_name_place(rows, index, length) : 0;

    if (!rows || at == rows->name_count)
        return false;
    row->data = rows->names[at].row;
    row->length = mib_text_index(rows->names[at].name, row->index);
    return true;
}

static bool guestlist_name_get_vm_index(const struct mib_cell *cell)
{
    return mib_put_integer(cell->value, ((const struct vm_row *)cell->row)->index);
}

static const struct mib_column columns[] = {
    { 2, MIB_INTEGER, guestlist_name_get_vm_index, "glNameVmIndex", NULL },
};

static const mib_subid base[] = { GUESTLIST_ENTERPRISE_OID, 1, 4, 1 };

static_assert(ARRAY_COUNT(base) + 1 + ROWS_NAME_MAX <= MIB_OID_MAX, "a root under which the longest name fits");

const struct mib_table guestlist_name_table = MIB_TABLE(base, columns, guestlist_name_seek);
