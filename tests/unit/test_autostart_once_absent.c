/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libvirt before 11.2 has no virDomainGetAutostartOnce(). */
#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/libvirt/autostart_once.h"
#include "lib/libvirt/driver.h"
#include "tests/unit/fixtures.h"
#include "tests/unit/mock_libvirt.h"

static void without_the_function_no_domain_starts_once(void **state)
{
    struct mailbox *mailbox = mailbox_new();
    struct hypervisor *hypervisor = hypervisor_new(MOCK_URI, HYPERVISOR_WATCH_NOTHING, mailbox, NULL);
    struct domain domain = fixture_domain(0, 1);
    struct snapshot *snapshot;

    (void)state;
    if (dlsym(RTLD_DEFAULT, "virDomainGetAutostartOnce"))
        skip();
    domain.persistent = TRISTATE_TRUE;
    snapshot = fixture_snapshot(&domain, 1);
    assert_true(mock_begin(1));
    assert_true(hypervisor_connect(hypervisor));
    assert_true(autostart_once_is_unsupported(hypervisor_driver(hypervisor)));
    assert_null(autostart_once_read(hypervisor));
    autostart_once_fill(NULL, hypervisor_driver(hypervisor), snapshot);
    assert_int_equal(snapshot->domains[0].autostart_once, TRISTATE_FALSE);
    snapshot_unref(snapshot);
    hypervisor_free(hypervisor);
    mailbox_unref(mailbox);
    assert_true(mock_end());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_the_function_no_domain_starts_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
