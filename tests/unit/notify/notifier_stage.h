/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A notifier between a hypervisor and a sender that the test simulates. The change queue, the bulk lists and the
 * notifications are the real ones. For test_notifier*.c. */
#ifndef GUESTLIST_TESTS_UNIT_NOTIFIER_STAGE_H
#define GUESTLIST_TESTS_UNIT_NOTIFIER_STAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/mib/libvirt_mib.h"
#include "agent/mib/vm_mib.h"
#include "agent/notify/notifier.h"
#include "agent/notify/bulk.h"
#include "tests/unit/fixtures.h"

enum { SENT_MAX = 64, LINES_MAX = 8, NOW = 5000000, CHECK_MS = 1000 };

/* The hypervisor. */
static struct {
    int64_t now_ms;
    struct change_queue *queue;
    struct switches switches;
    struct collector_status status;
    struct rows rows;
    int64_t listing_due_ms;
} hypervisor;

/* What the sender was given, and what was logged. */
static struct {
    unsigned room; /* how many the sender takes before it is no longer ready */
    unsigned sent;
    struct notification notifications[SENT_MAX];
    struct notification last;
    unsigned lines;
    char line[LINES_MAX][512];
} output;

static int64_t answer(struct instance *instance, bool with_status, struct answer *answer)
{
    (void)instance;
    assert_true(with_status);
    *answer = (struct answer){ .rows = hypervisor.rows.snapshot ? &hypervisor.rows : NULL,
                               .now_boot_ms = hypervisor.now_ms,
                               .switches = hypervisor.switches,
                               .status = hypervisor.status };
    return hypervisor.now_ms * 1000;
}

static int64_t list_when_due(struct instance *instance, int64_t now_boot_ms)
{
    (void)instance;
    assert_int_equal(now_boot_ms, hypervisor.now_ms);
    return hypervisor.listing_due_ms;
}

static bool is_ready(void *data)
{
    (void)data;
    return output.room > 0;
}

static void send(void *data, const struct notification *notification, const char *context)
{
    (void)data;
    assert_string_equal(context, "context");
    assert_true(output.room > 0);
    assert_true(output.sent < SENT_MAX);
    output.room--;
    output.notifications[output.sent++] = *notification;
    output.last = *notification;
}

static void log_line(void *data, enum log_level level, const char *line)
{
    (void)data;
    assert_int_equal(level, LOG_LEVEL_WARNING);
    if (output.lines < LINES_MAX)
        (void)snprintf(output.line[output.lines], sizeof(output.line[0]), "%s", line);
    output.lines++;
}

static const struct log_sink sink = { log_line, NULL };

static inline struct notifier *begin(bool per_vm, bool bulk)
{
    const struct notifier_host host = { .is_ready = is_ready, .send = send, .log = &sink };
    struct notifier_source source = { .context = "context", .answer = answer, .list_when_due = list_when_due };
    struct notifier *notifier;

    memset(&output, 0, sizeof(output));
    memset(&hypervisor, 0, sizeof(hypervisor));
    output.room = SENT_MAX;
    hypervisor.now_ms = NOW;
    hypervisor.switches = (struct switches){ .per_vm = per_vm, .bulk = bulk, .libvirt = false };
    hypervisor.status.state = HYPERVISOR_CONNECTING;
    hypervisor.queue = source.changes = change_queue_new();
    notifier = notifier_new(&source, &host);
    assert_non_null(hypervisor.queue);
    assert_non_null(notifier);
    return notifier;
}

static inline void end(struct notifier *notifier)
{
    notifier_free(notifier);
    change_queue_free(hypervisor.queue);
    snapshot_unref(hypervisor.rows.snapshot);
}

static inline void put(uint32_t index, enum change_kind kind, enum vm_oper_state after, int state)
{
    struct changes changes = { .count = 1, .items = calloc(1, sizeof(*changes.items)) };

    assert_non_null(changes.items);
    changes.items[0] = (struct change){ .index = index,
                                        .kind = kind,
                                        .before = VM_OPER_PREPARING,
                                        .after = after,
                                        .state_before = DOMAIN_SHUTOFF,
                                        .state = state,
                                        .boot_ms = hypervisor.now_ms,
                                        .name = strdup("guest") };
    assert_non_null(changes.items[0].name);
    change_queue_put_changes(hypervisor.queue, &changes);
}

/* The numbers of the notifications that were sent since the last call, with L in front of those of LIBVIRT-MIB and
 * G in front of those of GUESTLIST-MIB. */
static inline const char *sent(void)
{
    static const mib_subid vm[] = { VM_MIB_OID }, libvirt[] = { LIBVIRT_MIB_OID };
    static char text[256];
    size_t length = 0;

    text[0] = '\0';
    for (unsigned i = 0; i < output.sent; i++) {
        const struct notification *one = &output.notifications[i];

        length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%s%lu", i ? " " : "",
                                   memcmp(one->oid, vm, sizeof(vm)) == 0             ? ""
                                   : memcmp(one->oid, libvirt, sizeof(libvirt)) == 0 ? "L"
                                                                                     : "G",
                                   one->oid[one->length - 1]);
    }
    output.sent = 0;
    return text;
}

#endif
