/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/mib/view.h"

#include <stdatomic.h>
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/model/xml_facts.h"

struct owned_view {
    struct view public; /* first, so that one pointer serves both */
    atomic_uint references;
};

static int by_index(const void *one, const void *other)
{
    uint32_t a = ((const struct view_row *)one)->index, b = ((const struct view_row *)other)->index;

    return a < b ? -1 : a > b;
}

/* Gives the row its share of `devices`, and returns what follows it. */
static const uint32_t *deal_devices(struct view_row *row, const uint32_t *devices)
{
    const struct xml_facts *xml_facts = row->domain->xml_facts;

    row->disks = devices;
    row->interfaces = devices + (xml_facts ? xml_facts->disk_count : 0);
    return row->interfaces + (xml_facts ? xml_facts->interface_count : 0);
}

static int by_name(const void *one, const void *other)
{
    return strcmp(((const struct view_name *)one)->name, ((const struct view_name *)other)->name);
}

/* Leaves of a sorted array those that stand alone, and returns how many these are. */
static size_t drop_doubles(struct view_name *names, size_t count)
{
    size_t kept = 0, end;

    for (size_t i = 0; i < count; i = end) {
        for (end = i + 1; end < count && by_name(&names[i], &names[end]) == 0;)
            end++;
        if (end == i + 1)
            names[kept++] = names[i];
    }
    return kept;
}

static void index_names(struct view *view)
{
    size_t count = 0;

    for (size_t i = 0; i < view->count; i++) {
        const char *name = view->rows[i].domain->name;
        size_t length = strnlen(name, VIEW_NAME_MAX + 1);

        if (length > 0 && length <= VIEW_NAME_MAX)
            view->names[count++] = (struct view_name){ name, &view->rows[i] };
    }
    qsort(view->names, count, sizeof(*view->names), by_name);
    view->name_count = drop_doubles(view->names, count);
}

static void count_fits(struct view *view)
{
    for (size_t i = 0; i < view->count; i++) {
        uint32_t words = filter_words_of(view->rows[i].domain);

        for (unsigned bit = 0; bit < FILTER_WORDS; bit++)
            view->fits[bit] += words >> bit & 1;
    }
}

static void count_truth(struct view_count *count, enum tristate tristate)
{
    count->domains += tristate == TRISTATE_TRUE;
    count->is_unknown = count->is_unknown || tristate == TRISTATE_UNKNOWN;
}

static void count_boots(struct view *view)
{
    for (size_t i = 0; i < view->count; i++) {
        count_truth(&view->autostart_inactive, domain_autostart_inactive(view->rows[i].domain));
        count_truth(&view->active_no_autostart, domain_active_no_autostart(view->rows[i].domain));
    }
}

static struct view *allocate(size_t count)
{
    struct owned_view *view = calloc(1, sizeof(*view));

    if (!view)
        return NULL;
    atomic_init(&view->references, 1);
    view->public.rows = calloc(count + 1, sizeof(*view->public.rows));
    view->public.names = calloc(count + 1, sizeof(*view->public.names));
    if (view->public.rows && view->public.names)
        return &view->public;
    view_unref(&view->public);
    return NULL;
}

/* What follows from the rows; `devices` is the view's from now on. */
static void complete(struct view *view, const struct snapshot *snapshot, uint32_t *devices,
                     uint32_t last_change_cs)
{
    view->devices = devices;
    view->last_change_cs = last_change_cs;
    view->snapshot = snapshot_ref(snapshot);
    count_fits(view);
    count_boots(view);
}

struct view *view_new(const struct snapshot *snapshot, const uint32_t *indexes, uint32_t *devices,
                      uint32_t last_change_cs)
{
    const uint32_t *rest = devices;
    struct view *view = allocate(snapshot->count);

    if (!view)
        return NULL;
    for (size_t i = 0; i < snapshot->count; i++) {
        view->rows[i] = (struct view_row){ .index = indexes[i], .domain = &snapshot->domains[i] };
        rest = deal_devices(&view->rows[i], rest);
    }
    qsort(view->rows, snapshot->count, sizeof(*view->rows), by_index);
    view->count = snapshot->count;
    index_names(view);
    complete(view, snapshot, devices, last_change_cs);
    return view;
}

/* Where the row of each domain of the snapshot stands in the view; NULL if out of memory. */
static uint32_t *row_places(const struct view *view)
{
    uint32_t *places = calloc(view->count + 1, sizeof(*places));

    for (size_t i = 0; places && i < view->count; i++)
        places[view->rows[i].domain - view->snapshot->domains] = (uint32_t)i;
    return places;
}

struct view *view_renew(const struct view *old, const struct snapshot *snapshot, uint32_t *devices)
{
    AUTO_FREE uint32_t *places = row_places(old);
    struct view *view = places ? allocate(old->count) : NULL;
    const uint32_t *rest = devices;

    if (!view)
        return NULL;
    for (size_t i = 0; i < old->count; i++) {
        struct view_row *row = &view->rows[places[i]];

        *row = (struct view_row){ .index = old->rows[places[i]].index, .domain = &snapshot->domains[i] };
        rest = deal_devices(row, rest);
    }
    for (size_t i = 0; i < old->name_count; i++) {
        const struct view_row *row = &view->rows[old->names[i].row - old->rows];

        view->names[i] = (struct view_name){ row->domain->name, row };
    }
    view->count = old->count;
    view->name_count = old->name_count;
    complete(view, snapshot, devices, old->last_change_cs);
    return view;
}

struct view *view_ref(struct view *view)
{
    atomic_fetch_add(&((struct owned_view *)view)->references, 1);
    return view;
}

void view_unref(struct view *view)
{
    struct owned_view *mine = (struct owned_view *)view;

    if (!view || atomic_fetch_sub(&mine->references, 1) != 1)
        return;
    snapshot_unref(view->snapshot);
    free(view->rows);
    free(view->names);
    free(view->devices);
    free(mine);
}

/* Where the first row with an index of at least `index` is, or would be. Indexes are nearly dense, and each is
 * more than its row's place, so the place is nearly always the one that the index says. */
static size_t lower_bound(const struct view *view, mib_subid index)
{
    size_t low = 0, high = index < view->count ? index : view->count;

    if (index >= 1 && index <= view->count && view->rows[index - 1].index == index)
        return index - 1;
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (view->rows[middle].index < index)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool fill(const struct view *view, size_t at, struct mib_row *row)
{
    if (at >= view->count)
        return false;
    row->data = &view->rows[at];
    row->index[0] = view->rows[at].index;
    row->length = 1;
    return true;
}

static bool find(const void *data, const mib_subid *index, size_t length, struct mib_row *row)
{
    const struct answer *answer = data;
    size_t at;

    if (!answer->view || length != 1)
        return false;
    at = lower_bound(answer->view, index[0]);
    return fill(answer->view, at, row) && row->index[0] == index[0];
}

static bool next(const void *data, const mib_subid *index, size_t length, struct mib_row *row)
{
    const struct answer *answer = data;

    if (!answer->view)
        return false;
    if (length == 0)
        return fill(answer->view, 0, row);
    if (index[0] >= UINT32_MAX)
        return false;
    return fill(answer->view, lower_bound(answer->view, index[0] + 1), row);
}

const struct mib_rows view_rows = { find, next };

static_assert(sizeof(struct view_item) <= MIB_MADE_MAX, "an item fits into a row");

/* The first item of the domain at `at`, or of one after it, that is at least `least`; NULL: the first of all. */
static bool find_from(const struct answer *answer, const struct view_items *items, size_t at,
                      const mib_subid *least, struct mib_row *row)
{
    static const mib_subid from_start[VIEW_ITEM_DEPTH] = { 0 };
    struct view_item *item = (struct view_item *)(void *)row->made;

    for (; at < answer->view->count; at++, least = NULL) {
        const struct view_row *owner = &answer->view->rows[at];

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

bool view_find_item(const void *data, const struct view_items *items, const mib_subid *index, size_t length,
                    struct mib_row *row)
{
    const struct answer *answer = data;

    return answer->view && length == 1 + items->depth &&
           find_from(answer, items, lower_bound(answer->view, index[0]), index + 1, row) &&
           mib_compare(row->index, row->length, index, length) == 0;
}

/* Makes the sub-identifiers, taken together, one more; false if there are no greater ones. */
static bool increment(mib_subid *subids, size_t count)
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
bool view_next_item(const void *data, const struct view_items *items, const mib_subid *index, size_t length,
                    struct mib_row *row)
{
    const struct answer *answer = data;
    mib_subid least[VIEW_ITEM_DEPTH] = { 0 };
    size_t given = length > 0 ? length - 1 : 0, at;

    if (!answer->view)
        return false;
    if (length == 0)
        return find_from(answer, items, 0, NULL, row);
    at = lower_bound(answer->view, index[0]);
    if (at == answer->view->count || answer->view->rows[at].index != index[0])
        return find_from(answer, items, at, NULL, row);
    memcpy(least, index + 1, (given < items->depth ? given : items->depth) * sizeof(*least));
    if (given >= items->depth && !increment(least, items->depth))
        return find_from(answer, items, at + 1, NULL, row);
    return find_from(answer, items, at, least, row);
}
