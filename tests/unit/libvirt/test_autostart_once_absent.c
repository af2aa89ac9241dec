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
#include "tests/unit/libvirt/mock_libvirt.h"

static void without_the_function_no_domain_starts_once(void **state)
{
    struct mailbox *mailbox = mailbox_new();
    struct connection *connection = connection_new(MOCK_URI, CONNECTION_WATCH_NOTHING, mailbox, NULL);
    struct domain domain = fixture_domain(0, 1);
    struct snapshot *snapshot;

    (void)state;
    if (dlsym(RTLD_DEFAULT, "virDomainGetAutostartOnce"))
        skip();
    domain.persistent = TRISTATE_TRUE;
    snapshot = fixture_snapshot(&domain, 1);
    assert_true(mock_begin(1));
    assert_true(connection_open(connection));
    assert_true(autostart_once_is_unsupported(connection_driver(connection)));
    assert_null(autostart_once_read(connection));
    autostart_once_fill(NULL, connection_driver(connection), snapshot);
    assert_int_equal(snapshot->domains[0].autostart_once, TRISTATE_FALSE);
    snapshot_unref(snapshot);
    connection_free(connection);
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
