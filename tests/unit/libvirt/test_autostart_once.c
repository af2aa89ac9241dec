/* SPDX-License-Identifier: GPL-2.0-or-later */
/* This program defines virDomainGetAutostartOnce(), as libvirt does since 11.2, so that it is found at run time
 * with every libvirt. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libvirt/virterror.h>

#include "lib/libvirt/autostart_once.h"
#include "lib/libvirt/driver.h"
#include "tests/unit/fixtures.h"
#include "tests/unit/libvirt/connection_stage.h"
#include "tests/unit/libvirt/mock_libvirt.h"

enum { DOMAINS = 4 };

static struct driver *driver;
static unsigned asked;
static int answers[DOMAINS], code;

#if LIBVIR_VERSION_NUMBER < 11002000 /* later headers declare it */
int virDomainGetAutostartOnce(virDomainPtr domain, int *once);
#endif
int virDomainGetAutostartOnce(virDomainPtr domain, int *once)
{
    unsigned at = (unsigned)atoi(virDomainGetName(domain) + 1);

    asked++;
    if (code)
        return mock_fail(code);
    *once = answers[at];
    return 0;
}

static int begin(void **state)
{
    (void)state;
    asked = 0;
    code = 0;
    memset(answers, 0, sizeof(answers));
    if (!mock_begin(DOMAINS))
        return -1;
    if (!connection_stage_begin())
        return -1;
    driver = connection_driver(connection);
    return 0;
}

static int end(void **state)
{
    (void)state;
    connection_stage_end();
    return mock_end() ? 0 : -1;
}

static struct snapshot *list(void)
{
    struct domain domains[DOMAINS + 1];

    for (unsigned i = 0; i <= DOMAINS; i++) {
        domains[i] = fixture_domain(i, 1 + (int)i);
        domains[i].persistent = TRISTATE_TRUE;
    }
    return fixture_snapshot(domains, DOMAINS + 1); /* the last one was defined later */
}

static void each_persistent_domain_is_asked_once(void **state)
{
    struct autostart_once *once;
    struct snapshot *snapshot = list();

    (void)state;
    answers[2] = 1;
    assert_false(autostart_once_is_unsupported(driver));
    once = autostart_once_read(connection);
    assert_non_null(once);
    assert_int_equal(once->count, DOMAINS);
    assert_int_equal(asked, DOMAINS);
    autostart_once_fill(once, driver, snapshot);
    for (unsigned i = 0; i < DOMAINS; i++) {
        assert_int_equal(snapshot->domains[i].autostart_once, i == 2 ? TRISTATE_TRUE : TRISTATE_FALSE);
        assert_true(autostart_once_knows(once, &snapshot->domains[i]));
    }
    assert_int_equal(snapshot->domains[DOMAINS].autostart_once, TRISTATE_UNKNOWN);
    assert_false(autostart_once_knows(once, &snapshot->domains[DOMAINS]));
    snapshot_unref(snapshot);
    autostart_once_free(once);
}

static void before_the_first_answers_all_is_unknown(void **state)
{
    struct snapshot *snapshot = list();

    (void)state;
    autostart_once_fill(NULL, driver, snapshot);
    assert_int_equal(snapshot->domains[0].autostart_once, TRISTATE_UNKNOWN);
    assert_false(autostart_once_knows(NULL, &snapshot->domains[0]));
    snapshot_unref(snapshot);
}

static void a_transient_domain_need_not_be_asked(void **state)
{
    struct snapshot *snapshot = list();
    struct domain *domain = &snapshot->domains[0];

    (void)state;
    domain->persistent = TRISTATE_FALSE;
    autostart_once_fill(NULL, driver, snapshot);
    assert_int_equal(domain->autostart_once, TRISTATE_FALSE);
    assert_true(autostart_once_knows(NULL, domain));
    domain->persistent = TRISTATE_UNKNOWN;
    autostart_once_fill(NULL, driver, snapshot);
    assert_int_equal(domain->autostart_once, TRISTATE_UNKNOWN);
    assert_true(autostart_once_knows(NULL, domain)); /* it would never get an answer */
    snapshot_unref(snapshot);
}

static void transient_domains_are_not_asked(void **state)
{
    struct autostart_once *once;
    unsigned char uuid[UUID_BYTES];
    virDomainPtr domain;

    (void)state;
    fixture_uuid(0, uuid);
    domain = virDomainLookupByUUID(mock.conn, uuid);
    assert_non_null(domain);
    assert_int_equal(virDomainUndefine(domain), 0);
    (void)virDomainFree(domain);
    once = autostart_once_read(connection);
    assert_non_null(once);
    assert_int_equal(once->count, DOMAINS - 1);
    autostart_once_free(once);
}

static void a_driver_that_does_not_support_it_is_asked_once(void **state)
{
    struct snapshot *snapshot = list();

    (void)state;
    code = VIR_ERR_NO_SUPPORT;
    assert_null(autostart_once_read(connection));
    assert_int_equal(asked, 1);
    assert_true(autostart_once_is_unsupported(driver));
    assert_null(autostart_once_read(connection));
    assert_int_equal(asked, 1);
    autostart_once_fill(NULL, driver, snapshot);
    for (unsigned i = 0; i < snapshot->count; i++)
        assert_int_equal(snapshot->domains[i].autostart_once, TRISTATE_FALSE);
    snapshot_unref(snapshot);
}

static void a_domain_that_does_not_answer_is_unknown(void **state)
{
    struct autostart_once *once;

    (void)state;
    code = VIR_ERR_OPERATION_FAILED;
    once = autostart_once_read(connection);
    assert_non_null(once);
    assert_int_equal(asked, DOMAINS);
    assert_int_equal(once->rows[0].once, TRISTATE_UNKNOWN);
    assert_false(autostart_once_is_unsupported(driver));
    autostart_once_free(once);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_persistent_domain_is_asked_once, begin, end),
        cmocka_unit_test_setup_teardown(before_the_first_answers_all_is_unknown, begin, end),
        cmocka_unit_test_setup_teardown(a_transient_domain_need_not_be_asked, begin, end),
        cmocka_unit_test_setup_teardown(transient_domains_are_not_asked, begin, end),
        cmocka_unit_test_setup_teardown(a_driver_that_does_not_support_it_is_asked_once, begin, end),
        cmocka_unit_test_setup_teardown(a_domain_that_does_not_answer_is_unknown, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
