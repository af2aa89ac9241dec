/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libvirt/libvirt.h>

#include "lib/base/array.h"
#include "lib/model/domain.h"
#include "tests/unit/fixtures.h"

#if LIBVIR_VERSION_NUMBER < 8005000 /* later headers have it */
enum { VIR_DOMAIN_RUNNING_POSTCOPY_FAILED = 11 };
#endif

static void states_have_libvirts_numbers_and_words(void **state)
{
    static const struct {
        int number;
        int libvirts;
        const char *word;
    } states[] = {
        { DOMAIN_NOSTATE, VIR_DOMAIN_NOSTATE, "nostate" },
        { DOMAIN_RUNNING, VIR_DOMAIN_RUNNING, "running" },
        { DOMAIN_BLOCKED, VIR_DOMAIN_BLOCKED, "blocked" },
        { DOMAIN_PAUSED, VIR_DOMAIN_PAUSED, "paused" },
        { DOMAIN_SHUTDOWN, VIR_DOMAIN_SHUTDOWN, "shutdown" },
        { DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF, "shutoff" },
        { DOMAIN_CRASHED, VIR_DOMAIN_CRASHED, "crashed" },
        { DOMAIN_PMSUSPENDED, VIR_DOMAIN_PMSUSPENDED, "pmsuspended" },
    };

    (void)state;
    assert_int_equal(ARRAY_COUNT(states), DOMAIN_STATES);
    for (size_t i = 0; i < ARRAY_COUNT(states); i++) {
        assert_int_equal(states[i].number, states[i].libvirts);
        assert_string_equal(domain_state_word(states[i].number), states[i].word);
    }
}

static void reasons_have_virshs_words(void **state)
{
    static const struct {
        int state, reason;
        const char *word;
    } reasons[] = {
        { VIR_DOMAIN_NOSTATE, VIR_DOMAIN_NOSTATE_UNKNOWN, "unknown" },
        { VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_UNKNOWN, "unknown" },
        { VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_BOOTED, "booted" },
        { VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_MIGRATED, "migrated" },
        { VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_RESTORED, "restored" },
        { VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_FROM_SNAPSHOT, "from snapshot" },
        { VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_UNPAUSED, "unpaused" },
        { VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_MIGRATION_CANCELED, "migration canceled" },
        { VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_SAVE_CANCELED, "save canceled" },
        { VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_WAKEUP, "event wakeup" },
        { VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_CRASHED, "crashed" },
        { VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_POSTCOPY, "post-copy" },
        { VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_POSTCOPY_FAILED, "post-copy failed" },
        { VIR_DOMAIN_BLOCKED, VIR_DOMAIN_BLOCKED_UNKNOWN, "unknown" },
        { VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_USER, "user" },
        { VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_MIGRATION, "migrating" },
        { VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_SAVE, "saving" },
        { VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_DUMP, "dumping" },
        { VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_IOERROR, "I/O error" },
        { VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_WATCHDOG, "watchdog" },
        { VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_FROM_SNAPSHOT, "from snapshot" },
        { VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_SHUTTING_DOWN, "shutting down" },
        { VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_SNAPSHOT, "creating snapshot" },
        { VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_CRASHED, "crashed" },
        { VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_STARTING_UP, "starting up" },
        { VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_POSTCOPY, "post-copy" },
        { VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_POSTCOPY_FAILED, "post-copy failed" },
        { VIR_DOMAIN_SHUTDOWN, VIR_DOMAIN_SHUTDOWN_USER, "user" },
        { VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_SHUTDOWN, "shutdown" },
        { VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_DESTROYED, "destroyed" },
        { VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_CRASHED, "crashed" },
        { VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_MIGRATED, "migrated" },
        { VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_SAVED, "saved" },
        { VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_FAILED, "failed" },
        { VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_FROM_SNAPSHOT, "from snapshot" },
        { VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_DAEMON, "daemon" },
        { VIR_DOMAIN_CRASHED, VIR_DOMAIN_CRASHED_PANICKED, "panicked" },
        { VIR_DOMAIN_PMSUSPENDED, VIR_DOMAIN_PMSUSPENDED_UNKNOWN, "unknown" },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(reasons); i++)
        assert_string_equal(domain_reason_word(reasons[i].state, reasons[i].reason), reasons[i].word);
}

static void unknown_numbers_are_other_and_an_unread_state_is_unknown(void **state)
{
    (void)state;
    assert_string_equal(domain_state_word(DOMAIN_STATE_UNREAD), "unknown");
    assert_string_equal(domain_reason_word(DOMAIN_STATE_UNREAD, 1), "unknown");
    assert_string_equal(domain_state_word(DOMAIN_STATES), "other");
    assert_string_equal(domain_state_word(INT32_MAX), "other");
    assert_string_equal(domain_state_word(-2), "other");
    assert_string_equal(domain_state_word(INT32_MIN), "other");
    for (int number = 0; number < DOMAIN_STATES; number++) {
        assert_string_equal(domain_reason_word(number, -1), "other");
        assert_string_equal(domain_reason_word(number, 99), "other");
        assert_string_equal(domain_reason_word(number, INT32_MAX), "other");
        assert_string_equal(domain_reason_word(number, 0), "unknown");
    }
    assert_string_equal(domain_reason_word(DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_POSTCOPY_FAILED + 1), "other");
    assert_string_equal(domain_reason_word(DOMAIN_STATES, 0), "other");
    assert_string_equal(domain_reason_word(-2, 0), "other");
}

static void possible_rows_have_no_contradiction(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(fixture_guests); i++)
        if (domain_contradiction(&fixture_guests[i]))
            fail_msg("%s: %s", fixture_guests[i].name, domain_contradiction(&fixture_guests[i]));
}

/* Compares all combinations of attributes with the rules. */
static void a_row_that_mixes_two_moments_has_a_contradiction(void **state)
{
    (void)state;
    for (int shape = 0; shape < 2 * 3 * 3 * (DOMAIN_STATES + 2); shape++) {
        struct domain domain = { .id = shape % 2 ? 4 : DOMAIN_ID_INACTIVE,
                                 .persistent = (enum tristate)(shape / 2 % 3),
                                 .autostart = (enum tristate)(shape / 6 % 3),
                                 .state = shape / 18 - 1 };
        bool active = shape % 2, transient = domain.persistent == TRISTATE_FALSE;
        bool runs = domain.state == DOMAIN_RUNNING || domain.state == DOMAIN_BLOCKED ||
                    domain.state == DOMAIN_PAUSED || domain.state == DOMAIN_PMSUSPENDED;
        bool wrong = (transient && !active) || (transient && domain.autostart == TRISTATE_TRUE) ||
                     (active && domain.state == DOMAIN_SHUTOFF) || (!active && runs);
        const char *why = domain_contradiction(&domain);

        if (wrong != (why != NULL))
            fail_msg("id %d, persistent %d, autostart %d, state %d: %s", domain.id, (int)domain.persistent,
                     (int)domain.autostart, domain.state, why ? why : "no contradiction");
        if (why)
            assert_true(strlen(why) > 0);
    }
}

/* An unknown attribute may be true or false. The answer is known if it is the same in all cases. */
static enum tristate starts_in_all_cases(const struct domain *domain)
{
    const enum tristate truths[] = { domain->persistent, domain->autostart, domain->autostart_once };
    bool may_start = false, may_not = false;

    for (int guess = 0; guess < 8; guess++) {
        bool is[3], possible = true;

        for (int i = 0; i < 3; i++) {
            is[i] = guess >> i & 1;
            possible = possible && (truths[i] == TRISTATE_UNKNOWN || is[i] == (truths[i] == TRISTATE_TRUE));
        }
        if (possible && is[0] && (is[1] || is[2]))
            may_start = true;
        else if (possible)
            may_not = true;
    }
    assert_true(may_start || may_not);
    return may_start && may_not ? TRISTATE_UNKNOWN : may_start ? TRISTATE_TRUE : TRISTATE_FALSE;
}

static void a_domain_starts_at_boot_if_it_is_persistent_and_marked_for_each_boot_or_the_next(void **state)
{
    (void)state;
    for (int shape = 0; shape < 3 * 3 * 3; shape++) {
        struct domain domain = { .id = DOMAIN_ID_INACTIVE,
                                 .persistent = (enum tristate)(shape % 3),
                                 .autostart = (enum tristate)(shape / 3 % 3),
                                 .autostart_once = (enum tristate)(shape / 9) };
        enum tristate wanted = starts_in_all_cases(&domain);

        if (domain_starts_at_boot(&domain) != wanted)
            fail_msg("persistent %d, autostart %d, once %d: %d, not %d", (int)domain.persistent,
                     (int)domain.autostart, (int)domain.autostart_once, (int)domain_starts_at_boot(&domain),
                     (int)wanted);
    }
}

static void domains_that_a_boot_would_start_or_not_start_again_are_found(void **state)
{
    static const struct {
        enum fixture_guest guest;
        enum tristate autostart_inactive, active_no_autostart;
    } rows[] = {
        { GUEST_RUNNING, TRISTATE_FALSE, TRISTATE_FALSE },
        { GUEST_PAUSED, TRISTATE_FALSE, TRISTATE_TRUE },
        { GUEST_TRANSIENT, TRISTATE_FALSE, TRISTATE_TRUE },
        { GUEST_UNTOLD, TRISTATE_FALSE, TRISTATE_UNKNOWN },
        { GUEST_BOOTS, TRISTATE_TRUE, TRISTATE_FALSE },
        { GUEST_BOOTS_ONCE, TRISTATE_TRUE, TRISTATE_FALSE },
        { GUEST_ONCE_UNTOLD, TRISTATE_UNKNOWN, TRISTATE_FALSE },
        { GUEST_SHUTOFF, TRISTATE_FALSE, TRISTATE_FALSE },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        const struct domain *domain = &fixture_guests[rows[i].guest];

        if (domain_autostart_inactive(domain) != rows[i].autostart_inactive)
            fail_msg("%s: autostart_inactive is %d", domain->name, (int)domain_autostart_inactive(domain));
        if (domain_active_no_autostart(domain) != rows[i].active_no_autostart)
            fail_msg("%s: active_no_autostart is %d", domain->name, (int)domain_active_no_autostart(domain));
    }
}

static void an_id_of_0_is_an_active_domain(void **state)
{
    struct domain domain = { .id = 0 };

    (void)state;
    assert_true(domain_active(&domain)); /* Xen's Domain-0 */
    domain.id = DOMAIN_ID_INACTIVE;
    assert_false(domain_active(&domain));
}

static void an_update_replaces_exactly_the_known_statistics(void **state)
{
    const struct domain_stats old = { .known = DOMAIN_STAT_END - 1,
                                      .cpu_time_ns = 1,
                                      .memory_kib = 2,
                                      .memory_maximum_kib = 3,
                                      .vcpus = 4,
                                      .vcpus_maximum = 5 };

    (void)state;
    for (uint32_t known = 0; known < DOMAIN_STAT_END; known++) {
        const struct domain_stats newer = { .known = known,
                                            .cpu_time_ns = 11,
                                            .memory_kib = 12,
                                            .memory_maximum_kib = 13,
                                            .vcpus = 14,
                                            .vcpus_maximum = 15 };
        struct domain_stats stats = old;

        domain_stats_update(&stats, &newer);
        assert_int_equal(stats.known, DOMAIN_STAT_END - 1);
        assert_int_equal(stats.cpu_time_ns, known & DOMAIN_STAT_CPU_TIME ? 11 : 1);
        assert_int_equal(stats.memory_kib, known & DOMAIN_STAT_MEMORY ? 12 : 2);
        assert_int_equal(stats.memory_maximum_kib, known & DOMAIN_STAT_MEMORY_MAXIMUM ? 13 : 3);
        assert_int_equal(stats.vcpus, known & DOMAIN_STAT_VCPUS ? 14 : 4);
        assert_int_equal(stats.vcpus_maximum, known & DOMAIN_STAT_VCPUS_MAXIMUM ? 15 : 5);
    }
}

static void an_active_domain_that_does_not_answer_is_found(void **state)
{
    struct domain domain = { .id = 3, .answers = TRISTATE_FALSE };

    (void)state;
    assert_int_equal(domain_not_answering(&domain), TRISTATE_TRUE);
    domain.answers = TRISTATE_TRUE;
    assert_int_equal(domain_not_answering(&domain), TRISTATE_FALSE);
    domain.answers = TRISTATE_UNKNOWN;
    assert_int_equal(domain_not_answering(&domain), TRISTATE_UNKNOWN);
    domain.id = DOMAIN_ID_INACTIVE;
    assert_int_equal(domain_not_answering(&domain), TRISTATE_FALSE);
}

static void seconds_of_control_never_wrap(void **state)
{
    struct domain domain = { .control_since_boot_ms = 1000 };

    (void)state;
    assert_int_equal(domain_control_seconds(&domain, DOMAIN_CONTROL_OCCUPIED, 4999), 3);
    assert_int_equal(domain_control_seconds(&domain, DOMAIN_CONTROL_OK, 4999), 0);
    assert_int_equal(domain_control_seconds(&domain, DOMAIN_CONTROL_ERROR, 0), 0);
    domain.control_since_boot_ms = INT64_MIN / 2; /* libvirt's clock was set */
    assert_int_equal(domain_control_seconds(&domain, DOMAIN_CONTROL_JOB, 0), UINT32_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(states_have_libvirts_numbers_and_words),
        cmocka_unit_test(reasons_have_virshs_words),
        cmocka_unit_test(unknown_numbers_are_other_and_an_unread_state_is_unknown),
        cmocka_unit_test(possible_rows_have_no_contradiction),
        cmocka_unit_test(a_row_that_mixes_two_moments_has_a_contradiction),
        cmocka_unit_test(a_domain_starts_at_boot_if_it_is_persistent_and_marked_for_each_boot_or_the_next),
        cmocka_unit_test(domains_that_a_boot_would_start_or_not_start_again_are_found),
        cmocka_unit_test(an_id_of_0_is_an_active_domain),
        cmocka_unit_test(an_active_domain_that_does_not_answer_is_found),
        cmocka_unit_test(seconds_of_control_never_wrap),
        cmocka_unit_test(an_update_replaces_exactly_the_known_statistics),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
