/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A snapshot in the order of the MIB: rows sorted by vmIndex. The collector's thread makes it. Then it is const,
 * and any thread may read it for as long as it holds a reference. */
#ifndef GUESTLIST_AGENT_MIB_ROWS_H
#define GUESTLIST_AGENT_MIB_ROWS_H

#include "agent/mib/mib.h"
#include "lib/base/refcount.h"
#include "lib/collect/collector.h"
#include "lib/libvirt/commands.h"
#include "lib/model/filter.h"
#include "lib/model/snapshot.h"

struct vm_row {
    uint32_t index; /* vmIndex */
    const struct domain *domain;
    /* The numbers of its devices, in the order of its XML: the indexes of the disks, the indexes of the network
     * interfaces, and for each of these interfaces the ifIndex of the host's interface that leads to it and the
     * ifIndex of that one's parent; 0: none. */
    const uint32_t *disks, *interfaces, *host_interfaces, *host_parents;
};

/* The longest name that can be an index. An OID has 128 sub-identifiers; the others are for the table's OID. */
enum { ROWS_NAME_MAX = 100 };

struct rows_name {
    const char *name;
    const struct vm_row *row;
};

/* A count of domains. `is_unknown`: there is a domain for which it is not known whether it counts. */
struct rows_count {
    uint32_t domains;
    bool is_unknown;
};

struct rows {
    const struct snapshot *snapshot;
    uint32_t last_change_cs; /* vmTableLastChange */
    size_t count;
    struct vm_row *items;
    uint32_t *devices; /* the numbers of all rows' devices */

    /* Sorted by their bytes. A name that is too long, or that several domains have at once, is left out: no answer
     * is better than a wrong one. */
    size_t name_count;
    struct rows_name *names;
    uint32_t fits[FILTER_WORDS]; /* for each filter word: how many domains it is known to fit */
    /* See the functions in lib/model/domain.h. */
    struct rows_count autostart_inactive, active_no_autostart, not_answering;

    size_t jobs; /* how many domains have a job */

    struct refcount refcount; /* for rows_ref() and rows_unref() alone */
};

/* The settings that change answers. */
struct answer_settings {
    uint32_t host_cpu_base; /* vmCpuPhysIndex of host CPU 0; 0: the number that fits the hypervisor */
    bool active_only;       /* LIBVIRT-MIB's table has only active domains */
    bool writable_switches; /* SET may turn `switches` */
    bool allow_control;     /* SET may act on domains */
    bool snapshots;         /* glSnapshotTable has rows */
    bool vmware_vm_table;   /* VMWARE-VMINFO-MIB is served; this setting is only read at the start */
};

/* Which notifications are sent. */
struct switches {
    bool per_vm, bulk; /* RFC 7666's two switches, which SET may turn */
    bool libvirt;      /* LIBVIRT-MIB's; only a setting */
};

/* What the getters of all modules answer from: one set of rows and one moment. */
struct answer {
    const struct rows *rows; /* NULL before the first listing */
    int64_t now_boot_ms;
    bool stale; /* the rows are too old to be believed */
    struct answer_settings settings;
    struct switches switches;
    bool may_control;               /* libvirt lets SET act on domains; true only in answers to SET */
    struct collector_status status; /* only filled in for GUESTLIST-MIB: it takes long to copy */
};

/* The effect of one object of a SET. Setters fill it in. */
struct set_effect {
    struct switches switches;    /* as they are; a setter turns one of them */
    const struct domain *domain; /* NULL: no domain is acted on. Borrowed from the rows */
    enum command_action action;  /* on that domain */
};

/* How many numbers the devices of a domain have: those that struct vm_row points to, in that order. `xml_facts`
 * NULL: the domain's XML is not known yet. */
size_t rows_device_numbers(const struct xml_facts *xml_facts);

/* `indexes` has the vmIndex of each domain of the snapshot, in its order. `devices` has the numbers of the devices
 * of each domain in the same order; the rows free it. NULL if out of memory: `devices` is then still the
 * caller's. */
struct rows *rows_new(const struct snapshot *snapshot, const uint32_t *indexes, uint32_t *devices,
                      uint32_t last_change_cs);

/* The rows of another snapshot of the same listing, to which more was added (snapshot_copy()). It has the same
 * domains with the same indexes, so nothing needs to be sorted again. `devices` and the result are as for
 * rows_new(). */
struct rows *rows_renew(const struct rows *old, const struct snapshot *snapshot, uint32_t *devices);

struct rows *rows_ref(struct rows *rows);
void rows_unref(struct rows *rows); /* NULL does nothing */

/* For getters: the snapshot that is answered from, NULL before the first listing. */
static inline const struct snapshot *rows_snapshot(const struct mib_cell *cell)
{
    return cell->answer->rows ? cell->answer->rows->snapshot : NULL;
}

/* The rows of vmTable, and of the tables that augment it. The rows' data is a struct vm_row. */
mib_seek rows_seek_vm;

/* For getters of these tables. */
static inline const struct domain *rows_domain(const struct mib_cell *cell)
{
    return ((const struct vm_row *)cell->row)->domain;
}

/* A row of a table that has several rows for one domain. It is made on request and never stored. */
struct rows_item {
    const struct answer *answer;
    const struct vm_row *row;
    uint32_t first, second; /* the table says what they number */
};

enum { ROWS_ITEM_DEPTH = 2 };

/* For getters of such a table. */
static inline const struct domain *rows_item_domain(const struct mib_cell *cell)
{
    return ((const struct rows_item *)cell->row)->row->domain;
}

/* How such a table finds its rows within the domain of `item->row`: the first row whose sub-identifiers after
 * vmIndex are equal to `least` or come after it. Fills in the numbers of the item, and puts the sub-identifiers of
 * that row into `found`. False if there is no such row. */
typedef bool rows_item_seek(struct rows_item *item, const mib_subid *least, mib_subid *found);

/* A mib_seek for such a table. `depth` is how many sub-identifiers follow vmIndex, at most ROWS_ITEM_DEPTH. The
 * rows' data is a struct rows_item. */
bool rows_seek_item(const struct answer *answer, size_t depth, rows_item_seek *seek, const mib_subid *index,
                    size_t length, struct mib_row *row);

#endif
