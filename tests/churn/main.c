/* SPDX-License-Identifier: GPL-2.0-or-later */
/* churn URI LISTINGS: takes this many listings, and fifty in the old way, while four writers change a hundred
 * domains. Exit status 0: no violation in the listings, and some in the old way, which shows that the checker can
 * fail. 1: otherwise. 2: could not run. */
#include <inttypes.h>
#include <libvirt/libvirt.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/libvirt/event_loop.h"
#include "lib/libvirt/connection.h"
#include "lib/libvirt/listing.h"
#include "lib/libvirt/mailbox.h"
#include "tests/churn/churn.h"

/* This is enough: every listing of the old way has violations. */
enum { OLD_LISTINGS = 50 };

static bool main_list(const char *uri, unsigned long listings, struct violations *violations)
{
    struct mailbox *mailbox = mailbox_new();
    struct connection *connection = mailbox ? connection_new(uri, CONNECTION_WATCH_EVENTS, mailbox, NULL) : NULL;
    bool fine = connection && connection_open(connection);

    for (unsigned long i = 0; fine && i < listings; i++) {
        struct mail mail = mailbox_take(mailbox);
        char why[512];
        struct snapshot *snapshot = listing_take(connection, 0, mailbox, why, sizeof(why));

        mail_clear(&mail);
        if (snapshot)
            violations_check(violations, snapshot, "one listing");
        else
            (void)fprintf(stderr, "listing %lu: %s\n", i, why);
        fine = snapshot != NULL;
        snapshot_unref(snapshot);
    }
    connection_free(connection);
    mailbox_unref(mailbox);
    return fine;
}

static bool main_list_old_way(const char *uri, struct violations *violations)
{
    virConnectPtr connection = virConnectOpenReadOnly(uri);

    for (int i = 0; connection && i < OLD_LISTINGS; i++) {
        struct snapshot *snapshot = old_way_take(connection);

        if (snapshot)
            violations_check(violations, snapshot, "running domains, then defined domains");
        snapshot_unref(snapshot);
    }
    if (connection)
        (void)virConnectClose(connection);
    return connection != NULL;
}

static uint64_t main_print(const char *way, const struct violations *found)
{
    (void)printf("%s: %" PRIu64 " listings, %" PRIu64 " rows (%" PRIu64 " with something unknown): %" PRIu64
                 " impossible, %" PRIu64 " doubled, %" PRIu64 " lost\n",
                 way, found->listings, found->rows, found->unknown, found->impossible, found->doubled,
                 found->lost);
    return found->impossible + found->doubled + found->lost;
}

static int main_run(const char *uri, unsigned long listings)
{
    struct violations new_way = { 0 }, old_way = { 0 };
    struct event_loop *events = event_loop_start(NULL);
    struct writers *writers = events ? writers_start(uri) : NULL;
    bool ran, fine;

    if (!writers)
        return 2;
    ran = main_list(uri, listings, &new_way) && main_list_old_way(uri, &old_way);
    (void)printf("%" PRIu64 " changes by %d writers during the listings\n", writers_stop(writers), WRITERS);
    event_loop_stop(events);
    if (!ran)
        return 2;
    fine = main_print("one listing", &new_way) == 0;
    return main_print("running domains, then defined domains", &old_way) > 0 && fine ? 0 : 1;
}

int main(int argc, char **argv)
{
    unsigned long listings = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;

    if (listings == 0) {
        (void)fprintf(stderr, "usage: churn URI LISTINGS\n");
        return 2;
    }
    return main_run(argv[1], listings);
}
