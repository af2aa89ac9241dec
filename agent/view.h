/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A snapshot in the order of the MIB: rows sorted by vmIndex. Built by the collector's thread, then const;
 * the main thread answers from it for as long as it holds a reference. */
#ifndef GUESTLIST_AGENT_VIEW_H
#define GUESTLIST_AGENT_VIEW_H

#include "agent/mibtree.h"
#include "core/collector.h"
#include "core/snapshot.h"

struct view_row {
    uint32_t index; /* vmIndex */
    const struct domain *domain;
};

struct view {
    const struct snapshot *snapshot;
    uint32_t last_change_cs; /* vmTableLastChange */
    size_t count;
    struct view_row *rows;
};

/* What the getters of all modules are handed: one view and one moment. */
struct answer {
    const struct view *view; /* NULL before the first listing */
    int64_t now_boot_ms;
    bool stale;                     /* the view is too old to be believed */
    struct collector_status status; /* only for the module that asked for it: it is long to copy */
};

/* `indexes` are those of the snapshot's rows, in their order. NULL if out of memory. */
struct view *view_new(const struct snapshot *snapshot, const uint32_t *indexes, uint32_t last_change_cs);
struct view *view_ref(struct view *view);
void view_unref(struct view *view);

/* Rows indexed by vmIndex alone: vmTable and what augments it. `row` points to a struct view_row. */
extern const struct mib_rows view_rows;

#endif
