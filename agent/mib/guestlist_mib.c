/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/mib/guestlist_mib.h"

#include <assert.h>
#include <time.h>

#include "agent/mib/guestlist_tables.h"
#include "agent/mib/rows.h"
#include "config.h"

#include "lib/base/array.h"

enum { TICK_MS = 10, DATE_AND_TIME_BYTES = 11 };

static const struct collector_status *guestlist_mib_status(const void *answer)
{
    return &((const struct answer *)answer)->status;
}

/* What is shown is of the rows that this walk sees, which may be older than the newest listing. */
static const struct snapshot *guestlist_mib_snapshot(const void *answer)
{
    const struct rows *rows = ((const struct answer *)answer)->rows;

    return rows ? rows->snapshot : NULL;
}

static bool guestlist_mib_put_unsigned(struct mib_value *value, uint32_t number)
{
    value->unsigned32 = number;
    return true;
}

bool gl_put_date(struct mib_value *value, int64_t real_ms)
{
    time_t seconds = (time_t)(real_ms / 1000);
    struct tm local;
    long minutes;
    unsigned char *octets = (unsigned char *)value->buffer;

    if (!localtime_r(&seconds, &local))
        return false;
    minutes = (local.tm_gmtoff < 0 ? -local.tm_gmtoff : local.tm_gmtoff) / 60;
    octets[0] = (unsigned char)((local.tm_year + 1900) >> 8);
    octets[1] = (unsigned char)((local.tm_year + 1900) & 0xff);
    octets[2] = (unsigned char)(local.tm_mon + 1);
    octets[3] = (unsigned char)local.tm_mday;
    octets[4] = (unsigned char)local.tm_hour;
    octets[5] = (unsigned char)local.tm_min;
    octets[6] = (unsigned char)local.tm_sec;
    octets[7] = (unsigned char)(real_ms % 1000 / 100);
    octets[8] = local.tm_gmtoff < 0 ? '-' : '+';
    octets[9] = (unsigned char)(minutes / 60);
    octets[10] = (unsigned char)(minutes % 60);
    value->bytes = octets;
    value->length = DATE_AND_TIME_BYTES;
    return true;
}

static bool guestlist_mib_get_uri(const void *answer, const void *row, struct mib_value *value)
{
    (void)row;
    return mib_put_text(value, guestlist_mib_status(answer)->uri);
}

static bool guestlist_mib_get_status(const void *answer, const void *row, struct mib_value *value)
{
    (void)row;
    value->integer = (int32_t)guestlist_mib_status(answer)->state;
    return true;
}

static bool guestlist_mib_get_last_error(const void *answer, const void *row, struct mib_value *value)
{
    (void)row;
    return mib_put_text(value, guestlist_mib_status(answer)->last_error);
}

static bool guestlist_mib_get_filter(const void *answer, const void *row, struct mib_value *value)
{
    const struct snapshot *snapshot = guestlist_mib_snapshot(answer);
    char words[FILTER_TEXT_MAX];

    (void)row;
    if (!snapshot)
        return mib_put_text(value, guestlist_mib_status(answer)->filter);
    filter_format(snapshot->filter, words, sizeof(words));
    return mib_put_text(value, words);
}

static bool guestlist_mib_get_serial(const void *answer, const void *row, struct mib_value *value)
{
    const struct snapshot *snapshot = guestlist_mib_snapshot(answer);

    (void)row;
    return guestlist_mib_put_unsigned(value, snapshot ? snapshot->serial : 0);
}

static bool guestlist_mib_get_time(const void *answer, const void *row, struct mib_value *value)
{
    const struct snapshot *snapshot = guestlist_mib_snapshot(answer);

    (void)row;
    return snapshot && gl_put_date(value, snapshot->taken_real_ms);
}

static bool guestlist_mib_get_age(const void *answer, const void *row, struct mib_value *value)
{
    const struct snapshot *snapshot = guestlist_mib_snapshot(answer);
    int64_t now = ((const struct answer *)answer)->now_boot_ms;

    (void)row;
    return snapshot && guestlist_mib_put_unsigned(value, (uint32_t)((now - snapshot->taken_boot_ms) / TICK_MS));
}

static bool guestlist_mib_get_duration(const void *answer, const void *row, struct mib_value *value)
{
    const struct snapshot *snapshot = guestlist_mib_snapshot(answer);

    (void)row;
    return snapshot && guestlist_mib_put_unsigned(value, snapshot->duration_us);
}

static bool guestlist_mib_get_calls(const void *answer, const void *row, struct mib_value *value)
{
    const struct snapshot *snapshot = guestlist_mib_snapshot(answer);

    (void)row;
    return snapshot && guestlist_mib_put_unsigned(value, snapshot->calls);
}

static bool guestlist_mib_get_domains(const void *answer, const void *row, struct mib_value *value)
{
    const struct snapshot *snapshot = guestlist_mib_snapshot(answer);

    (void)row;
    return guestlist_mib_put_unsigned(value, snapshot ? (uint32_t)snapshot->count : 0);
}

static bool guestlist_mib_get_failures(const void *answer, const void *row, struct mib_value *value)
{
    (void)row;
    return guestlist_mib_put_unsigned(value, guestlist_mib_status(answer)->failures);
}

static bool guestlist_mib_get_reconnects(const void *answer, const void *row, struct mib_value *value)
{
    (void)row;
    return guestlist_mib_put_unsigned(value, guestlist_mib_status(answer)->reconnects);
}

static bool guestlist_mib_get_events(const void *answer, const void *row, struct mib_value *value)
{
    (void)row;
    return guestlist_mib_put_unsigned(value, guestlist_mib_status(answer)->events);
}

static bool guestlist_mib_get_statistics_age(const void *answer, const void *row, struct mib_value *value)
{
    const struct snapshot *snapshot = guestlist_mib_snapshot(answer);
    int64_t now = ((const struct answer *)answer)->now_boot_ms;

    (void)row;
    return snapshot && snapshot->stats_boot_ms > 0 &&
           guestlist_mib_put_unsigned(value, (uint32_t)((now - snapshot->stats_boot_ms) / TICK_MS));
}

static bool guestlist_mib_get_statistics_duration(const void *answer, const void *row, struct mib_value *value)
{
    const struct snapshot *snapshot = guestlist_mib_snapshot(answer);

    (void)row;
    return snapshot && snapshot->stats_boot_ms > 0 &&
           guestlist_mib_put_unsigned(value, snapshot->stats_duration_us);
}

static bool guestlist_mib_put_count(struct mib_value *value, const struct rows_count *count)
{
    return !count->is_unknown && guestlist_mib_put_unsigned(value, count->domains);
}

static bool guestlist_mib_get_autostart_inactive(const void *answer, const void *row, struct mib_value *value)
{
    const struct rows *rows = ((const struct answer *)answer)->rows;

    (void)row;
    return rows && guestlist_mib_put_count(value, &rows->autostart_inactive);
}

static bool guestlist_mib_get_active_no_autostart(const void *answer, const void *row, struct mib_value *value)
{
    const struct rows *rows = ((const struct answer *)answer)->rows;

    (void)row;
    return rows && guestlist_mib_put_count(value, &rows->active_no_autostart);
}

static const struct mib_column scalars[] = {
    { 1, MIB_OCTETS, guestlist_mib_get_uri, "glHypervisorUri" },
    { 2, MIB_INTEGER, guestlist_mib_get_status, "glHypervisorStatus" },
    { 3, MIB_OCTETS, guestlist_mib_get_last_error, "glHypervisorLastError" },
    { 4, MIB_OCTETS, guestlist_mib_get_filter, "glListingFilter" },
    { 5, MIB_COUNTER32, guestlist_mib_get_serial, "glListingSerial" },
    { 6, MIB_OCTETS, guestlist_mib_get_time, "glListingTime" },
    { 7, MIB_TIMETICKS, guestlist_mib_get_age, "glListingAge" },
    { 8, MIB_GAUGE32, guestlist_mib_get_duration, "glListingDuration" },
    { 9, MIB_GAUGE32, guestlist_mib_get_calls, "glListingCalls" },
    { 10, MIB_GAUGE32, guestlist_mib_get_domains, "glListingDomains" },
    { 11, MIB_COUNTER32, guestlist_mib_get_failures, "glListingFailures" },
    { 12, MIB_COUNTER32, guestlist_mib_get_reconnects, "glHypervisorReconnects" },
    { 13, MIB_COUNTER32, guestlist_mib_get_events, "glHypervisorEvents" },
    { 14, MIB_TIMETICKS, guestlist_mib_get_statistics_age, "glStatisticsAge" },
    { 15, MIB_GAUGE32, guestlist_mib_get_statistics_duration, "glStatisticsDuration" },
    { 16, MIB_GAUGE32, guestlist_mib_get_autostart_inactive, "glDomainsAutostartInactive" },
    { 17, MIB_GAUGE32, guestlist_mib_get_active_no_autostart, "glDomainsActiveNoAutostart" },
};

const mib_subid guestlist_root[] = { GUESTLIST_ENTERPRISE_OID };
const size_t guestlist_root_length = ARRAY_COUNT(guestlist_root);

static const mib_subid scalars_base[] = { GUESTLIST_ENTERPRISE_OID, 1, 1 };
static const mib_subid domain_base[] = { GUESTLIST_ENTERPRISE_OID, 1, 2, 1 };
static const mib_subid filter_base[] = { GUESTLIST_ENTERPRISE_OID, 1, 3, 1 };
static const mib_subid name_base[] = { GUESTLIST_ENTERPRISE_OID, 1, 4, 1 };

static_assert(ARRAY_COUNT(name_base) + 1 + ROWS_NAME_MAX <= MIB_OID_MAX,
              "a root under which the longest name fits");

static const struct mib_table tables[] = {
    { scalars_base, ARRAY_COUNT(scalars_base), scalars, ARRAY_COUNT(scalars), &mib_scalar_rows },
    { domain_base, ARRAY_COUNT(domain_base), gl_domain_columns, GL_DOMAIN_COLUMNS, &vm_rows },
    { filter_base, ARRAY_COUNT(filter_base), gl_filter_columns, GL_FILTER_COLUMNS, &gl_filter_rows },
    { name_base, ARRAY_COUNT(name_base), gl_name_columns, GL_NAME_COLUMNS, &gl_name_rows },
};

const struct mib guestlist_mib = { tables, ARRAY_COUNT(tables) };
