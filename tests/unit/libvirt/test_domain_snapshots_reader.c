/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The snapshots of domains of libvirt's test driver. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <libvirt/virterror.h>

#include "lib/base/array.h"
#include "lib/base/clock.h"
#include "lib/libvirt/domain_snapshots_reader.h"
#include "tests/unit/between.h"
#include "tests/unit/fixtures.h"
#include "tests/unit/libvirt/connection_stage.h"
#include "tests/unit/libvirt/mock_libvirt.h"

enum { DOMAINS = 2 };

static const char failing[] = "1700000100"; /* reading this one fails, if there is an error */
static int xml_error;
static unsigned xml_calls;

/* A snapshot whose name is a number was made at that time. */
char *virDomainSnapshotGetXMLDesc(virDomainSnapshotPtr snapshot, unsigned flags)
{
    const char *name = virDomainSnapshotGetName(snapshot);
    char *xml = NULL;
    MOCK_REAL(virDomainSnapshotGetXMLDesc);

    xml_calls++;
    if (xml_error && strcmp(name, failing) == 0)
        (void)mock_fail(xml_error);
    else if (name[strspn(name, "0123456789")])
        return real(snapshot, flags);
    else if (asprintf(&xml, "<domainsnapshot><creationTime>%s</creationTime></domainsnapshot>", name) < 0)
        abort();
    return xml;
}

static int begin(void **state)
{
    (void)state;
    if (!mock_begin(DOMAINS))
        return -1;
    xml_error = 0;
    xml_calls = 0;
    return connection_stage_begin() ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    connection_stage_end();
    return mock_end() ? 0 : -1;
}

static void make(unsigned at, const char *name)
{
    unsigned char uuid[UUID_BYTES];
    virDomainPtr domain;
    virDomainSnapshotPtr snapshot;
    char xml[128];

    fixture_uuid(at, uuid);
    domain = virDomainLookupByUUID(mock.conn, uuid);
    assert_non_null(domain);
    (void)snprintf(xml, sizeof(xml), "<domainsnapshot><name>%s</name></domainsnapshot>", name);
    snapshot = virDomainSnapshotCreateXML(domain, xml, 0);
    assert_non_null(snapshot);
    (void)virDomainSnapshotFree(snapshot);
    (void)virDomainFree(domain);
}

static struct domain_snapshots *read_snapshots(unsigned at)
{
    unsigned char uuid[UUID_BYTES];

    fixture_uuid(at, uuid);
    return domain_snapshots_reader_read(connection, uuid);
}

static void assert_snapshots(unsigned at, uint32_t count, int64_t newest_real_s, int64_t oldest_real_s)
{
    struct domain_snapshots *snapshots = read_snapshots(at);

    assert_non_null(snapshots);
    assert_int_equal(snapshots->count, count);
    assert_int_equal(snapshots->newest_real_s, newest_real_s);
    assert_int_equal(snapshots->oldest_real_s, oldest_real_s);
    domain_snapshots_unref(snapshots);
}

static void they_are_counted_and_have_the_times_of_their_xml(void **state)
{
    (void)state;
    make(0, "1700000200");
    make(0, failing);
    make(0, "1700000300");
    assert_snapshots(0, 3, 1700000300, 1700000100);
    assert_int_equal(xml_calls, 3);
    assert_snapshots(1, 0, DOMAIN_SNAPSHOTS_NO_TIME, DOMAIN_SNAPSHOTS_NO_TIME);
    assert_int_equal(xml_calls, 3);
}

static void a_real_snapshot_has_the_time_of_now(void **state)
{
    int64_t before_s = clock_real_ms() / 1000, began_boot_ms = clock_boot_ms();
    struct domain_snapshots *snapshots;

    (void)state;
    make(1, "real");
    snapshots = read_snapshots(1);
    assert_non_null(snapshots);
    assert_between((size_t)snapshots->newest_real_s, (size_t)before_s, (size_t)(clock_real_ms() / 1000));
    assert_true(snapshots->read_boot_ms >= began_boot_ms && snapshots->read_boot_ms <= clock_boot_ms());
    domain_snapshots_unref(snapshots);
}

static void one_that_was_deleted_meanwhile_is_not_counted(void **state)
{
    (void)state;
    make(0, "1700000200");
    make(0, failing);
    xml_error = VIR_ERR_NO_DOMAIN_SNAPSHOT;
    assert_snapshots(0, 1, 1700000200, 1700000200);
}

static void if_one_cannot_be_read_all_are_unknown(void **state)
{
    (void)state;
    make(0, "1700000200");
    make(0, failing);
    xml_error = VIR_ERR_INTERNAL_ERROR;
    assert_null(read_snapshots(0));
}

static void those_of_a_domain_that_is_gone_are_unknown(void **state)
{
    (void)state;
    assert_null(read_snapshots(200));
}

static void the_time_is_that_of_the_snapshot_itself(void **state)
{
    static const struct {
        const char *xml;
        int64_t made_real_s;
    } snapshots[] = {
        { "<domainsnapshot><name>a</name><creationTime>1700000000</creationTime></domainsnapshot>", 1700000000 },
        { "<domainsnapshot>\n  <parent><creationTime>5</creationTime></parent>\n"
          "  <creationTime>1700000000</creationTime>\n  <domain><creationTime>6</creationTime></domain>"
          "</domainsnapshot>",
          1700000000 },
        { "<domainsnapshot><domain><metadata><creationTime>5</creationTime></metadata></domain></domainsnapshot>",
          DOMAIN_SNAPSHOTS_NO_TIME },
        { "<domainsnapshot><creationTime/></domainsnapshot>", DOMAIN_SNAPSHOTS_NO_TIME },
        { "<domainsnapshot><creationTime>0</creationTime></domainsnapshot>", DOMAIN_SNAPSHOTS_NO_TIME },
        { "<domainsnapshot><creationTime>-1</creationTime></domainsnapshot>", DOMAIN_SNAPSHOTS_NO_TIME },
        { "<domainsnapshot><creationTime>253402300800</creationTime></domainsnapshot>", DOMAIN_SNAPSHOTS_NO_TIME },
        { "<domainsnapshot><creationTime>soon</creationTime></domainsnapshot>", DOMAIN_SNAPSHOTS_NO_TIME },
        { "<domainsnapshot><creationTime>17", DOMAIN_SNAPSHOTS_NO_TIME },
        { "<!DOCTYPE d [<!ENTITY e '5'>]><domainsnapshot><creationTime>&e;</creationTime></domainsnapshot>",
          DOMAIN_SNAPSHOTS_NO_TIME },
        { "<creationTime>1700000000</creationTime>", DOMAIN_SNAPSHOTS_NO_TIME },
        { "<domainsnapshot/>", DOMAIN_SNAPSHOTS_NO_TIME },
        { "not XML", DOMAIN_SNAPSHOTS_NO_TIME },
        { "", DOMAIN_SNAPSHOTS_NO_TIME },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(snapshots); i++) {
        int64_t made_real_s = domain_snapshots_reader_time(snapshots[i].xml);

        if (made_real_s != snapshots[i].made_real_s)
            fail_msg("%lld of %s", (long long)made_real_s, snapshots[i].xml);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(they_are_counted_and_have_the_times_of_their_xml, begin, end),
        cmocka_unit_test_setup_teardown(a_real_snapshot_has_the_time_of_now, begin, end),
        cmocka_unit_test_setup_teardown(one_that_was_deleted_meanwhile_is_not_counted, begin, end),
        cmocka_unit_test_setup_teardown(if_one_cannot_be_read_all_are_unknown, begin, end),
        cmocka_unit_test_setup_teardown(those_of_a_domain_that_is_gone_are_unknown, begin, end),
        cmocka_unit_test(the_time_is_that_of_the_snapshot_itself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
