/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How often domains are asked whether they start only at the next boot. This program exports
 * virDomainGetAutostartOnce(), as libvirt does since 11.2. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/clock.h"
#include "lib/collect/facts.h"
#include "lib/collect/inherit.h"
#include "tests/unit/collect/facts_stage.h"

enum { MINUTE_MS = 60 * 1000, GAP_MS = 5 * 1000 };

static struct gate asking = GATE_INIT;

#if LIBVIR_VERSION_NUMBER < 11002000 /* later headers declare it */
int virDomainGetAutostartOnce(virDomainPtr domain, int *once);
#endif
int virDomainGetAutostartOnce(virDomainPtr domain, int *once)
{
    gate_pass(&asking);
    *once = virDomainGetName(domain)[1] == '1';
    return 0;
}

static int begin(void **state)
{
    (void)state;
    gate_reset(&asking);
    return stage_begin(true);
}

static int end(void **state)
{
    (void)state;
    gate_open(&asking);
    return stage_end();
}

/* Lists the first `count` domains. DOMAINS + 1 means that one more was defined just now. */
static void list_of(unsigned count, enum tristate persistent)
{
    struct domain domains[DOMAINS + 1];
    struct mail mail = { .count = 0 };

    for (unsigned i = 0; i < count; i++) {
        domains[i] = fixture_domain(i, 1);
        domains[i].persistent = i < DOMAINS ? TRISTATE_TRUE : persistent;
    }
    publish_listing(domains, count, &mail);
}

static void list(void)
{
    list_of(DOMAINS, TRISTATE_TRUE);
}

/* Waits for the end of that many passes, and takes their results. */
static void await_passes(unsigned passes)
{
    EVENTUALLY(gate_calls(&asking) == passes * DOMAINS && facts_due(facts) == 0);
    publish(facts_renew(facts, published));
}

/* Lists several times, and checks that no pass begins. The calls of a pass would be counted soon. */
static void assert_no_pass(unsigned count, enum tristate persistent)
{
    unsigned before = gate_calls(&asking);

    FOR_A_WHILE
    list_of(count, persistent);
    assert_int_equal(gate_calls(&asking), before);
}

static void autostart_once_is_read_at_the_start_and_then_each_minute(void **state)
{
    (void)state;
    list();
    assert_int_equal(published->domains[1].autostart_once, TRISTATE_UNKNOWN);
    await_passes(1);
    assert_int_equal(published->domains[0].autostart_once, TRISTATE_FALSE);
    assert_int_equal(published->domains[1].autostart_once, TRISTATE_TRUE);
    assert_no_pass(DOMAINS, TRISTATE_TRUE);
    standin_advance_clock(MINUTE_MS / 2);
    assert_no_pass(DOMAINS, TRISTATE_TRUE);
    standin_advance_clock(MINUTE_MS);
    list();
    await_passes(2);
}

static void a_slow_pass_makes_the_pause_longer(void **state)
{
    (void)state;
    gate_close(&asking, UINT_MAX);
    list();
    EVENTUALLY(gate_inside(&asking) == 1);
    standin_advance_clock(10 * 1000);
    assert_no_pass(DOMAINS, TRISTATE_TRUE); /* one at a time */
    gate_open(&asking);
    await_passes(1);
    standin_advance_clock(5 * MINUTE_MS);
    assert_no_pass(DOMAINS + 1, TRISTATE_TRUE); /* not even for a new domain */
    standin_advance_clock(5 * MINUTE_MS);
    list_of(DOMAINS + 1, TRISTATE_TRUE);
    await_passes(2);
}

static void a_new_domain_is_read_at_once_but_not_too_often(void **state)
{
    (void)state;
    list();
    await_passes(1);
    standin_advance_clock(GAP_MS);
    list_of(DOMAINS + 1, TRISTATE_TRUE);
    await_passes(2);
    assert_no_pass(DOMAINS + 1, TRISTATE_TRUE);
    standin_advance_clock(GAP_MS);
    list_of(DOMAINS + 1, TRISTATE_TRUE);
    await_passes(3);
}

static void a_domain_that_may_be_transient_causes_no_reading(void **state)
{
    (void)state;
    list();
    await_passes(1);
    standin_advance_clock(GAP_MS);
    assert_no_pass(DOMAINS + 1, TRISTATE_FALSE);
    assert_no_pass(DOMAINS + 1, TRISTATE_UNKNOWN);
    assert_int_equal(published->domains[DOMAINS].autostart_once, TRISTATE_UNKNOWN);
}

static void autostart_once_is_read_again_after_a_reconnect(void **state)
{
    (void)state;
    list();
    await_passes(1);
    facts_connected(facts);
    standin_advance_clock(GAP_MS);
    list();
    await_passes(2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(autostart_once_is_read_at_the_start_and_then_each_minute, begin, end),
        cmocka_unit_test_setup_teardown(a_slow_pass_makes_the_pause_longer, begin, end),
        cmocka_unit_test_setup_teardown(a_new_domain_is_read_at_once_but_not_too_often, begin, end),
        cmocka_unit_test_setup_teardown(a_domain_that_may_be_transient_causes_no_reading, begin, end),
        cmocka_unit_test_setup_teardown(autostart_once_is_read_again_after_a_reconnect, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
