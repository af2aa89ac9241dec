/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/mib/rows.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/model/xml_facts.h"

static int rows_compare_indexes(const void *one, const void *other)
{
    uint32_t a = ((const struct vm_row *)one)->index, b = ((const struct vm_row *)other)->index;

    return a < b ? -1 : a > b;
}

size_t rows_device_numbers(const struct xml_facts *xml_facts)
{
    return xml_facts ? xml_facts->disk_count + 3 * xml_facts->interface_count : 0;
}

/* The row's numbers are the first of `devices`. Returns those of the next row. */
static const uint32_t *rows_set_devices(struct vm_row *row, const uint32_t *devices)
{
    const struct xml_facts *xml_facts = row->domain->xml_facts;
    size_t interface_count = xml_facts ? xml_facts->interface_count : 0;

    row->disks = devices;
    row->interfaces = row->disks + (xml_facts ? xml_facts->disk_count : 0);
    row->host_interfaces = row->interfaces + interface_count;
    row->host_parents = row->host_interfaces + interface_count;
    return row->host_parents + interface_count;
}

static int rows_compare_names(const void *one, const void *other)
{
    return strcmp(((const struct rows_name *)one)->name, ((const struct rows_name *)other)->name);
}

/* Removes the names of a sorted array that are not unique. Returns how many are left. */
static size_t rows_drop_doubles(struct rows_name *names, size_t count)
{
    size_t kept = 0, end;

    for (size_t i = 0; i < count; i = end) {
        for (end = i + 1; end < count && rows_compare_names(&names[i], &names[end]) == 0;)
            end++;
        if (end == i + 1)
            names[kept++] = names[i];
    }
    return kept;
}

static void rows_index_names(struct rows *rows)
{
    size_t count = 0;

    for (size_t i = 0; i < rows->count; i++) {
        const char *name = rows->items[i].domain->name;
        size_t length = strnlen(name, ROWS_NAME_MAX + 1);

        if (length > 0 && length <= ROWS_NAME_MAX)
            rows->names[count++] = (struct rows_name){ name, &rows->items[i] };
    }
    qsort(rows->names, count, sizeof(*rows->names), rows_compare_names);
    rows->name_count = rows_drop_doubles(rows->names, count);
}

static void rows_count_fits(struct rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        uint32_t words = filter_words_of(rows->items[i].domain);

        for (unsigned bit = 0; bit < FILTER_WORDS; bit++)
            rows->fits[bit] += words >> bit & 1;
    }
}

static void rows_count_tristate(struct rows_count *count, enum tristate tristate)
{
    count->domains += tristate == TRISTATE_TRUE;
    count->is_unknown = count->is_unknown || tristate == TRISTATE_UNKNOWN;
}

static void rows_count_domains(struct rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        const struct domain *domain = rows->items[i].domain;

        rows_count_tristate(&rows->autostart_inactive, domain_autostart_inactive(domain));
        rows_count_tristate(&rows->active_no_autostart, domain_active_no_autostart(domain));
        rows_count_tristate(&rows->not_answering, domain_not_answering(domain));
        rows->jobs += domain->job_stats != NULL;
    }
}

static struct rows *rows_allocate(size_t count)
{
    struct rows *rows = calloc(1, sizeof(*rows));

    if (!rows)
        return NULL;
    refcount_init(&rows->refcount);
    rows->items = calloc(count + 1, sizeof(*rows->items));
    rows->names = calloc(count + 1, sizeof(*rows->names));
    if (rows->items && rows->names)
        return rows;
    rows_unref(rows);
    return NULL;
}

/* Fills in the members that follow from the rows. The rows own `devices` from now on. */
static void rows_complete(struct rows *rows, const struct snapshot *snapshot, uint32_t *devices,
                          uint32_t last_change_cs)
{
    rows->devices = devices;
    rows->last_change_cs = last_change_cs;
    rows->snapshot = snapshot_ref(snapshot);
    rows_count_fits(rows);
    rows_count_domains(rows);
}

struct rows *rows_new(const struct snapshot *snapshot, const uint32_t *indexes, uint32_t *devices,
                      uint32_t last_change_cs)
{
    const uint32_t *rest = devices;
    struct rows *rows = rows_allocate(snapshot->count);

    if (!rows)
        return NULL;
    for (size_t i = 0; i < snapshot->count; i++) {
        rows->items[i] = (struct vm_row){ .index = indexes[i], .domain = &snapshot->domains[i] };
        rest = rows_set_devices(&rows->items[i], rest);
    }
    qsort(rows->items, snapshot->count, sizeof(*rows->items), rows_compare_indexes);
    rows->count = snapshot->count;
    rows_index_names(rows);
    rows_complete(rows, snapshot, devices, last_change_cs);
    return rows;
}

/* The place of the row of each domain, in the order of the snapshot; NULL if out of memory. */
static uint32_t *rows_row_places(const struct rows *rows)
{
    uint32_t *places = calloc(rows->count + 1, sizeof(*places));

    for (size_t i = 0; places && i < rows->count; i++)
        places[rows->items[i].domain - rows->snapshot->domains] = (uint32_t)i;
    return places;
}

struct rows *rows_renew(const struct rows *old, const struct snapshot *snapshot, uint32_t *devices)
{
    AUTO_FREE uint32_t *places = rows_row_places(old);
    struct rows *rows = places ? rows_allocate(old->count) : NULL;
    const uint32_t *rest = devices;

    if (!rows)
        return NULL;
    for (size_t i = 0; i < old->count; i++) {
        struct vm_row *row = &rows->items[places[i]];

        *row = (struct vm_row){ .index = old->items[places[i]].index, .domain = &snapshot->domains[i] };
        rest = rows_set_devices(row, rest);
    }
    for (size_t i = 0; i < old->name_count; i++) {
        const struct vm_row *row = &rows->items[old->names[i].row - old->items];

        rows->names[i] = (struct rows_name){ row->domain->name, row };
    }
    rows->count = old->count;
    rows->name_count = old->name_count;
    rows_complete(rows, snapshot, devices, old->last_change_cs);
    return rows;
}

struct rows *rows_ref(struct rows *rows)
{
    refcount_take(&rows->refcount);
    return rows;
}

void rows_unref(struct rows *rows)
{
    if (!rows || !refcount_drop(&rows->refcount))
        return;
    snapshot_unref(rows->snapshot);
    free(rows->items);
    free(rows->names);
    free(rows->devices);
    free(rows);
}

/* The place of the first row whose vmIndex is at least `index`; the number of rows if there is none. Places count
 * from 0, vmIndexes count from 1, and most vmIndexes are in use. So the place of a row is usually its vmIndex
 * minus 1, and never more. */
static size_t rows_lower_bound(const struct rows *rows, mib_subid index)
{
    size_t low = 0, high = index < rows->count ? index : rows->count;

    if (index >= 1 && index <= rows->count && rows->items[index - 1].index == index)
        return index - 1;
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (rows->items[middle].index < index)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The place of the first row whose vmIndex is at least the first sub-identifier of the index. `*is_same`: the two
 * are equal. */
static size_t rows_place(const struct rows *rows, const mib_subid *index, size_t length, bool *is_same)
{
    size_t at = length > 0 ? rows_lower_bound(rows, index[0]) : 0;

    *is_same = length > 0 && at < rows->count && rows->items[at].index == index[0];
    return at;
}

bool rows_seek_vm(const struct answer *answer, const mib_subid *index, size_t length, struct mib_row *row)
{
    const struct rows *rows = answer->rows;
    bool is_same;
    size_t at;

    if (!rows)
        return false;
    at = rows_place(rows, index, length, &is_same);
    if (is_same && length > 1)
        at++;
    if (at == rows->count)
        return false;
    row->data = &rows->items[at];
    row->index[0] = rows->items[at].index;
    row->length = 1;
    return true;
}

static_assert(sizeof(struct rows_item) <= MIB_MADE_MAX, "an item fits into a row");

/* Adds one to the sub-identifiers, taken together as one number. False if that number is the greatest. */
static bool rows_increment(mib_subid *subids, size_t count)
{
    while (count-- > 0) {
        if (subids[count] < UINT32_MAX) {
            subids[count]++;
            return true;
        }
        subids[count] = 0;
    }
    return false;
}

/* The smallest sub-identifiers after vmIndex with which a row of the domain is at or after the index. False if no
 * row of the domain can be at or after it. */
static bool rows_least(const mib_subid *index, size_t length, size_t depth, mib_subid *least)
{
    size_t given = length - 1;

    memcpy(least, index + 1, (given < depth ? given : depth) * sizeof(*least));
    return given <= depth || rows_increment(least, depth);
}

bool rows_seek_item(const struct answer *answer, size_t depth, rows_item_seek *seek, const mib_subid *index,
                    size_t length, struct mib_row *row)
{
    const struct rows *rows = answer->rows;
    struct rows_item *item = (struct rows_item *)(void *)row->made;
    mib_subid least[ROWS_ITEM_DEPTH] = { 0 };
    bool is_same;
    size_t at;

    if (!rows)
        return false;
    at = rows_place(rows, index, length, &is_same);
    if (is_same && !rows_least(index, length, depth, least))
        at++;
    for (; at < rows->count; at++, memset(least, 0, sizeof(least))) {
        *item = (struct rows_item){ .answer = answer, .row = &rows->items[at] };
        if (!seek(item, least, row->index + 1))
            continue;
        row->data = item;
        row->index[0] = item->row->index;
        row->length = 1 + depth;
        return true;
    }
    return false;
}
