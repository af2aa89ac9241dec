/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GUESTLIST-MIB, glSnapshotTable: the snapshots that libvirt keeps of a domain. */
#include "agent/mib/guestlist_tables.h"
#include "lib/model/domain_snapshots.h"

/* NULL: they are not known, or there are none. */
static const struct domain_snapshots *guestlist_snapshot_of(const struct mib_cell *cell)
{
    const struct domain *domain = rows_domain(cell);

    return cell->answer->settings.snapshots && domain->snapshot != TRISTATE_FALSE ? domain->domain_snapshots
                                                                                  : NULL;
}

static bool guestlist_snapshot_get_count(const struct mib_cell *cell)
{
    const struct domain_snapshots *snapshots = guestlist_snapshot_of(cell);

    if (cell->answer->settings.snapshots && rows_domain(cell)->snapshot == TRISTATE_FALSE)
        return mib_put_unsigned(cell->value, 0);
    return snapshots && mib_put_unsigned(cell->value, snapshots->count);
}

static int64_t guestlist_snapshot_newest_s(const struct mib_cell *cell)
{
    const struct domain_snapshots *snapshots = guestlist_snapshot_of(cell);

    return snapshots ? snapshots->newest_real_s : DOMAIN_SNAPSHOTS_NO_TIME;
}

static int64_t guestlist_snapshot_oldest_s(const struct mib_cell *cell)
{
    const struct domain_snapshots *snapshots = guestlist_snapshot_of(cell);

    return snapshots ? snapshots->oldest_real_s : DOMAIN_SNAPSHOTS_NO_TIME;
}

static bool guestlist_snapshot_put_time(const struct mib_cell *cell, int64_t made_real_s)
{
    return made_real_s != DOMAIN_SNAPSHOTS_NO_TIME && mib_put_date(cell->value, made_real_s * 1000);
}

/* The real-time clock of now, as far as the listing knows it. A snapshot can be from the future, if the clock was
 * set back. */
static bool guestlist_snapshot_put_age(const struct mib_cell *cell, int64_t made_real_s)
{
    const struct snapshot *listing = cell->answer->rows->snapshot; /* there is one: it has this row */
    int64_t now_real_ms = listing->taken_real_ms + cell->answer->now_boot_ms - listing->taken_boot_ms;
    int64_t age_s = now_real_ms / 1000 - made_real_s;

    if (made_real_s == DOMAIN_SNAPSHOTS_NO_TIME)
        return false;
    if (age_s < 0)
        age_s = 0;
    return mib_put_unsigned(cell->value, age_s < UINT32_MAX ? (uint32_t)age_s : UINT32_MAX);
}

static bool guestlist_snapshot_get_newest(const struct mib_cell *cell)
{
    return guestlist_snapshot_put_time(cell, guestlist_snapshot_newest_s(cell));
}

static bool guestlist_snapshot_get_oldest(const struct mib_cell *cell)
{
    return guestlist_snapshot_put_time(cell, guestlist_snapshot_oldest_s(cell));
}

static bool guestlist_snapshot_get_newest_age(const struct mib_cell *cell)
{
    return guestlist_snapshot_put_age(cell, guestlist_snapshot_newest_s(cell));
}

static bool guestlist_snapshot_get_oldest_age(const struct mib_cell *cell)
{
    return guestlist_snapshot_put_age(cell, guestlist_snapshot_oldest_s(cell));
}

static const struct mib_column columns[] = {
    { 1, MIB_GAUGE32, guestlist_snapshot_get_count, "glSnapshotCount", NULL },
    { 2, MIB_OCTETS, guestlist_snapshot_get_newest, "glSnapshotNewest", NULL },
    { 3, MIB_OCTETS, guestlist_snapshot_get_oldest, "glSnapshotOldest", NULL },
    { 4, MIB_GAUGE32, guestlist_snapshot_get_newest_age, "glSnapshotNewestAge", NULL },
    { 5, MIB_GAUGE32, guestlist_snapshot_get_oldest_age, "glSnapshotOldestAge", NULL },
};

static const mib_subid base[] = { GUESTLIST_ENTERPRISE_OID, 1, 11, 1 };

const struct mib_table guestlist_snapshot_table = MIB_TABLE(base, columns, rows_seek_vm);
