/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/view.h"

#include <stdatomic.h>
#include <stdlib.h>

struct owned_view {
    struct view public; /* first, so that one pointer serves both */
    atomic_uint references;
};

static int by_index(const void *one, const void *other)
{
    uint32_t a = ((const struct view_row *)one)->index, b = ((const struct view_row *)other)->index;

    return a < b ? -1 : a > b;
}

struct view *view_new(const struct snapshot *snapshot, const uint32_t *indexes, uint32_t last_change_cs)
{
    struct owned_view *view = calloc(1, sizeof(*view));

    if (!view)
        return NULL;
    view->public.rows = calloc(snapshot->count + 1, sizeof(*view->public.rows));
    if (!view->public.rows) {
        free(view);
        return NULL;
    }
    atomic_init(&view->references, 1);
    for (size_t i = 0; i < snapshot->count; i++)
        view->public.rows[i] = (struct view_row){ indexes[i], &snapshot->domains[i] };
    qsort(view->public.rows, snapshot->count, sizeof(*view->public.rows), by_index);
    view->public.count = snapshot->count;
    view->public.last_change_cs = last_change_cs;
    view->public.snapshot = snapshot_ref(snapshot);
    return &view->public;
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
