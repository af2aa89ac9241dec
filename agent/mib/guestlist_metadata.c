/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GUESTLIST-MIB, glMetadataTable: a row for each value that the metadata rules have found in a domain's XML. */
#include <assert.h>

#include "agent/mib/guestlist_tables.h"
#include "lib/libvirt/metadata_rules.h"
#include "lib/model/xml_facts.h"

static_assert(1 + (int)METADATA_KEY_MAX <= (int)MIB_INDEX_MAX, "vmIndex and a key fit into an index");

/* The first value of the domain whose key is at or after the index; NULL: there is none. */
static const struct metadata_value *guestlist_metadata_find(const struct domain *domain, const mib_subid *key,
                                                            size_t length)
{
    const struct xml_facts *xml_facts = domain->xml_facts;

    for (size_t i = 0; xml_facts && i < xml_facts->metadata_count; i++)
        if (mib_text_compare(xml_facts->metadata_values[i].key, key, length) >= 0)
            return &xml_facts->metadata_values[i];
    return NULL;
}

/* The rows of `vm` are those of vmTable. `index` begins with a vmIndex that is not after that of the row. */
static const struct metadata_value *guestlist_metadata_find_in(const struct vm_row *vm, const mib_subid *index,
                                                               size_t length)
{
    bool is_same = length > 0 && index[0] == vm->index;

    return guestlist_metadata_find(vm->domain, is_same ? index + 1 : NULL, is_same ? length - 1 : 0);
}

static bool guestlist_metadata_seek(const struct answer *answer, const mib_subid *index, size_t length,
                                    struct mib_row *row)
{
    const struct metadata_value *value = NULL;
    const struct vm_row *vm, *end;

    if (!rows_seek_vm(answer, index, length > 0 ? 1 : 0, row))
        return false;
    end = answer->rows->items + answer->rows->count;
    for (vm = row->data; vm < end; vm++) {
        value = guestlist_metadata_find_in(vm, index, length);
        if (value)
            break;
    }
    if (!value)
        return false;
    row->data = value;
    row->index[0] = vm->index;
    row->length = 1 + mib_text_index(value->key, row->index + 1);
    return true;
}

static bool guestlist_metadata_get_value(const struct mib_cell *cell)
{
    return mib_put_text(cell->value, ((const struct metadata_value *)cell->row)->value);
}

static const struct mib_column columns[] = {
    { 2, MIB_OCTETS, guestlist_metadata_get_value, "glMetadataValue", NULL },
};

static const mib_subid base[] = { GUESTLIST_ENTERPRISE_OID, 1, 10, 1 };

static_assert(ARRAY_COUNT(base) + 2 + METADATA_KEY_MAX <= MIB_OID_MAX, "a root under which the longest key fits");

const struct mib_table guestlist_metadata_table = MIB_TABLE(base, columns, guestlist_metadata_seek);
