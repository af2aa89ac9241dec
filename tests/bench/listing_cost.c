/* SPDX-License-Identifier: GPL-2.0-or-later */
/* listing_cost URI LIBVIRTD-PID ROUNDS: the CPU time of one listing as the agent makes it (calls, check, history,
 * indexes, view, and the statistics call with a second view of the merged rows) and of the same libvirt calls with
 * their replies thrown away, in turn, in one process.
 * Prints a line a round: "ours CLIENT DAEMON CALLS" or "bare CLIENT DAEMON CALLS", seconds. */
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
    struct rows *view;
    virConnectPtr bare, bare_stats;
};

static double read_clock(clockid_t clock)
{
    struct timespec now = { 0, 0 };

    (void)clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* As the agent does with each listing. */
static bool make_view(struct costs *costs, const struct snapshot *snapshot)
{
    uint32_t *indexes = calloc(snapshot->count + 1, sizeof(*indexes)), *devices = calloc(1, sizeof(*devices));
    struct rows *view = NULL;
    bool changed;

    if (indexes && devices && vmindex_assign(&costs->vmindex, snapshot, 1, indexes, &changed))
        view = rows_new(snapshot, indexes, devices, 0);
    if (!view)
        free(devices);
    free(indexes);
    rows_unref(costs->view);
    costs->view = view;
    return view != NULL;
}

/* As the agent does when it knows more about the same listing. */
static bool renew_view(struct costs *costs, const struct snapshot *snapshot)
{
    uint32_t *devices = calloc(1, sizeof(*devices));
    struct rows *view = devices ? rows_renew(costs->view, snapshot, devices) : NULL;

    if (!view)
        free(devices);
    rows_unref(costs->view);
    costs->view = view;
    return view != NULL;
}

/* The statistics arrive later, and the same listing is published again with them. */
static bool add_stats(struct costs *costs)
{
    struct stats_table *result = stats_call_make(costs->stats_hypervisor, 0, STATS_CALL_ACTIVE);
    struct stats_table *table = result ? stats_table_combine(costs->table, result, true) : NULL;
    struct snapshot *snapshot = table ? snapshot_copy(costs->before) : NULL;
    bool fine = false;

    if (snapshot) {
        stats_table_fill(table, snapshot);
        fine = renew_view(costs, snapshot);
        snapshot_unref(costs->before);
        costs->before = snapshot;
    }
    stats_table_unref(costs->table);
    costs->table = table;
    stats_table_unref(result);
    return fine;
}

static int list_ours(struct costs *costs)
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
        if (make_view(costs, snapshot) && add_stats(costs))
            calls = (int)costs->before->calls + 1;
    }
    if (calls < 0)
        (void)fprintf(stderr, "listing failed: %s\n", why);
    mail_clear(&mail);
    return calls;
}

static void free_domains(virDomainPtr *domains, int count)
{
    for (int i = 0; i < count; i++)
        (void)virDomainFree(domains[i]);
    free(domains);
}

static bool bare_list(virConnectPtr connection, unsigned flags)
{
    virDomainPtr *domains = NULL;
    int count = virConnectListAllDomains(connection, &domains, flags);

    free_domains(domains, count);
    return count >= 0;
}

static bool bare_states(virConnectPtr connection)
{
    virDomainPtr *domains = NULL;
    virDomainStatsRecordPtr *records = NULL;
    int count = virConnectListAllDomains(connection, &domains, 0);
    bool fine = count >= 0 && virDomainListGetStats(domains, stats_decode_states_wanted(), &records,
                                                    VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT) >= 0;

    virDomainStatsRecordListFree(records);
    free_domains(domains, count);
    return fine;
}

static int list_bare(struct costs *costs)
{
    static const unsigned sets[] = { VIR_CONNECT_LIST_DOMAINS_PERSISTENT, VIR_CONNECT_LIST_DOMAINS_AUTOSTART,
                                     VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE, VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT,
                                     VIR_CONNECT_LIST_DOMAINS_HAS_CHECKPOINT };
    virDomainStatsRecordPtr *records = NULL;
    bool fine = bare_states(costs->bare);

    for (size_t i = 0; i < sizeof(sets) / sizeof(*sets); i++)
        fine = bare_list(costs->bare, sets[i]) && fine;
    fine = virConnectGetAllDomainStats(costs->bare_stats, stats_decode_active_wanted(), &records,
                                       VIR_CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE |
                                           VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT) >= 0 &&
           fine;
    virDomainStatsRecordListFree(records);
    return fine ? 8 : -1;
}

static bool measure(struct costs *costs, const char *name, int (*list)(struct costs *))
{
    double client = read_clock(CLOCK_PROCESS_CPUTIME_ID), daemon = read_clock(costs->daemon);
    int calls = list(costs);

    client = read_clock(CLOCK_PROCESS_CPUTIME_ID) - client;
    daemon = read_clock(costs->daemon) - daemon;
    if (calls >= 0 && name)
        (void)printf("%s %.6f %.6f %d\n", name, client, daemon, calls);
    return calls >= 0;
}

static bool start(struct costs *costs, const char *uri)
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
    fine = start(&costs, argv[1]) && measure(&costs, NULL, list_ours) && measure(&costs, NULL, list_bare);
    for (long i = 0; fine && i < rounds; i++)
        fine = measure(&costs, "ours", list_ours) && measure(&costs, "bare", list_bare);
    return fine ? 0 : 1;
}
