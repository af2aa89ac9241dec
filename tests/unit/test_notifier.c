/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is told of one hypervisor and when. served.h's functions and the boot clock stand here in place of the
 * program's; the news, the bulk lists and the notifications are its own. */
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

#include "agent/affected.h"
#include "agent/libvirt_mib.h"
#include "agent/notifier.h"
#include "agent/vm_mib.h"
#include "tests/unit/fixtures.h"

enum { SENT_MAX = 64, LINES_MAX = 8, NOW = 5000000, LOOK_MS = 1000 };

/* The hypervisor. */
static struct {
    int64_t now_ms;
    struct news *news;
    struct switches switches;
    struct collector_status status;
    struct view view;
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

const char *served_context(const struct served *served)
{
    (void)served;
    return "context";
}

struct news *served_news(struct served *served)
{
    (void)served;
    return there.news;
}

struct switches served_switches(const struct served *served)
{
    (void)served;
    return there.switches;
}

int64_t served_list_when_due(struct served *served, int64_t now_boot_ms)
{
    (void)served;
    assert_int_equal(now_boot_ms, there.now_ms);
    return there.listing_due_ms;
}

void served_status(struct served *served, struct collector_status *status)
{
    (void)served;
    *status = there.status;
}

int64_t served_answer(struct served *served, bool with_status, struct answer *answer)
{
    (void)served;
    (void)with_status;
    *answer = (struct answer){ .view = there.view.snapshot ? &there.view : NULL };
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
    assert_in_range(heard.sent, 0, SENT_MAX - 1);
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

static struct notifier *begin(bool per_vm, bool bulk)
{
    const struct notifier_host host = { .is_ready = is_ready, .send = send, .log = &sink };
    struct notifier *notifier;

    memset(&heard, 0, sizeof(heard));
    memset(&there, 0, sizeof(there));
    heard.room = SENT_MAX;
    there.now_ms = NOW;
    there.switches = (struct switches){ .per_vm = per_vm, .bulk = bulk, .libvirt = false };
    there.status.state = HYPERVISOR_CONNECTING;
    there.news = news_new();
    notifier = notifier_new(NULL, &host);
    assert_non_null(there.news);
    assert_non_null(notifier);
    return notifier;
}

static void end(struct notifier *notifier)
{
    notifier_free(notifier);
    news_free(there.news);
    snapshot_unref(there.view.snapshot);
}

static void put(uint32_t index, enum change_kind kind, enum vm_oper_state after, int state)
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
    news_put_changes(there.news, &changes);
}

/* What was sent since it was looked at last: number by number, with L before one of LIBVIRT-MIB and G before one
 * of GUESTLIST-MIB. */
static const char *sent(void)
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

static void without_switches_nothing_is_sent(void **state)
{
    struct notifier *notifier = begin(false, false);

    (void)state;
    put(1, CHANGE_STATE, VM_OPER_RUNNING, DOMAIN_RUNNING);
    put(UINT32_MAX, CHANGE_STATE, VM_OPER_RUNNING, DOMAIN_RUNNING); /* that it fits no list concerns nobody */
    put(1, CHANGE_FACTS, VM_OPER_RUNNING, DOMAIN_RUNNING);
    put(1, CHANGE_DELETED, VM_OPER_RUNNING, DOMAIN_RUNNING);
    assert_int_equal(notifier_run(notifier), LOOK_MS);
    there.status = (struct collector_status){ .state = HYPERVISOR_CONNECTED, .listed_boot_ms = NOW };
    (void)notifier_run(notifier);
    there.status.state = HYPERVISOR_DISCONNECTED;
    (void)notifier_run(notifier);
    there.now_ms += 10000;
    (void)notifier_run(notifier);
    assert_int_equal(heard.sent, 0);
    there.switches = (struct switches){ true, true, true }; /* what was before is over */
    (void)notifier_run(notifier);
    assert_int_equal(heard.sent, 0);
    assert_int_equal(heard.lines, 0);
    end(notifier);
}

static void per_vm_each_change_is_sent_at_once_in_its_order(void **state)
{
    struct notifier *notifier = begin(true, false);

    (void)state;
    put(1, CHANGE_STATE, VM_OPER_RUNNING, DOMAIN_RUNNING);
    put(2, CHANGE_DELETED, VM_OPER_SHUTDOWN, DOMAIN_SHUTOFF);
    put(3, CHANGE_STATE, VM_OPER_PAUSED, DOMAIN_PAUSED);
    assert_int_equal(notifier_run(notifier), LOOK_MS);
    assert_string_equal(sent(), "1 10 4");
    put(3, CHANGE_FACTS, VM_OPER_PAUSED, DOMAIN_PAUSED);
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "G3");
    there.now_ms += 20000;
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "");
    end(notifier);
}

static void libvirts_own_have_a_switch_of_their_own(void **state)
{
    struct notifier *notifier = begin(false, false);

    (void)state;
    there.switches.libvirt = true;
    there.listing_due_ms = there.now_ms + 300;
    put(1, CHANGE_STATE, VM_OPER_RUNNING, DOMAIN_RUNNING);
    put(2, CHANGE_FACTS, VM_OPER_RUNNING, DOMAIN_RUNNING);
    assert_int_equal(notifier_run(notifier), 300);
    assert_string_equal(sent(), "L1");
    there.status = (struct collector_status){ .state = HYPERVISOR_CONNECTED, .listed_boot_ms = NOW };
    (void)notifier_run(notifier);
    there.status.state = HYPERVISOR_DISCONNECTED;
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "");
    there.switches.per_vm = true;
    put(1, CHANGE_STATE, VM_OPER_PAUSED, DOMAIN_PAUSED);
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "4 L1");
    end(notifier);
}

static void bulk_ones_are_sent_when_the_window_ends(void **state)
{
    struct notifier *notifier = begin(false, true);

    (void)state;
    put(1, CHANGE_STATE, VM_OPER_RUNNING, DOMAIN_RUNNING);
    put(2, CHANGE_STATE, VM_OPER_SHUTDOWN, DOMAIN_SHUTOFF);
    put(3, CHANGE_STATE, VM_OPER_RUNNING, DOMAIN_RUNNING);
    put(3, CHANGE_FACTS, VM_OPER_RUNNING, DOMAIN_RUNNING);
    assert_int_equal(notifier_run(notifier), AFFECTED_QUIET_MS);
    there.now_ms += 600;
    put(9, CHANGE_STATE, VM_OPER_RUNNING, DOMAIN_RUNNING);
    assert_int_equal(notifier_run(notifier), AFFECTED_QUIET_MS);
    there.now_ms += AFFECTED_QUIET_MS - 1;
    assert_int_equal(notifier_run(notifier), 1);
    assert_string_equal(sent(), "");
    there.now_ms++;
    assert_int_equal(notifier_run(notifier), LOOK_MS);
    assert_string_equal(sent(), "13 11");
    assert_int_equal(heard.last.objects[0].value.length, 2);
    there.now_ms += 20000;
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "");
    end(notifier);
}

static void it_runs_again_when_a_listing_is_due(void **state)
{
    struct notifier *notifier = begin(false, true);

    (void)state;
    there.listing_due_ms = there.now_ms + 300;
    assert_int_equal(notifier_run(notifier), 300);
    put(1, CHANGE_STATE, VM_OPER_RUNNING, DOMAIN_RUNNING);
    assert_int_equal(notifier_run(notifier), 300);
    there.listing_due_ms = there.now_ms + LOOK_MS + 1;
    assert_int_equal(notifier_run(notifier), LOOK_MS);
    there.listing_due_ms = there.now_ms + 300;
    there.switches.bulk = false; /* there is nobody to tell */
    assert_int_equal(notifier_run(notifier), LOOK_MS);
    end(notifier);
}

static void with_both_both_are_sent(void **state)
{
    struct notifier *notifier = begin(true, true);

    (void)state;
    put(1, CHANGE_DELETED, VM_OPER_SHUTDOWN, DOMAIN_SHUTOFF);
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "10");
    there.now_ms += AFFECTED_QUIET_MS;
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "20");
    end(notifier);
}

static void what_is_gathered_is_forgotten_when_bulk_is_turned_off(void **state)
{
    struct notifier *notifier = begin(false, true);

    (void)state;
    put(1, CHANGE_STATE, VM_OPER_RUNNING, DOMAIN_RUNNING);
    (void)notifier_run(notifier);
    there.switches.bulk = false;
    (void)notifier_run(notifier);
    there.switches.bulk = true;
    there.now_ms += 10000;
    assert_int_equal(notifier_run(notifier), LOOK_MS);
    assert_string_equal(sent(), "");
    end(notifier);
}

static void a_sender_that_is_not_ready_is_waited_for(void **state)
{
    struct notifier *notifier = begin(true, false);

    (void)state;
    heard.room = 0;
    for (uint32_t index = 1; index <= 3; index++)
        put(index, CHANGE_DELETED, VM_OPER_SHUTDOWN, DOMAIN_SHUTOFF);
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "");
    heard.room = 2;
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "10 10");
    heard.room = 9;
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "10");
    end(notifier);
}

static void bulk_ones_wait_for_the_sender_one_by_one(void **state)
{
    struct notifier *notifier = begin(false, true);

    (void)state;
    put(1, CHANGE_STATE, VM_OPER_RUNNING, DOMAIN_RUNNING);
    put(2, CHANGE_STATE, VM_OPER_PAUSED, DOMAIN_PAUSED);
    (void)notifier_run(notifier);
    there.now_ms += 1500;
    heard.room = 1;
    assert_int_equal(notifier_run(notifier), LOOK_MS); /* no busy loop while it is overdue */
    assert_string_equal(sent(), "11");
    heard.room = 9;
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "14");
    end(notifier);
}

static void a_hypervisor_is_down_once_and_up_once(void **state)
{
    struct notifier *notifier = begin(true, false);

    (void)state;
    (void)notifier_run(notifier);
    there.status.state = HYPERVISOR_DISCONNECTED; /* it was never up */
    (void)notifier_run(notifier);
    there.status.state = HYPERVISOR_CONNECTED; /* not listed yet */
    (void)notifier_run(notifier);
    there.status.listed_boot_ms = NOW - 5000;
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "");
    there.status.state = HYPERVISOR_STALE;
    (void)notifier_run(notifier);
    there.status.state = HYPERVISOR_DISCONNECTED;
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "G1");
    assert_int_equal(heard.last.objects[2].value.unsigned32, 500);
    there.status.state = HYPERVISOR_CONNECTED;
    (void)notifier_run(notifier);
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "G2");
    end(notifier);
}

static void that_it_is_down_waits_for_the_sender(void **state)
{
    struct notifier *notifier = begin(false, true);

    (void)state;
    there.status = (struct collector_status){ .state = HYPERVISOR_CONNECTED, .listed_boot_ms = NOW };
    (void)notifier_run(notifier);
    there.status.state = HYPERVISOR_DISCONNECTED;
    heard.room = 0;
    (void)notifier_run(notifier);
    heard.room = 1;
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "G1");
    end(notifier);
}

static void what_was_lost_is_said_with_its_number(void **state)
{
    struct notifier *notifier = begin(true, false);
    struct changes changes = { .lost = 17 };

    (void)state;
    news_put_changes(there.news, &changes);
    (void)notifier_run(notifier);
    assert_int_equal(heard.lines, 1);
    assert_string_equal(heard.line[0], "17 notifications were too many at once and are not sent");
    end(notifier);
}

static void an_index_that_fits_no_bulk_notification_is_said_once(void **state)
{
    struct notifier *notifier = begin(false, true);

    (void)state;
    for (uint32_t i = 1; i <= 20; i++)
        put(AFFECTED_BYTES_MAX * 8 + i, CHANGE_STATE, VM_OPER_RUNNING, DOMAIN_RUNNING);
    (void)notifier_run(notifier);
    assert_int_equal(heard.lines, 1);
    assert_non_null(strstr(heard.line[0], "vmIndex is above 480000"));
    there.now_ms += 10000;
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "");
    end(notifier);
}

static void refuse(unsigned number)
{
    unsigned char uuid[DOMAIN_UUID_BYTES];

    fixture_uuid(number, uuid);
    news_put_refused(there.news, uuid, "start: no\nway");
}

static void what_was_refused_is_said_and_sent_with_the_state_as_it_is(void **state)
{
    struct notifier *notifier = begin(false, false);

    (void)state;
    there.switches.libvirt = true;
    there.view.snapshot = fixture_all_guests();
    refuse(GUEST_PAUSED);
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "L1");
    assert_int_equal(heard.last.objects[2].value.integer, 3);
    assert_int_equal(heard.lines, 1);
    assert_non_null(strstr(heard.line[0], "SET on domain \"paused\""));
    assert_null(strchr(heard.line[0], '\n'));
    refuse(GUEST_LATER);
    refuse(GUEST_UNREAD);
    refuse(FIXTURE_GUESTS); /* gone */
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "");
    assert_int_equal(heard.lines, 4);
    there.switches = (struct switches){ true, true, false };
    refuse(GUEST_PAUSED);
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "");
    assert_int_equal(heard.lines, 5);
    end(notifier);
}

static void before_the_first_view_a_refusal_is_said_only(void **state)
{
    struct notifier *notifier = begin(true, true);

    (void)state;
    refuse(GUEST_PAUSED);
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "");
    assert_int_equal(heard.lines, 1);
    assert_non_null(strstr(heard.line[0], "start: no"));
    end(notifier);
}

/* A master that was away for a while is told what it missed, one that was away for long is not. */
static void what_is_old_is_no_news(void **state)
{
    struct notifier *notifier = begin(true, false);

    (void)state;
    heard.room = 0;
    put(7, CHANGE_STATE, VM_OPER_PAUSED, DOMAIN_PAUSED);
    put(8, CHANGE_STATE, VM_OPER_PAUSED, DOMAIN_PAUSED);
    there.now_ms += 5 * 60 * 1000;
    put(9, CHANGE_STATE, VM_OPER_PAUSED, DOMAIN_PAUSED);
    there.now_ms += 1;
    heard.room = SENT_MAX;
    (void)notifier_run(notifier);
    assert_string_equal(sent(), "4");
    assert_int_equal(heard.lines, 1);
    assert_non_null(strstr(heard.line[0], "2 changes are older than 5 minutes"));
    (void)notifier_run(notifier);
    assert_int_equal(heard.lines, 1);
    end(notifier);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_switches_nothing_is_sent),
        cmocka_unit_test(per_vm_each_change_is_sent_at_once_in_its_order),
        cmocka_unit_test(libvirts_own_have_a_switch_of_their_own),
        cmocka_unit_test(bulk_ones_are_sent_when_the_window_ends),
        cmocka_unit_test(it_runs_again_when_a_listing_is_due),
        cmocka_unit_test(with_both_both_are_sent),
        cmocka_unit_test(what_is_gathered_is_forgotten_when_bulk_is_turned_off),
        cmocka_unit_test(a_sender_that_is_not_ready_is_waited_for),
        cmocka_unit_test(bulk_ones_wait_for_the_sender_one_by_one),
        cmocka_unit_test(a_hypervisor_is_down_once_and_up_once),
        cmocka_unit_test(that_it_is_down_waits_for_the_sender),
        cmocka_unit_test(what_was_lost_is_said_with_its_number),
        cmocka_unit_test(an_index_that_fits_no_bulk_notification_is_said_once),
        cmocka_unit_test(what_was_refused_is_said_and_sent_with_the_state_as_it_is),
        cmocka_unit_test(before_the_first_view_a_refusal_is_said_only),
        cmocka_unit_test(what_is_old_is_no_news),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
