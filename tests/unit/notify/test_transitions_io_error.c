/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pause by an I/O error is reported with libvirt's text, which is read after the listing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/notify/notification.h"
#include "agent/notify/transitions.h"
#include "config.h"
#include "lib/base/array.h"
#include "lib/model/io_error.h"
#include "tests/unit/fixtures.h"

enum { BEGIN_MS = 1000000, PAUSED_USER = 1, PAUSED_IO_ERROR = 5, SUSPENDED_IO_ERROR = 2 };

static struct transitions *transitions;

/* Follows a listing of one domain, which is paused for that reason (0: it runs). With `has_event`, its event came
 * 100 ms after the first listing. */
static struct changes follow(int64_t after_ms, int reason, unsigned pending, const char *text, bool has_event)
{
    struct domain domain = fixture_domain(1, 1);
    struct snapshot *snapshot;
    struct changes changes;

    domain.state = domain.last_state = reason ? DOMAIN_PAUSED : DOMAIN_RUNNING;
    domain.reason = domain.last_reason = reason;
    domain.pending = pending;
    domain.io_error = text ? io_error_new(text) : NULL;
    snapshot = fixture_snapshot(&domain, 1);
    snapshot->taken_boot_ms = BEGIN_MS + after_ms;
    if (has_event) {
        snapshot->events = calloc(1, sizeof(*snapshot->events));
        assert_non_null(snapshot->events);
        snapshot->event_count = 1;
        snapshot->events[0] = (struct domain_event){ .event = DOMAIN_EVENT_SUSPENDED,
                                                     .detail = SUSPENDED_IO_ERROR,
                                                     .boot_ms = BEGIN_MS + 100 };
        memcpy(snapshot->events[0].uuid, domain.uuid, UUID_BYTES);
    }
    changes = transitions_follow(transitions, snapshot);
    snapshot_unref(snapshot);
    return changes;
}

static int begin(void **state)
{
    struct changes changes;

    (void)state;
    transitions = transitions_new();
    if (!transitions)
        return -1;
    changes = follow(0, 0, 0, NULL, false);
    changes_clear(&changes);
    return 0;
}

static int end(void **state)
{
    (void)state;
    transitions_free(transitions);
    return 0;
}

/* The one change is the pause, with that reason and text (NULL: none). */
static void assert_pause(struct changes *changes, const char *reason, const char *text)
{
    assert_int_equal(changes->count, 1);
    assert_int_equal(changes->items[0].kind, CHANGE_STATE);
    assert_int_equal(changes->items[0].after, VM_OPER_PAUSED);
    assert_int_equal(changes->items[0].boot_ms, BEGIN_MS + 100);
    assert_string_equal(changes->items[0].error_reason, reason);
    if (text)
        assert_string_equal(changes->items[0].io_error, text);
    else
        assert_null(changes->items[0].io_error);
    changes_clear(changes);
}

static void the_pause_waits_for_its_text(void **state)
{
    struct changes changes = follow(150, PAUSED_IO_ERROR, DOMAIN_QUESTION_IO_ERROR, NULL, true);

    (void)state;
    assert_int_equal(changes.count, 0);
    assert_int_equal(transitions_due(transitions), BEGIN_MS + 100 + 2000);
    changes = follow(150, PAUSED_IO_ERROR, 0, "full", false); /* the same listing, published again */
    assert_pause(&changes, "I/O error", "full");
    changes = follow(10000, PAUSED_IO_ERROR, 0, "full", false);
    assert_int_equal(changes.count, 0);
}

static void the_pause_waits_two_seconds_at_most(void **state)
{
    struct changes changes = follow(150, PAUSED_IO_ERROR, DOMAIN_QUESTION_IO_ERROR, NULL, true);

    (void)state;
    assert_int_equal(changes.count, 0);
    changes = follow(2100, PAUSED_IO_ERROR, DOMAIN_QUESTION_IO_ERROR, NULL, false);
    assert_pause(&changes, "I/O error", NULL);
}

static void without_a_question_the_pause_does_not_wait(void **state)
{
    struct changes changes = follow(150, PAUSED_IO_ERROR, 0, NULL, true);

    (void)state;
    assert_pause(&changes, "I/O error", NULL);
}

/* It was resumed and paused by a user before the listing. */
static void only_a_pause_by_an_error_has_its_reason(void **state)
{
    struct changes changes = follow(150, PAUSED_USER, 0, "full", true);

    (void)state;
    assert_int_equal(changes.count, 1);
    assert_null(changes.items[0].error_reason);
    assert_null(changes.items[0].io_error);
    changes_clear(&changes);
}

static void assert_text(const struct varbind *object, mib_subid column, const char *text)
{
    static const mib_subid entry[] = { GUESTLIST_ENTERPRISE_OID, 1, 2, 1 };

    assert_int_equal(object->length, ARRAY_COUNT(entry) + 2);
    assert_memory_equal(object->name, entry, sizeof(entry));
    assert_int_equal(object->name[ARRAY_COUNT(entry)], column);
    assert_int_equal(object->name[ARRAY_COUNT(entry) + 1], 7);
    assert_int_equal(object->value.length, strlen(text));
    assert_memory_equal(object->value.bytes, text, strlen(text));
}

/* The objects of VM-MIB come first, as the RFC has them. */
static void the_notification_has_reason_and_text_at_its_end(void **state)
{
    static char name[] = "d", why[] = "No space left on device", none[] = "";
    struct change change = { .kind = CHANGE_STATE,
                             .index = 7,
                             .before = VM_OPER_RUNNING,
                             .after = VM_OPER_PAUSED,
                             .name = name,
                             .error_reason = "I/O error",
                             .io_error = why };
    struct notification notification;

    (void)state;
    assert_true(notification_make(&notification, NOTIFICATION_VM_STATE, &change));
    assert_int_equal(notification.count, 5);
    assert_int_equal(notification.objects[2].value.integer, VM_OPER_RUNNING);
    assert_text(&notification.objects[3], 4, "I/O error");
    assert_text(&notification.objects[4], 16, why);
    change.io_error = none;
    assert_true(notification_make(&notification, NOTIFICATION_VM_STATE, &change));
    assert_int_equal(notification.count, 4);
    change.error_reason = NULL;
    assert_true(notification_make(&notification, NOTIFICATION_VM_STATE, &change));
    assert_int_equal(notification.count, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_pause_waits_for_its_text, begin, end),
        cmocka_unit_test_setup_teardown(the_pause_waits_two_seconds_at_most, begin, end),
        cmocka_unit_test_setup_teardown(without_a_question_the_pause_does_not_wait, begin, end),
        cmocka_unit_test_setup_teardown(only_a_pause_by_an_error_has_its_reason, begin, end),
        cmocka_unit_test(the_notification_has_reason_and_text_at_its_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
