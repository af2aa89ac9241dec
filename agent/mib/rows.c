/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/mib/rows.h"

#include <stdatomic.h>
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/model/xml_facts.h"

struct owned_rows {
    struct rows public; /* first, so that one pointer serves both */
    atomic_uint references;
};

static int rows_compare_indexes(const void *one, const void *other)
{
    uint32_t a = ((const struct vm_row *)one)->index, b = ((const struct vm_row *)other)->index;

    return a < b ? -1 : a > b;
}

/* Gives the row its share of `devices`, and returns what follows it. */
static const uint32_t *rows_set_devices(struct vm_row *row, const uint32_t *devices)
{
    const struct xml_facts *xml_facts = row->domain->xml_facts;

    row->disks = devices;
    row->interfaces = devices + (xml_facts ? xml_facts->disk_count : 0);
    return row->interfaces + (xml_facts ? xml_facts->interface_count : 0);
}

static int rows_compare_names(const void *one, const void *other)
{
    return strcmp(((const struct rows_name *)one)->name, ((const struct rows_name *)other)->name);
}

/* Leaves of a sorted array those that stand alone, and returns how many these are. */
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

static void rows_count_autostarts(struct rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        rows_count_tristate(&rows->autostart_inactive, domain_autostart_inactive(rows->items[i].domain));
        rows_count_tristate(&rows->active_no_autostart, domain_active_no_autostart(rows->items[i].domain));
    }
}

static struct rows *rows_allocate(size_t count)
{
    struct owned_rows *rows = calloc(1, sizeof(*rows));

    if (!rows)
        return NULL;
    atomic_init(&rows->references, 1);
    rows->public.items = calloc(count + 1, sizeof(*rows->public.items));
    rows->public.names = calloc(count + 1, sizeof(*rows->public.names));
    if (rows->public.items && rows->public.names)
        return &rows->public;
    rows_unref(&rows->public);
    return NULL;
}

/* What follows from the rows; `devices` is the view's from now on. */
static void rows_complete(struct rows *rows, const struct snapshot *snapshot, uint32_t *devices,
                          uint32_t last_change_cs)
{
    rows->devices = devices;
    rows->last_change_cs = last_change_cs;
    rows->snapshot = snapshot_ref(snapshot);
    rows_count_fits(rows);
    rows_count_autostarts(rows);
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

/* Where the row of each domain of the snapshot stands in the view; NULL if out of memory. */
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
    atomic_fetch_add(&((struct owned_rows *)rows)->references, 1);
    return rows;
}

void rows_unref(struct rows *rows)
{
    struct owned_rows *mine = (struct owned_rows *)rows;

    if (!rows || atomic_fetch_sub(&mine->references, 1) != 1)
        return;
    snapshot_unref(rows->snapshot);
    free(rows->items);
    free(rows->names);
    free(rows->devices);
    free(mine);
}

/* Where the first row with an index of at least `index` is, or would be. Indexes are nearly dense, and each is
 * more than its row's place, so the place is nearly always the one that the index says. */
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

static bool rows_fill_vm(const struct rows *rows, size_t at, struct mib_row *row)
{
    if (at >= rows->count)
        return false;
    row->data = &rows->items[at];
    row->index[0] = rows->items[at].index;
    row->length = 1;
    return true;
}

static bool rows_find_vm(const void *data, const mib_subid *index, size_t length, struct mib_row *row)
{
    const struct answer *answer = data;
    size_t at;

    if (!answer->rows || length != 1)
        return false;
    at = rows_lower_bound(answer->rows, index[0]);
    return rows_fill_vm(answer->rows, at, row) && row->index[0] == index[0];
}

static bool rows_next_vm(const void *data, const mib_subid *index, size_t length, struct mib_row *row)
{
    const struct answer *answer = data;

    if (!answer->rows)
        return false;
    if (length == 0)
        return rows_fill_vm(answer->rows, 0, row);
    if (index[0] >= UINT32_MAX)
        return false;
    return rows_fill_vm(answer->rows, rows_lower_bound(answer->rows, index[0] + 1), row);
}

const struct mib_rows vm_rows = { rows_find_vm, rows_next_vm };

static_assert(sizeof(struct rows_item) <= MIB_MADE_MAX, "an item fits into a row");

/* The first item of the domain at `at`, or of one after it, that is at least `least`; NULL: the first of all. */
static bool rows_find_item_from(const struct answer *answer, const struct rows_items *items, size_t at,
                                const mib_subid *least, struct mib_row *row)
{
    static const mib_subid from_start[ROWS_ITEM_DEPTH] = { 0 };
    struct rows_item *item = (struct rows_item *)(void *)row->made;

    for (; at < answer->rows->count; at++, least = NULL) {
        const struct vm_row *owner = &answer->rows->items[at];

        if (!items->at_least(answer, owner, least ? least : from_start, item, row->index + 1))
            continue;
        item->row = owner;
        row->data = item;
        row->index[0] = owner->index;
        row->length = 1 + items->depth;
        return true;
    }
    return false;
}

bool rows_find_item(const void *data, const struct rows_items *items, const mib_subid *index, size_t length,
                    struct mib_row *row)
{
    const struct answer *answer = data;

    return answer->rows && length == 1 + items->depth &&
           rows_find_item_from(answer, items, rows_lower_bound(answer->rows, index[0]), index + 1, row) &&
           mib_compare(row->index, row->length, index, length) == 0;
}

/* Makes the sub-identifiers, taken together, one more; false if there are no greater ones. */
static bool rows_increment_subids(mib_subid *subids, size_t count)
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

/* An index cut short comes before all that it begins; one with too many sub-identifiers behind the one it
 * begins with. */
bool rows_next_item(const void *data, const struct rows_items *items, const mib_subid *index, size_t length,
                    struct mib_row *row)
{
    const struct answer *answer = data;
    mib_subid least[ROWS_ITEM_DEPTH] = { 0 };
    size_t given = length > 0 ? length - 1 : 0, at;

    if (!answer->rows)
        return false;
    if (length == 0)
        return rows_find_item_from(answer, items, 0, NULL, row);
    at = rows_lower_bound(answer->rows, index[0]);
    if (at == answer->rows->count || answer->rows->items[at].index != index[0])
        return rows_find_item_from(answer, items, at, NULL, row);
    memcpy(least, index + 1, (given < items->depth ? given : items->depth) * sizeof(*least));
    if (given >= items->depth && !rows_increment_subids(least, items->depth))
        return rows_find_item_from(answer, items, at + 1, NULL, row);
    return rows_find_item_from(answer, items, at, least, row);
}
