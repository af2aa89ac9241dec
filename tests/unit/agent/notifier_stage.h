/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One hypervisor and a sender on a stage: served.h's functions and the boot clock stand here in place of the
 * program's; the news, the bulk lists and the notifications are its own. For test_notifier*.c, which define
 * nothing of this name. */
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
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "agent/mib/libvirt_mib.h"
#include "agent/mib/vm_mib.h"
#include "agent/notifier.h"
#include "agent/notify/bulk.h"
#include "tests/unit/fixtures.h"

enum { SENT_MAX = 64, LINES_MAX = 8, NOW = 5000000, LOOK_MS = 1000 };

/* The hypervisor. */
static struct {
    int64_t now_ms;
    struct change_queue *queue;
    struct switches switches;
    struct collector_status status;
    struct rows rows;
    int64_t listing_due_ms;
} there;

/* What was sent, and what was said. */
static struct {
    unsigned room; /* how many the sender takes before it is no longer ready */
    unsigned sent;
    struct notification notifications[SENT_MAX];
    struct notification last;
    unsigned lines;
    char line[LINES_MAX][512];
} heard;

int clock_gettime(clockid_t clock, struct timespec *now)
{
    if (clock != CLOCK_BOOTTIME)
        return (int)syscall(SYS_clock_gettime, clock, now);
    now->tv_sec = there.now_ms / 1000;
    now->tv_nsec = there.now_ms % 1000 * 1000000;
    return 0;
}

const char *instance_context(const struct instance *instance)
{
    (void)instance;
    return "context";
}

struct change_queue *instance_changes(struct instance *instance)
{
    (void)instance;
    return there.queue;
}

struct switches instance_switches(const struct instance *instance)
{
    (void)instance;
    return there.switches;
}

int64_t instance_list_when_due(struct instance *instance, int64_t now_boot_ms)
{
    (void)instance;
    assert_int_equal(now_boot_ms, there.now_ms);
    return there.listing_due_ms;
}

void instance_status(struct instance *instance, struct collector_status *status)
{
    (void)instance;
    *status = there.status;
}

int64_t instance_answer(struct instance *instance, bool with_status, struct answer *answer)
{
    (void)instance;
    (void)with_status;
    *answer = (struct answer){ .rows = there.rows.snapshot ? &there.rows : NULL };
    return 0;
}

static bool is_ready(void *data)
{
    (void)data;
    return heard.room > 0;
}

static void send(void *data, const struct notification *notification, const char *context)
{
    (void)data;
    assert_string_equal(context, "context");
    assert_true(heard.room > 0);
    assert_true(heard.sent < SENT_MAX);
    heard.room--;
    heard.notifications[heard.sent++] = *notification;
    heard.last = *notification;
}

static void hear(void *data, enum log_level level, const char *line)
{
    (void)data;
    assert_int_equal(level, LOG_LEVEL_WARNING);
    if (heard.lines < LINES_MAX)
        (void)snprintf(heard.line[heard.lines], sizeof(heard.line[0]), "%s", line);
    heard.lines++;
}

static const struct log_sink sink = { hear, NULL };

static inline struct notifier *begin(bool per_vm, bool bulk)
{
    const struct notifier_host host = { .is_ready = is_ready, .send = send, .log = &sink };
    struct notifier *notifier;

    memset(&heard, 0, sizeof(heard));
    memset(&there, 0, sizeof(there));
    heard.room = SENT_MAX;
    there.now_ms = NOW;
    there.switches = (struct switches){ .per_vm = per_vm, .bulk = bulk, .libvirt = false };
    there.status.state = HYPERVISOR_CONNECTING;
    there.queue = change_queue_new();
    notifier = notifier_new(NULL, &host);
    assert_non_null(there.queue);
    assert_non_null(notifier);
    return notifier;
}

static inline void end(struct notifier *notifier)
{
    notifier_free(notifier);
    change_queue_free(there.queue);
    snapshot_unref(there.rows.snapshot);
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
                                        .boot_ms = there.now_ms,
                                        .name = strdup("guest") };
    assert_non_null(changes.items[0].name);
    change_queue_put_changes(there.queue, &changes);
}

/* What was sent since it was looked at last: number by number, with L before one of LIBVIRT-MIB and G before one
 * of GUESTLIST-MIB. */
static inline const char *sent(void)
{
    static const mib_subid vm[] = { VM_MIB_OID }, libvirt[] = { LIBVIRT_MIB_OID };
    static char text[256];
    size_t length = 0;

    text[0] = '\0';
    for (unsigned i = 0; i < heard.sent; i++) {
        const struct notification *one = &heard.notifications[i];

        length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%s%lu", i ? " " : "",
                                   memcmp(one->oid, vm, sizeof(vm)) == 0             ? ""
                                   : memcmp(one->oid, libvirt, sizeof(libvirt)) == 0 ? "L"
                                                                                     : "G",
                                   one->oid[one->length - 1]);
    }
    heard.sent = 0;
    return text;
}

#endif
