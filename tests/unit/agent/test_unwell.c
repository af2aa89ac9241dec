/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which guests need a look, and the words that say why. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/unwell.h"
#include "lib/base/array.h"
#include "tests/unit/fixtures.h"

#define ENDS      "it does not start at the next boot of the host"
#define OFF       "it starts at boot, but is off"
#define NOT_KNOWN "it is not known whether it starts at boot"

/* `wanted` empty: the guest needs no look. */
static void assert_unwell(const struct domain *domain, const char *wanted)
{
    char text[UNWELL_TEXT_MAX];
    bool is_unwell = unwell_describe(domain, text);

    if (strcmp(text, wanted) != 0)
        fail_msg("%s, %s (%s): \"%s\", not \"%s\"", domain->name, domain_state_word(domain->state),
                 domain_reason_word(domain->state, domain->reason), text, wanted);
    assert_int_equal(is_unwell, *wanted != '\0');
}

static void each_kind_of_guest_has_its_reason(void **state)
{
    static const char *const wanted[GUEST_HOSTILE_NAME] = {
        [GUEST_NOSTATE] = "libvirt does not know its state; " ENDS,
        [GUEST_RUNNING] = "",
        [GUEST_BLOCKED] = ENDS,
        [GUEST_PAUSED] = ENDS,
        [GUEST_SHUTDOWN] = ENDS,
        [GUEST_SHUTOFF] = "",
        [GUEST_CRASHED] = "it crashed; " ENDS,
        [GUEST_PMSUSPENDED] = "it sleeps; " ENDS,
        [GUEST_TRANSIENT] = "it is transient, so the next boot of the host ends it",
        [GUEST_CRASHED_OFF] = "it crashed",
        [GUEST_SAVED] = "",
        [GUEST_BOOTS] = OFF,
        [GUEST_SNAPSHOT] = ENDS,
        [GUEST_UNTOLD] = NOT_KNOWN,
        [GUEST_UNREAD] = "its state could not be read; " ENDS,
        [GUEST_LATER] = "this version of guestlistd does not know its state; " ENDS,
        [GUEST_HUNG] = ENDS,
        [GUEST_BOOTS_ONCE] = OFF,
        [GUEST_ONCE_UNTOLD] = NOT_KNOWN,
    };

    (void)state;
    for (size_t i = 0; i < GUEST_HOSTILE_NAME; i++)
        assert_unwell(&fixture_guests[i], wanted[i]);
}

/* The guest starts at boot and is active or not, so that only its state and its reason decide. */
static void assert_state(bool is_active, int number, int reason, const char *wanted)
{
    struct domain domain = fixture_guests[is_active ? GUEST_RUNNING : GUEST_BOOTS];

    domain.state = number;
    domain.reason = reason;
    assert_unwell(&domain, wanted);
}

static void a_pause_needs_a_look_unless_it_is_part_of_an_operation(void **state)
{
    static const char *const wanted[] = {
        "it is paused, and libvirt does not know why",
        "it starts at boot, but is paused", /* user */
        "",                                 /* migrating */
        "",                                 /* saving */
        "",                                 /* dumping */
        "an I/O error paused it",
        "its watchdog paused it",
        "it starts at boot, but is paused", /* from snapshot */
        "",                                 /* shutting down */
        "",                                 /* creating snapshot */
        "it crashed",
        "", /* starting up */
        "", /* post-copy */
        "its post-copy migration failed",
        "it is paused, because libvirt could not resume it",
        "it is paused for a reason that this version of guestlistd does not know",
    };

    (void)state;
    for (size_t reason = 0; reason < ARRAY_COUNT(wanted); reason++)
        assert_state(true, DOMAIN_PAUSED, (int)reason, wanted[reason]);
}

static void a_guest_that_somebody_paused_needs_a_look_only_if_it_should_run(void **state)
{
    struct domain domain = fixture_guests[GUEST_PAUSED];

    (void)state;
    domain.autostart = TRISTATE_TRUE;
    assert_unwell(&domain, "it starts at boot, but is paused");
    domain.autostart = TRISTATE_FALSE;
    assert_unwell(&domain, ENDS);
}

static void a_guest_that_runs_is_well_unless_its_migration_failed(void **state)
{
    (void)state;
    for (int reason = 0; reason < 20; reason++)
        assert_state(true, DOMAIN_RUNNING, reason, reason == 11 ? "its post-copy migration failed" : "");
}

static void a_guest_that_is_off_says_how_it_came_to_be_off(void **state)
{
    static const struct {
        int reason;
        const char *wanted;
    } rows[] = {
        { 0, OFF },
        { 1, OFF },
        { 2, OFF },
        { 3, "it crashed; " OFF },
        { 4, "it migrated away, but still starts at boot here" },
        { 5, OFF },
        { 6, "it failed to start; " OFF },
        { 7, OFF },
        { 8, "libvirt's daemon stopped it; " OFF },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        assert_state(false, DOMAIN_SHUTOFF, rows[i].reason, rows[i].wanted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_guest_has_its_reason),
        cmocka_unit_test(a_pause_needs_a_look_unless_it_is_part_of_an_operation),
        cmocka_unit_test(a_guest_that_somebody_paused_needs_a_look_only_if_it_should_run),
        cmocka_unit_test(a_guest_that_runs_is_well_unless_its_migration_failed),
        cmocka_unit_test(a_guest_that_is_off_says_how_it_came_to_be_off),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
