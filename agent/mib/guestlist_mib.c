/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/mib/guestlist_mib.h"

#include "agent/mib/guestlist_tables.h"
#include "config.h"

static bool guestlist_mib_get_uri(const struct mib_cell *cell)
{
    return mib_put_text(cell->value, cell->answer->status.uri);
}

static bool guestlist_mib_get_status(const struct mib_cell *cell)
{
    return mib_put_integer(cell->value, cell->answer->status.state);
}

static bool guestlist_mib_get_last_error(const struct mib_cell *cell)
{
    return mib_put_text(cell->value, cell->answer->status.last_error);
}

static bool guestlist_mib_get_filter(const struct mib_cell *cell)
{
    const struct snapshot *snapshot = rows_snapshot(cell);
    char words[FILTER_TEXT_MAX];

    if (!snapshot)
        return mib_put_text(cell->value, cell->answer->status.filter);
    filter_format(snapshot->filter, words, sizeof(words));
    return mib_put_text(cell->value, words);
}

static bool guestlist_mib_get_serial(const struct mib_cell *cell)
{
    const struct snapshot *snapshot = rows_snapshot(cell);

    return mib_put_unsigned(cell->value, snapshot ? snapshot->serial : 0);
}

static bool guestlist_mib_get_time(const struct mib_cell *cell)
{
    const struct snapshot *snapshot = rows_snapshot(cell);

    return snapshot && mib_put_date(cell->value, snapshot->taken_real_ms);
}

static bool guestlist_mib_get_age(const struct mib_cell *cell)
{
    const struct snapshot *snapshot = rows_snapshot(cell);

    return snapshot && mib_put_ticks(cell->value, cell->answer->now_boot_ms - snapshot->taken_boot_ms);
}

static bool guestlist_mib_get_duration(const struct mib_cell *cell)
{
    const struct snapshot *snapshot = rows_snapshot(cell);

    return snapshot && mib_put_unsigned(cell->value, snapshot->duration_us);
}

static bool guestlist_mib_get_calls(const struct mib_cell *cell)
{
    const struct snapshot *snapshot = rows_snapshot(cell);

    return snapshot && mib_put_unsigned(cell->value, snapshot->calls);
}

static bool guestlist_mib_get_domains(const struct mib_cell *cell)
{
    const struct snapshot *snapshot = rows_snapshot(cell);

    return mib_put_unsigned(cell->value, snapshot ? (uint32_t)snapshot->count : 0);
}

#define STATUS(name, field)                                                                                       \
    static bool name(const struct mib_cell *cell)                                                                 \
    {                                                                                                             \
        return mib_put_unsigned(cell->value, cell->answer->status.field);                                         \
    }

STATUS(guestlist_mib_get_failures, failures)
STATUS(guestlist_mib_get_reconnects, reconnects)
STATUS(guestlist_mib_get_events, events)

static bool guestlist_mib_get_statistics_age(const struct mib_cell *cell)
{
    const struct snapshot *snapshot = rows_snapshot(cell);

    return snapshot && snapshot->stats_boot_ms > 0 &&
           mib_put_ticks(cell->value, cell->answer->now_boot_ms - snapshot->stats_boot_ms);
}

static bool guestlist_mib_get_statistics_duration(const struct mib_cell *cell)
{
    const struct snapshot *snapshot = rows_snapshot(cell);

    return snapshot && snapshot->stats_boot_ms > 0 && mib_put_unsigned(cell->value, snapshot->stats_duration_us);
}

/* There is no value if the number of domains is not known. */
#define COUNT(name, field)                                                                                        \
    static bool name(const struct mib_cell *cell)                                                                 \
    {                                                                                                             \
        const struct rows *rows = cell->answer->rows;                                                             \
                                                                                                                  \
        return rows && !rows->field.is_unknown && mib_put_unsigned(cell->value, rows->field.domains);             \
    }

COUNT(guestlist_mib_get_autostart_inactive, autostart_inactive)
COUNT(guestlist_mib_get_active_no_autostart, active_no_autostart)
COUNT(guestlist_mib_get_not_answering, not_answering)

static bool guestlist_mib_get_agent_version(const struct mib_cell *cell)
{
    return mib_put_text(cell->value, PACKAGE_VERSION);
}

static bool guestlist_mib_get_library_version(const struct mib_cell *cell)
{
    const struct snapshot *snapshot = rows_snapshot(cell);

    return mib_put_text(cell->value, snapshot ? snapshot->source.library : "");
}

static const struct mib_column scalar_columns[] = {
    { 1, MIB_OCTETS, guestlist_mib_get_uri, "glHypervisorUri", NULL },
    { 2, MIB_INTEGER, guestlist_mib_get_status, "glHypervisorStatus", NULL },
    { 3, MIB_OCTETS, guestlist_mib_get_last_error, "glHypervisorLastError", NULL },
    { 4, MIB_OCTETS, guestlist_mib_get_filter, "glListingFilter", NULL },
    { 5, MIB_COUNTER32, guestlist_mib_get_serial, "glListingSerial", NULL },
    { 6, MIB_OCTETS, guestlist_mib_get_time, "glListingTime", NULL },
    { 7, MIB_TIMETICKS, guestlist_mib_get_age, "glListingAge", NULL },
    { 8, MIB_GAUGE32, guestlist_mib_get_duration, "glListingDuration", NULL },
    { 9, MIB_GAUGE32, guestlist_mib_get_calls, "glListingCalls", NULL },
    { 10, MIB_GAUGE32, guestlist_mib_get_domains, "glListingDomains", NULL },
    { 11, MIB_COUNTER32, guestlist_mib_get_failures, "glListingFailures", NULL },
    { 12, MIB_COUNTER32, guestlist_mib_get_reconnects, "glHypervisorReconnects", NULL },
    { 13, MIB_COUNTER32, guestlist_mib_get_events, "glHypervisorEvents", NULL },
    { 14, MIB_TIMETICKS, guestlist_mib_get_statistics_age, "glStatisticsAge", NULL },
    { 15, MIB_GAUGE32, guestlist_mib_get_statistics_duration, "glStatisticsDuration", NULL },
    { 16, MIB_GAUGE32, guestlist_mib_get_autostart_inactive, "glDomainsAutostartInactive", NULL },
    { 17, MIB_GAUGE32, guestlist_mib_get_active_no_autostart, "glDomainsActiveNoAutostart", NULL },
    { 18, MIB_GAUGE32, guestlist_mib_get_not_answering, "glDomainsNotAnswering", NULL },
    { 19, MIB_OCTETS, guestlist_mib_get_agent_version, "glAgentVersion", NULL },
    { 20, MIB_OCTETS, guestlist_mib_get_library_version, "glLibvirtVersion", NULL },
};

const mib_subid guestlist_root[] = { GUESTLIST_ENTERPRISE_OID };
const size_t guestlist_root_length = ARRAY_COUNT(guestlist_root);

static const mib_subid scalars_base[] = { GUESTLIST_ENTERPRISE_OID, 1, 1 };

static const struct mib_table scalars = MIB_TABLE(scalars_base, scalar_columns, mib_scalar_seek);

static const struct mib_table *const tables[] = {
    &scalars,
    &guestlist_domain_table,
    &guestlist_filter_table,
    &guestlist_name_table,
    &guestlist_memory_table,
    &guestlist_cpu_table,
    &guestlist_storage_table,
    &guestlist_network_table,
    &guestlist_job_table,
    &guestlist_metadata_table,
    &guestlist_snapshot_table,
};

const struct mib guestlist_mib = MIB_MODULE("guestlistMIB", guestlist_root, tables);
