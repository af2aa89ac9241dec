/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/array.h"
#include "lib/libvirt/driver.h"
#include "lib/model/filter.h"

static int make(void **state)
{
    *state = driver_new();
    return *state ? 0 : -1;
}

static int drop(void **state)
{
    driver_unref(*state);
    return 0;
}

static void a_new_driver_has_no_limits(void **state)
{
    assert_false(driver_lacks(*state, DRIVER_NO_BULK_STATS));
    assert_false(driver_lacks(*state, DRIVER_NO_EVENTS));
    assert_int_equal(driver_rejected(*state), 0);
}

static void a_limit_is_learned_once(void **state)
{
    assert_true(driver_learn(*state, DRIVER_NO_NOWAIT));
    assert_false(driver_learn(*state, DRIVER_NO_NOWAIT));
    assert_true(driver_lacks(*state, DRIVER_NO_NOWAIT));
    assert_false(driver_lacks(*state, DRIVER_NO_STATS));
    assert_true(driver_learn(*state, DRIVER_NO_STATS));
}

static void all_references_share_what_is_learned(void **state)
{
    struct driver *other = driver_ref(*state);

    driver_reject(other, FILTER_WITH_CHECKPOINT);
    driver_reject(other, FILTER_WITH_SNAPSHOT);
    driver_unref(other);
    assert_int_equal(driver_rejected(*state), FILTER_WITH_CHECKPOINT | FILTER_WITH_SNAPSHOT);
}

static void limits_are_forgotten_with_another_version_of_libvirt(void **state)
{
    driver_set_version(*state, 9000000);
    (void)driver_learn(*state, DRIVER_NO_AUTOSTART_ONCE);
    driver_reject(*state, FILTER_WITH_CHECKPOINT);
    driver_set_version(*state, 9000000);
    driver_set_version(*state, 0); /* the version is not known */
    assert_true(driver_lacks(*state, DRIVER_NO_AUTOSTART_ONCE));
    driver_set_version(*state, 11003000);
    assert_false(driver_lacks(*state, DRIVER_NO_AUTOSTART_ONCE));
    assert_int_equal(driver_rejected(*state), 0);
}

/* Only QEMU's driver asks the domains' processes. With another driver, all domains would seem not to answer. */
static void only_qemu_has_a_statistic_of_the_process_itself(void **state)
{
    static const char *const others[] = { "LXC", "Xen", "Test", "VZ", "bhyve", "", "QEMUx", "qemu" };

    assert_null(driver_answer_statistic(*state));
    driver_set_type(*state, "QEMU");
    assert_string_equal(driver_answer_statistic(*state), "balloon.rss");
    for (size_t i = 0; i < ARRAY_COUNT(others); i++) {
        driver_set_type(*state, others[i]);
        assert_null(driver_answer_statistic(*state));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_new_driver_has_no_limits, make, drop),
        cmocka_unit_test_setup_teardown(a_limit_is_learned_once, make, drop),
        cmocka_unit_test_setup_teardown(all_references_share_what_is_learned, make, drop),
        cmocka_unit_test_setup_teardown(limits_are_forgotten_with_another_version_of_libvirt, make, drop),
        cmocka_unit_test_setup_teardown(only_qemu_has_a_statistic_of_the_process_itself, make, drop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
