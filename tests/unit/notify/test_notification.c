/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Notifications as plain data: their OIDs and objects by the facts files of the MIB modules, and their values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/notify/notification.h"
#include "config.h"
#include "lib/base/array.h"
#include "tests/unit/fixtures.h"

enum { LINE_BYTES = 4096, TEXT = 512, INDEX = 4711 };

static char name[] = "a guest";

static struct change change_to(enum change_kind kind, enum vm_oper_state before, enum vm_oper_state after)
{
    struct change change = { .kind = kind,
                             .index = INDEX,
                             .before = before,
                             .after = after,
                             .state_before = DOMAIN_SHUTOFF,
                             .state = DOMAIN_RUNNING,
                             .persistent = TRISTATE_TRUE,
                             .autostart = TRISTATE_FALSE,
                             .name = name };

    fixture_uuid(300, change.uuid);
    return change;
}

static void format_oid(const mib_subid *oid, size_t length, char text[TEXT])
{
    size_t at = 0;

    text[0] = '\0';
    for (size_t i = 0; i < length && at < TEXT; i++)
        at += (size_t)snprintf(text + at, TEXT - at, "%s%lu", i ? "." : "", oid[i]);
}

/* Finds the row of the facts file whose field `by` is `key`, and copies its field `field`. */
static void look_up(const char *facts, int by, const char *key, int field, char text[LINE_BYTES])
{
    const char *top = getenv("top_srcdir");
    char path[LINE_BYTES], line[LINE_BYTES];
    FILE *file;

    (void)snprintf(path, sizeof(path), "%s/tests/data/%s", top ? top : ".", facts);
    file = fopen(path, "r");
    if (!file)
        fail_msg("cannot open %s", path);
    text[0] = '\0';
    while (text[0] == '\0' && fgets(line, sizeof(line), file)) {
        char *rest = line, *fields[5] = { NULL };

        for (int i = 0; i < 5 && rest; i++)
            fields[i] = strsep(&rest, "\t");
        if (fields[4] && strcmp(fields[by], key) == 0)
            (void)snprintf(text, LINE_BYTES, "%s", fields[field]);
    }
    (void)fclose(file);
    if (text[0] == '\0')
        fail_msg("%s has no %s", facts, key);
}

/* Checks that it is the notification of that name, with exactly the objects of the MIB module and with that index.
 */
static void assert_is(const struct notification *notification, const char *facts, const char *wanted,
                      const char *instance)
{
    char oid[TEXT], found[LINE_BYTES], objects[LINE_BYTES], expected[LINE_BYTES], text[LINE_BYTES],
        *rest = objects;
    size_t count = 0;

    format_oid(notification->oid, notification->length, oid);
    look_up(facts, 2, oid, 1, found);
    assert_string_equal(found, wanted);
    look_up(facts, 2, oid, 4, objects);
    assert_int_equal(strncmp(objects, "OBJECTS { ", 10), 0);
    rest += 10;
    for (char *object; (object = strsep(&rest, ", }")) != NULL && rest;) {
        if (*object == '\0')
            continue;
        look_up(facts, 1, object, 2, text);
        (void)snprintf(expected, sizeof(expected), "%.1000s.%.1000s", text, instance);
        assert_true(count < notification->count);
        format_oid(notification->objects[count].name, notification->objects[count].length, oid);
        assert_string_equal(oid, expected);
        count++;
    }
    assert_int_equal(notification->count, count);
}

static void assert_bytes(const struct varbind *object, const void *bytes, size_t length)
{
    assert_int_equal(object->value.type, MIB_OCTETS);
    assert_int_equal(object->value.length, length);
    assert_memory_equal(object->value.bytes, bytes, length);
}

static void assert_integer(const struct varbind *object, int32_t integer)
{
    assert_int_equal(object->value.type, MIB_INTEGER);
    assert_int_equal(object->value.integer, integer);
}

static void each_state_has_its_notification_with_the_state_before(void **state)
{
    static const struct {
        enum vm_oper_state after;
        const char *name;
    } wanted[] = {
        { VM_OPER_RUNNING, "vmRunning" },       { VM_OPER_SHUTTINGDOWN, "vmShuttingdown" },
        { VM_OPER_SHUTDOWN, "vmShutdown" },     { VM_OPER_PAUSED, "vmPaused" },
        { VM_OPER_SUSPENDING, "vmSuspending" }, { VM_OPER_SUSPENDED, "vmSuspended" },
        { VM_OPER_RESUMING, "vmResuming" },     { VM_OPER_MIGRATING, "vmMigrating" },
        { VM_OPER_CRASHED, "vmCrashed" },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(wanted); i++) {
        struct change change = change_to(CHANGE_STATE, VM_OPER_PREPARING, wanted[i].after);
        struct notification notification;

        assert_true(notification_make(&notification, NOTIFICATION_VM_STATE, &change));
        assert_is(&notification, "vm-mib-facts.tsv", wanted[i].name, "4711");
        assert_bytes(&notification.objects[0], "a guest", 7);
        assert_bytes(&notification.objects[1], change.uuid, UUID_BYTES);
        assert_integer(&notification.objects[2], VM_OPER_PREPARING);
    }
}

static void other_states_and_changes_have_no_notification(void **state)
{
    static const enum vm_oper_state none[] = { 0, VM_OPER_UNKNOWN, VM_OPER_OTHER, VM_OPER_PREPARING, 13, 100 };
    struct notification notification;
    struct change change;

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(none); i++) {
        change = change_to(CHANGE_STATE, VM_OPER_RUNNING, none[i]);
        assert_false(notification_make(&notification, NOTIFICATION_VM_STATE, &change));
    }
    change = change_to(CHANGE_FACTS, VM_OPER_RUNNING, VM_OPER_RUNNING);
    assert_false(notification_make(&notification, NOTIFICATION_VM_STATE, &change));
    change = change_to(CHANGE_STATE, VM_OPER_SHUTDOWN, VM_OPER_RUNNING);
    change.index = 0; /* the domain has none */
    assert_false(notification_make(&notification, NOTIFICATION_VM_STATE, &change));
    assert_int_equal(notification_vm_number(&change), 0);
}

static void a_deletion_has_the_persistence_of_the_domain(void **state)
{
    static const int32_t persistence[] = { [TRISTATE_UNKNOWN] = 1, [TRISTATE_FALSE] = 3, [TRISTATE_TRUE] = 2 };

    (void)state;
    for (int truth = TRISTATE_UNKNOWN; truth <= TRISTATE_TRUE; truth++) {
        struct change change = change_to(CHANGE_DELETED, VM_OPER_SHUTDOWN, VM_OPER_SHUTDOWN);
        struct notification notification;

        change.persistent = (enum tristate)truth;
        assert_true(notification_make(&notification, NOTIFICATION_VM_DELETED, &change));
        assert_is(&notification, "vm-mib-facts.tsv", "vmDeleted", "4711");
        assert_int_equal(notification.count, 4);
        assert_integer(&notification.objects[2], VM_OPER_SHUTDOWN);
        assert_integer(&notification.objects[3], persistence[truth]);
    }
}

static void bulk_notifications_have_only_the_list(void **state)
{
    static const char *const names[] = { "vmBulkRunning",  "vmBulkShuttingdown", "vmBulkShutdown",
                                         "vmBulkPaused",   "vmBulkSuspending",   "vmBulkSuspended",
                                         "vmBulkResuming", "vmBulkMigrating",    "vmBulkCrashed",
                                         "vmBulkDeleted" };
    static const unsigned char list[] = { 0x80, 0, 1 };

    (void)state;
    for (unsigned number = 1; number <= 10; number++) {
        struct notification notification;

        notification_bulk(&notification, number, list, sizeof(list));
        assert_is(&notification, "vm-mib-facts.tsv", names[number - 1], "0");
        assert_bytes(&notification.objects[0], list, sizeof(list));
        assert_ptr_equal(notification.objects[0].value.bytes, list);
    }
}

static void hostile_names_are_cut_to_255_octets(void **state)
{
    (void)state;
    for (size_t i = 0; i < FIXTURE_HOSTILE_NAMES; i++) {
        struct change change = change_to(CHANGE_STATE, VM_OPER_SHUTDOWN, VM_OPER_RUNNING);
        struct notification notification;

        change.name = strdup(fixture_hostile_names[i]);
        assert_non_null(change.name);
        assert_true(notification_make(&notification, NOTIFICATION_VM_STATE, &change));
        assert_true(notification.objects[0].value.length <= 255);
        free(change.name);
    }
}

/* The index of a row of LIBVIRT-MIB is the UUID, octet by octet. */
static void format_uuid_index(const struct change *change, char text[TEXT])
{
    mib_subid index[UUID_BYTES];

    for (size_t i = 0; i < UUID_BYTES; i++)
        index[i] = change->uuid[i];
    format_oid(index, UUID_BYTES, text);
}

static void libvirt_mib_has_the_new_state_and_the_uuid_as_index(void **state)
{
    static const struct {
        int before, after;
        int32_t state, row_status;
    } wanted[] = {
        { DOMAIN_SHUTOFF, DOMAIN_RUNNING, 1, 1 },     { DOMAIN_RUNNING, DOMAIN_BLOCKED, 2, 1 },
        { DOMAIN_RUNNING, DOMAIN_PAUSED, 3, 1 },      { DOMAIN_RUNNING, DOMAIN_SHUTDOWN, 4, 2 },
        { DOMAIN_SHUTDOWN, DOMAIN_SHUTOFF, 5, 2 },    { DOMAIN_RUNNING, DOMAIN_CRASHED, 6, 2 },
        { DOMAIN_RUNNING, DOMAIN_PMSUSPENDED, 3, 1 }, { DOMAIN_STATE_UNREAD, DOMAIN_RUNNING, 1, 1 },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(wanted); i++) {
        struct change change = change_to(CHANGE_STATE, VM_OPER_SHUTDOWN, VM_OPER_RUNNING);
        struct notification notification;
        char index[TEXT];

        change.state_before = wanted[i].before;
        change.state = wanted[i].after;
        change.index = 0; /* LIBVIRT-MIB has another index */
        format_uuid_index(&change, index);
        assert_true(notification_make(&notification, NOTIFICATION_LIBVIRT, &change));
        assert_is(&notification, "libvirt-mib-facts.tsv", "libvirtGuestNotif", index);
        assert_bytes(&notification.objects[0], "a guest", 7);
        assert_bytes(&notification.objects[1], change.uuid, UUID_BYTES);
        assert_integer(&notification.objects[2], wanted[i].state);
        assert_integer(&notification.objects[3], wanted[i].row_status);
    }
}

static void libvirt_mib_has_no_notification_between_states_of_one_number(void **state)
{
    static const int states[][2] = {
        { DOMAIN_RUNNING, DOMAIN_RUNNING },      { DOMAIN_PAUSED, DOMAIN_PMSUSPENDED },
        { DOMAIN_NOSTATE, DOMAIN_RUNNING },      { DOMAIN_RUNNING, DOMAIN_STATES },
        { DOMAIN_RUNNING, DOMAIN_STATE_UNREAD }, { DOMAIN_STATES, DOMAIN_STATE_UNREAD },
    };
    struct notification notification;
    struct change change;

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(states); i++) {
        change = change_to(CHANGE_STATE, VM_OPER_SHUTDOWN, VM_OPER_RUNNING);
        change.state_before = states[i][0];
        change.state = states[i][1];
        assert_false(notification_make(&notification, NOTIFICATION_LIBVIRT, &change));
    }
    change = change_to(CHANGE_DELETED, VM_OPER_SHUTDOWN, VM_OPER_SHUTDOWN);
    assert_false(notification_make(&notification, NOTIFICATION_LIBVIRT, &change));
    change = change_to(CHANGE_FACTS, VM_OPER_SHUTDOWN, VM_OPER_SHUTDOWN);
    assert_false(notification_make(&notification, NOTIFICATION_LIBVIRT, &change));
    change.kind = CHANGE_SET_FAILED;
    change.state = DOMAIN_STATE_UNREAD;
    assert_false(notification_make(&notification, NOTIFICATION_LIBVIRT, &change));
    change.state = DOMAIN_STATES;
    assert_false(notification_make(&notification, NOTIFICATION_LIBVIRT, &change));
    change.state = DOMAIN_RUNNING;
    assert_true(notification_make(&notification, NOTIFICATION_LIBVIRT, &change));
}

/* Checks that the OID is `suffix` below the root of GUESTLIST-MIB. */
static void assert_own(const mib_subid *oid, size_t length, const char *suffix)
{
    char text[TEXT], expected[TEXT];

    format_oid(oid, length, text);
    (void)snprintf(expected, sizeof(expected), "%s.%s", GUESTLIST_ENTERPRISE_OID_STRING, suffix);
    assert_string_equal(text, expected);
}

static void changed_facts_are_notified_by_guestlist_mib(void **state)
{
    static const char *const columns[] = { "1.2.1.2.4711", "1.2.1.6.4711", "1.2.1.7.4711" };
    struct change change = change_to(CHANGE_FACTS, VM_OPER_RUNNING, VM_OPER_RUNNING);
    struct notification notification;

    (void)state;
    assert_true(notification_make(&notification, NOTIFICATION_DOMAIN_CHANGED, &change));
    assert_own(notification.oid, notification.length, "0.3");
    assert_int_equal(notification.count, 5);
    for (size_t i = 0; i < 3; i++)
        assert_own(notification.objects[2 + i].name, notification.objects[2 + i].length, columns[i]);
    assert_bytes(&notification.objects[0], "a guest", 7);
    assert_bytes(&notification.objects[1], change.uuid, UUID_BYTES);
    assert_integer(&notification.objects[2], DOMAIN_RUNNING);
    assert_integer(&notification.objects[3], 1);
    assert_integer(&notification.objects[4], 2);
    change.persistent = TRISTATE_UNKNOWN;
    assert_true(notification_make(&notification, NOTIFICATION_DOMAIN_CHANGED, &change));
    assert_integer(&notification.objects[3], 3);
    change.state = DOMAIN_STATES; /* of a later libvirt */
    assert_true(notification_make(&notification, NOTIFICATION_DOMAIN_CHANGED, &change));
    assert_integer(&notification.objects[2], DOMAIN_NOSTATE);
    change.state = DOMAIN_STATE_UNREAD;
    assert_true(notification_make(&notification, NOTIFICATION_DOMAIN_CHANGED, &change));
    assert_integer(&notification.objects[2], DOMAIN_NOSTATE);
    change.index = 0;
    assert_false(notification_make(&notification, NOTIFICATION_DOMAIN_CHANGED, &change));
    change = change_to(CHANGE_STATE, VM_OPER_SHUTDOWN, VM_OPER_RUNNING);
    assert_false(notification_make(&notification, NOTIFICATION_DOMAIN_CHANGED, &change));
}

static void a_domain_that_stops_answering_or_answers_again_is_notified(void **state)
{
    static const char *const columns[] = { "1.2.1.17.4711", "1.2.1.18.4711" };
    struct change change = change_to(CHANGE_ANSWERS, VM_OPER_RUNNING, VM_OPER_RUNNING);
    struct notification notification;

    (void)state;
    change.answers = TRISTATE_FALSE;
    change.control = DOMAIN_CONTROL_OCCUPIED;
    change.control_seconds = 21;
    assert_true(notification_make(&notification, NOTIFICATION_DOMAIN_ANSWERS, &change));
    assert_own(notification.oid, notification.length, "0.4");
    assert_int_equal(notification.count, 4);
    for (size_t i = 0; i < 2; i++)
        assert_own(notification.objects[2 + i].name, notification.objects[2 + i].length, columns[i]);
    assert_bytes(&notification.objects[0], "a guest", 7);
    assert_integer(&notification.objects[2], 3);
    assert_int_equal(notification.objects[3].value.unsigned32, 21);
    change.answers = TRISTATE_TRUE;
    change.control = DOMAIN_CONTROL_OK;
    change.control_seconds = 0;
    assert_true(notification_make(&notification, NOTIFICATION_DOMAIN_ANSWERS, &change));
    assert_own(notification.oid, notification.length, "0.5");
    assert_integer(&notification.objects[2], 1);
    assert_int_equal(notification_vm_number(&change), 0);
    for (enum notification_kind kind = 0; kind < NOTIFICATION_DOMAIN_ANSWERS; kind++)
        assert_false(notification_make(&notification, kind, &change));
    change = change_to(CHANGE_FACTS, VM_OPER_RUNNING, VM_OPER_RUNNING);
    assert_false(notification_make(&notification, NOTIFICATION_DOMAIN_ANSWERS, &change));
}

static void down_and_up_have_uri_error_and_age(void **state)
{
    static const char *const scalars[] = { "1.1.1.0", "1.1.3.0", "1.1.7.0" };
    const struct collector_status status = { .uri = "qemu:///system", .last_error = "it is gone" };
    struct notification notification;

    (void)state;
    for (int is_up = 0; is_up < 2; is_up++) {
        notification_hypervisor(&notification, is_up, &status, 12345);
        assert_own(notification.oid, notification.length, is_up ? "0.2" : "0.1");
        assert_int_equal(notification.count, 3);
        for (size_t i = 0; i < 3; i++)
            assert_own(notification.objects[i].name, notification.objects[i].length, scalars[i]);
        assert_bytes(&notification.objects[0], "qemu:///system", 14);
        assert_bytes(&notification.objects[1], "it is gone", 10);
        assert_int_equal(notification.objects[2].value.type, MIB_TIMETICKS);
        assert_int_equal(notification.objects[2].value.unsigned32, 1234);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_state_has_its_notification_with_the_state_before),
        cmocka_unit_test(other_states_and_changes_have_no_notification),
        cmocka_unit_test(a_deletion_has_the_persistence_of_the_domain),
        cmocka_unit_test(bulk_notifications_have_only_the_list),
        cmocka_unit_test(hostile_names_are_cut_to_255_octets),
        cmocka_unit_test(libvirt_mib_has_the_new_state_and_the_uuid_as_index),
        cmocka_unit_test(libvirt_mib_has_no_notification_between_states_of_one_number),
        cmocka_unit_test(changed_facts_are_notified_by_guestlist_mib),
        cmocka_unit_test(a_domain_that_stops_answering_or_answers_again_is_notified),
        cmocka_unit_test(down_and_up_have_uri_error_and_age),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
