/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A listing that fails says the true reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libvirt/virterror.h>

#include "lib/libvirt/connection.h"
#include "lib/libvirt/listing.h"
#include "lib/model/filter.h"
#include "tests/unit/libvirt/mock_libvirt.h"
#include "tests/unit/scarce_memory.h"

static struct {
    int list_code;        /* each list of domains fails with it; 0: none does */
    int attribute_code;   /* the list of domains with autostart fails with it */
    int active, inactive; /* how many domains the hypervisor counts */
    bool names_are_last;  /* no name can be kept */
    bool is_listed;       /* all lists of domains are read */
} fake;

static char why[1024];

int virConnectListAllDomains(virConnectPtr conn, virDomainPtr **domains, unsigned flags)
{
    MOCK_REAL(virConnectListAllDomains);

    fake.is_listed = flags == FILTER_WITH_CHECKPOINT;
    if (fake.list_code)
        return mock_fail(fake.list_code);
    if (fake.attribute_code && flags == FILTER_AUTOSTART)
        return mock_fail(fake.attribute_code);
    return real(conn, domains, flags);
}

int virConnectNumOfDomains(virConnectPtr conn)
{
    (void)conn;
    return fake.active;
}

int virConnectNumOfDefinedDomains(virConnectPtr conn)
{
    (void)conn;
    return fake.inactive;
}

const char *virDomainGetName(virDomainPtr domain)
{
    const char *name;
    MOCK_REAL(virDomainGetName);

    name = real(domain);
    if (fake.names_are_last && fake.is_listed)
        scarce_memory_after(0, 1); /* libvirt's library would abort if it had none */
    return name;
}

static void list_in_vain(void)
{
    struct mailbox *mailbox = mailbox_new();
    struct connection *connection = connection_new(MOCK_URI, CONNECTION_WATCH_NOTHING, mailbox, NULL);
    struct snapshot *snapshot;

    assert_true(connection_open(connection));
    snapshot = listing_take(connection, 0, mailbox, why, sizeof(why));
    scarce_memory_after(0, 0);
    assert_null(snapshot);
    connection_free(connection);
    mailbox_unref(mailbox);
}

static void assert_says(const char *wanted, const char *unwanted)
{
    if (!strstr(why, wanted) || strstr(why, unwanted))
        fail_msg("\"%s\" instead of \"%s\"", why, wanted);
}

/* A reply that cannot be read has the same error code as one that is too long. */
static void a_garbled_reply_is_not_taken_for_too_many_domains(void **state)
{
    static const int counts[][2] = { { 3, 4 }, { 16384, 0 }, { -1, 20000 }, { 20000, -1 } };

    (void)state;
    for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
        fake.list_code = VIR_ERR_RPC;
        fake.active = counts[i][0];
        fake.inactive = counts[i][1];
        list_in_vain();
        assert_says("listing failed", "more domains");
    }
}

static void too_many_domains_are_reported(void **state)
{
    (void)state;
    fake.list_code = VIR_ERR_RPC;
    fake.active = 16000;
    fake.inactive = 385;
    list_in_vain();
    assert_says("more domains than one libvirt call lists", "listing failed");
}

/* The attribute that could not be read before is not the reason. */
static void no_memory_for_the_names_is_the_reason(void **state)
{
    (void)state;
    if (!scarce_memory_works())
        skip();
    fake.attribute_code = VIR_ERR_OPERATION_FAILED;
    fake.names_are_last = true;
    list_in_vain();
    assert_says("out of memory", "failed");
}

static int begin(void **state)
{
    (void)state;
    memset(&fake, 0, sizeof(fake));
    return mock_begin(3) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    memset(&fake, 0, sizeof(fake));
    return mock_end() ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_garbled_reply_is_not_taken_for_too_many_domains, begin, end),
        cmocka_unit_test_setup_teardown(too_many_domains_are_reported, begin, end),
        cmocka_unit_test_setup_teardown(no_memory_for_the_names_is_the_reason, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
