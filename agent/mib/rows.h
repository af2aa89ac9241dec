/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A snapshot in the order of the MIB: rows sorted by vmIndex. Built by the collector's thread, then const;
 * the main thread answers from it for as long as it holds a reference. */
#ifndef GUESTLIST_AGENT_MIB_ROWS_H
#define GUESTLIST_AGENT_MIB_ROWS_H

#include "agent/mib/mib.h"
#include "lib/collect/collector.h"
#include "lib/model/filter.h"
#include "lib/model/snapshot.h"

struct vm_row {
    uint32_t index; /* vmIndex */
    const struct domain *domain;
    const uint32_t *disks, *interfaces; /* the indexes of those that its description has, in its order */
};

/* The longest name that can be an index: the rest of 128 sub-identifiers is the table's OID. */
enum { ROWS_NAME_MAX = 100 };

struct rows_name {
    const char *name;
    const struct vm_row *row;
};

/* A count of domains. `is_unknown`: for at least one domain it is not known whether it counts. */
struct rows_count {
    uint32_t domains;
    bool is_unknown;
};

struct rows {
    const struct snapshot *snapshot;
    uint32_t last_change_cs; /* vmTableLastChange */
    size_t count;
    struct vm_row *items;
    uint32_t *devices; /* what the rows' `disks` and `interfaces` point into */

    /* Sorted by their bytes. A name that is too long, or that several domains have at once, is left out: no
     * answer rather than the wrong one. */
    size_t name_count;
    struct rows_name *names;
    uint32_t fits[FILTER_WORDS]; /* how many of the domains each filter word is known to fit */
    struct rows_count autostart_inactive, active_no_autostart; /* see the functions in lib/model/domain.h */
};

/* What of the settings shows in answers. */
struct answer_settings {
    uint32_t host_cpu_base; /* vmCpuPhysIndex of host CPU 0; 0: as fits the hypervisor */
    bool active_only;       /* LIBVIRT-MIB's table */
    bool writable_switches; /* may SET turn `switches`? */
    bool allow_control;     /* may SET act on domains? */
    bool vmware_vm_table;   /* is VMWARE-VMINFO-MIB served as well? Only the start heeds it */
};

/* Which notifications are sent. */
struct switches {
    bool per_vm, bulk; /* RFC 7666's two switches, which SET may turn */
    bool libvirt;      /* LIBVIRT-MIB's; only a setting */
};

/* What the getters of all modules are handed: one view and one moment. */
struct answer {
    const struct rows *rows; /* NULL before the first listing */
    int64_t now_boot_ms;
    bool stale; /* the view is too old to be believed */
    struct answer_settings settings;
    struct switches switches;
    bool may_control;               /* libvirt lets SET act on domains; false in answers to others */
    struct collector_status status; /* only for the module that asked for it: it is long to copy */
};

/* `indexes` are those of the snapshot's rows, in their order; `devices` those of the disks, then of the
 * interfaces, of each row that is described, likewise. The view takes `devices` over. NULL, and nothing taken
 * over, if out of memory. */
struct rows *rows_new(const struct snapshot *snapshot, const uint32_t *indexes, uint32_t *devices,
                      uint32_t last_change_cs);
/* The view of a snapshot of the same listing that knows more (snapshot_copy()): the same rows with the same
 * indexes, so that nothing needs to be sorted again. `devices` as for view_new(). */
struct rows *rows_renew(const struct rows *old, const struct snapshot *snapshot, uint32_t *devices);

struct rows *rows_ref(struct rows *rows);
void rows_unref(struct rows *rows);

/* Rows indexed by vmIndex alone: vmTable and what augments it. `row` points to a struct vm_row. */
extern const struct mib_rows vm_rows;

/* A row of a table that has several for one domain; made on request, never stored. `row` points to one. */
struct rows_item {
    const struct vm_row *row;
    uint32_t first, second; /* what they number is for the table to say */
};

enum { ROWS_ITEM_DEPTH = 2 };

/* How such a table finds its rows within one domain: the first whose sub-identifiers behind vmIndex are, taken
 * together, at least `least`. Fills in the item, but for its row, and the sub-identifiers found. False if
 * there is none. */
struct rows_items {
    size_t depth; /* how many sub-identifiers, at most ROWS_ITEM_DEPTH */
    bool (*at_least)(const struct answer *answer, const struct vm_row *row, const mib_subid *least,
                     struct rows_item *item, mib_subid *found);
};

/* For the `find` and `next` of such a table's struct mib_rows. */
bool rows_find_item(const void *answer, const struct rows_items *items, const mib_subid *index, size_t length,
                    struct mib_row *row);
bool rows_next_item(const void *answer, const struct rows_items *items, const mib_subid *index, size_t length,
                    struct mib_row *row);

#endif
