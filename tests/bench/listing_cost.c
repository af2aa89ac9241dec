/* SPDX-License-Identifier: GPL-2.0-or-later */
/* listing_cost URI LIBVIRTD-PID ROUNDS: measures the CPU time of one listing of the agent, and of the same libvirt
 * calls without their results, alternately in one process. The listing of the agent has the calls, the check,
 * inherited facts, indexes and rows, then the statistics call and the rows merged with its result. Prints a line
 * per round: "ours CLIENT DAEMON CALLS" or "bare CLIENT DAEMON CALLS", in seconds. */
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "agent/index/vmindex.h"
#include "agent/mib/rows.h"
#include "lib/base/clock.h"
#include "lib/collect/inherit.h"
#include "lib/libvirt/stats_decode.h"
#include "lib/libvirt/listing.h"
#include "lib/libvirt/stats_call.h"

struct costs {
    clockid_t daemon;
    struct mailbox *mailbox;
    struct connection *hypervisor, *stats_hypervisor;
    const struct stats_table *table;
    struct vmindex vmindex;
    struct snapshot *before;
    struct rows *rows;
    virConnectPtr bare, bare_stats;
};

static double listing_cost_read_clock(clockid_t clock)
{
    struct timespec now = { 0, 0 };

    (void)clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* The agent does this with each listing. */
static bool listing_cost_make_rows(struct costs *costs, const struct snapshot *snapshot)
{
    uint32_t *indexes = calloc(snapshot->count + 1, sizeof(*indexes)), *devices = calloc(1, sizeof(*devices));
    struct rows *rows = NULL;
    bool changed;

    if (indexes && devices && vmindex_assign(&costs->vmindex, snapshot, 1, indexes, &changed))
        rows = rows_new(snapshot, indexes, devices, 0);
    if (!rows)
        free(devices);
    free(indexes);
    rows_unref(costs->rows);
    costs->rows = rows;
    return rows != NULL;
}

/* The agent does this when statistics for the same listing arrive. */
static bool listing_cost_renew_rows(struct costs *costs, const struct snapshot *snapshot)
{
    uint32_t *devices = calloc(1, sizeof(*devices));
    struct rows *rows = devices ? rows_renew(costs->rows, snapshot, devices) : NULL;

    if (!rows)
        free(devices);
    rows_unref(costs->rows);
    costs->rows = rows;
    return rows != NULL;
}

/* Statistics arrive later. The agent publishes the same listing again with them. */
static bool listing_cost_add_stats(struct costs *costs)
{
    struct stats_table *result = stats_call_make(costs->stats_hypervisor, 0, STATS_CALL_ACTIVE);
    struct stats_table *table = result ? stats_table_combine(costs->table, result, true) : NULL;
    struct snapshot *snapshot = table ? snapshot_copy(costs->before) : NULL;
    bool fine = false;

    if (snapshot) {
        stats_table_fill(table, snapshot);
        fine = listing_cost_renew_rows(costs, snapshot);
        snapshot_unref(costs->before);
        costs->before = snapshot;
    }
    stats_table_unref(costs->table);
    costs->table = table;
    stats_table_unref(result);
    return fine;
}

static int listing_cost_list(struct costs *costs)
{
    struct mail mail = mailbox_take(costs->mailbox);
    char why[512] = "";
    struct snapshot *snapshot = listing_take(costs->hypervisor, 0, costs->mailbox, why, sizeof(why));
    int calls = -1;

    if (snapshot) {
        inherit_all(snapshot, costs->before, &mail, true);
        stats_table_fill(costs->table, snapshot);
        snapshot_unref(costs->before);
        costs->before = snapshot;
        if (listing_cost_make_rows(costs, snapshot) && listing_cost_add_stats(costs))
            calls = (int)costs->before->calls + 1;
    }
    if (calls < 0)
        (void)fprintf(stderr, "listing failed: %s\n", why);
    mail_clear(&mail);
    return calls;
}

static void listing_cost_free_domains(virDomainPtr *domains, int count)
{
    for (int i = 0; i < count; i++)
        (void)virDomainFree(domains[i]);
    free(domains);
}

static bool listing_cost_bare_set(virConnectPtr connection, unsigned flags)
{
    virDomainPtr *domains = NULL;
    int count = virConnectListAllDomains(connection, &domains, flags);

    listing_cost_free_domains(domains, count);
    return count >= 0;
}

static bool listing_cost_bare_states(virConnectPtr connection)
{
    virDomainPtr *domains = NULL;
    virDomainStatsRecordPtr *records = NULL;
    int count = virConnectListAllDomains(connection, &domains, 0);
    bool fine = count >= 0 && virDomainListGetStats(domains, stats_decode_states_wanted(), &records,
                                                    VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT) >= 0;

    virDomainStatsRecordListFree(records);
    listing_cost_free_domains(domains, count);
    return fine;
}

static int listing_cost_list_bare(struct costs *costs)
{
    static const unsigned sets[] = { VIR_CONNECT_LIST_DOMAINS_PERSISTENT, VIR_CONNECT_LIST_DOMAINS_AUTOSTART,
                                     VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE, VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT,
                                     VIR_CONNECT_LIST_DOMAINS_HAS_CHECKPOINT };
    virDomainStatsRecordPtr *records = NULL;
    bool fine = listing_cost_bare_states(costs->bare);

    for (size_t i = 0; i < sizeof(sets) / sizeof(*sets); i++)
        fine = listing_cost_bare_set(costs->bare, sets[i]) && fine;
    fine = virConnectGetAllDomainStats(costs->bare_stats, stats_decode_active_wanted(), &records,
                                       VIR_CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE |
                                           VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT) >= 0 &&
           fine;
    virDomainStatsRecordListFree(records);
    return fine ? 8 : -1;
}

static bool listing_cost_measure(struct costs *costs, const char *name, int (*list)(struct costs *))
{
    double client = listing_cost_read_clock(CLOCK_PROCESS_CPUTIME_ID),
           daemon = listing_cost_read_clock(costs->daemon);
    int calls = list(costs);

    client = listing_cost_read_clock(CLOCK_PROCESS_CPUTIME_ID) - client;
    daemon = listing_cost_read_clock(costs->daemon) - daemon;
    if (calls >= 0 && name)
        (void)printf("%s %.6f %.6f %d\n", name, client, daemon, calls);
    return calls >= 0;
}

static bool listing_cost_start(struct costs *costs, const char *uri)
{
    costs->mailbox = mailbox_new();
    costs->hypervisor =
        costs->mailbox ? connection_new(uri, CONNECTION_WATCH_NOTHING, costs->mailbox, NULL) : NULL;
    costs->stats_hypervisor =
        costs->mailbox ? connection_new(uri, CONNECTION_WATCH_NOTHING, costs->mailbox, NULL) : NULL;
    costs->bare = virConnectOpenReadOnly(uri);
    costs->bare_stats = virConnectOpenReadOnly(uri);
    return costs->hypervisor && connection_open(costs->hypervisor) && costs->stats_hypervisor &&
           connection_open(costs->stats_hypervisor) && costs->bare && costs->bare_stats;
}

int main(int argc, char **argv)
{
    struct costs costs = { 0 };
    long rounds = argc == 4 ? strtol(argv[3], NULL, 10) : 0;
    bool fine;

    if (rounds < 1 || clock_getcpuclockid((pid_t)strtol(argv[2], NULL, 10), &costs.daemon)) {
        (void)fprintf(stderr, "usage: listing_cost URI LIBVIRTD-PID ROUNDS\n");
        return 2;
    }
    fine = listing_cost_start(&costs, argv[1]) && listing_cost_measure(&costs, NULL, listing_cost_list) &&
           listing_cost_measure(&costs, NULL, listing_cost_list_bare);
    for (long i = 0; fine && i < rounds; i++)
        fine = listing_cost_measure(&costs, "ours", listing_cost_list) &&
               listing_cost_measure(&costs, "bare", listing_cost_list_bare);
    return fine ? 0 : 1;
}
