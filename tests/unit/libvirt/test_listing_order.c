/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the lists of one listing are merged. libvirt takes long to read a UUID from a handle, so rows are found by
 * their names as long as the lists have one order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/libvirt/connection.h"
#include "lib/libvirt/driver.h"
#include "lib/libvirt/listing.h"
#include "lib/libvirt/virt.h"
#include "tests/unit/libvirt/connection_stage.h"
#include "tests/unit/libvirt/mock_libvirt.h"

enum { DOMAINS = 40 };

static struct {
    bool reverse;   /* lists with a filter come in the reverse order */
    unsigned uuids; /* how many were read */
} fake;

int virDomainGetUUID(virDomainPtr domain, unsigned char *uuid)
{
    MOCK_REAL(virDomainGetUUID);

    fake.uuids++;
    return real(domain, uuid);
}

int virConnectListAllDomains(virConnectPtr conn, virDomainPtr **domains, unsigned flags)
{
    int count;
    MOCK_REAL(virConnectListAllDomains);

    count = real(conn, domains, flags);
    for (int i = 0; fake.reverse && flags && i < count / 2; i++) {
        virDomainPtr swapped = (*domains)[i];

        (*domains)[i] = (*domains)[count - 1 - i];
        (*domains)[count - 1 - i] = swapped;
    }
    return count;
}

static bool define(unsigned number)
{
    AUTO_DOMAIN virDomainPtr domain = NULL;
    char xml[300];

    (void)snprintf(xml, sizeof(xml),
                   "<domain type='test'><name>d%u</name><memory>1024</memory><os><type>hvm</type></os></domain>",
                   number);
    domain = virDomainDefineXML(mock.conn, xml);
    return domain && virDomainSetAutostart(domain, number % 3 == 0) == 0;
}

static int begin(void **state)
{
    (void)state;
    if (!mock_begin(0))
        return -1;
    for (unsigned i = 0; i < DOMAINS; i++)
        if (!define(i))
            return -1;
    fake.reverse = false;
    return connection_stage_begin() ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    connection_stage_end();
    return mock_end() ? 0 : -1;
}

/* Exactly each third domain starts at boot. */
static void assert_listing_is_right(void)
{
    char why[256] = "";
    struct snapshot *snapshot = listing_take(connection, 0, mailbox, why, sizeof(why));

    assert_string_equal(why, "");
    assert_int_equal(snapshot->count, DOMAINS);
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct domain *domain = &snapshot->domains[i];

        assert_int_equal(domain->autostart, tristate_of(strtoul(domain->name + 1, NULL, 10) % 3 == 0));
        assert_int_equal(domain->persistent, TRISTATE_TRUE);
        assert_int_equal(domain->state, DOMAIN_SHUTOFF);
    }
    snapshot_unref(snapshot);
}

static void each_uuid_is_read_once_if_the_lists_have_one_order(void **state)
{
    (void)state;
    assert_listing_is_right(); /* learns the driver's limits */
    if (driver_lacks(connection_driver(connection), DRIVER_NO_BULK_STATS))
        skip();
    fake.uuids = 0;
    assert_listing_is_right();
    assert_int_equal(fake.uuids, DOMAINS);
}

static void lists_in_another_order_are_merged_by_uuid(void **state)
{
    (void)state;
    fake.reverse = true;
    assert_listing_is_right();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_uuid_is_read_once_if_the_lists_have_one_order, begin, end),
        cmocka_unit_test_setup_teardown(lists_in_another_order_are_merged_by_uuid, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
