/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GUESTLIST-MIB's tables, which guestlist_mib.c lists. Each is defined in the file of its name. */
#ifndef GUESTLIST_AGENT_MIB_GUESTLIST_TABLES_H
#define GUESTLIST_AGENT_MIB_GUESTLIST_TABLES_H

#include "agent/mib/mib_put.h"
#include "agent/mib/rows.h"
#include "config.h"

extern const struct mib_table guestlist_domain_table, guestlist_filter_table, guestlist_name_table,
    guestlist_memory_table, guestlist_cpu_table, guestlist_storage_table, guestlist_network_table,
    guestlist_job_table, guestlist_metadata_table, guestlist_snapshot_table;

#endif
