/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The agent's column tables against the facts of the MIB modules, and its state mapping against the facts of
 * libvirt's states. The facts come from files, so that the code is not compared with itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/mib/guestlist_mib.h"
#include "agent/mib/libvirt_mib.h"
#include "agent/mib/vm_mib.h"
#include "agent/mib/vm_state.h"
#include "agent/mib/vmware_mib.h"
#include "config.h"

enum { LINE_MAX_BYTES = 4096, FIELDS = 8 };
enum { MODULE, NAME, OID, KIND, SYNTAX, ACCESS };

static FILE *open_data(const char *name)
{
    const char *top = getenv("top_srcdir");
    char path[LINE_MAX_BYTES];
    FILE *file;

    (void)snprintf(path, sizeof(path), "%s/tests/data/%s", top ? top : ".", name);
    file = fopen(path, "r");
    if (!file)
        fail_msg("cannot open %s", path);
    return file;
}

/* Splits a line at its tabs. Missing fields are empty. */
static void split(char *line, char *fields[FIELDS])
{
    static char nothing[1];

    line[strcspn(line, "\n")] = '\0';
    for (int i = 0; i < FIELDS; i++)
        fields[i] = line ? strsep(&line, "\t") : nothing;
}

static void format_oid(const struct mib_table *table, mib_subid column, char *text, size_t size)
{
    size_t length = 0;

    for (size_t i = 0; i < table->base_length; i++)
        length += (size_t)snprintf(text + length, size - length, "%lu.", table->base[i]);
    (void)snprintf(text + length, size - length, "%lu", column);
}

/* The type on the wire of a syntax of the facts. */
static enum mib_type type_of(const char *syntax)
{
    static const struct {
        const char *syntax;
        enum mib_type type;
    } types[] = {
        { "SnmpAdminString", MIB_OCTETS },
        { "UUIDorZero", MIB_OCTETS },
        { "DateAndTime", MIB_OCTETS },
        { "OCTET STRING", MIB_OCTETS },
        { "DisplayString", MIB_OCTETS },
        { "OBJECT IDENTIFIER", MIB_OID },
        { "TimeTicks", MIB_TIMETICKS },
        { "Counter64", MIB_COUNTER64 },
        { "CounterBasedGauge64", MIB_COUNTER64 },
        { "Counter32", MIB_COUNTER32 },
        { "Gauge32", MIB_GAUGE32 },
        { "Unsigned32", MIB_GAUGE32 }, /* one tag on the wire */
        { "Integer32", MIB_INTEGER },
        { "INTEGER", MIB_INTEGER },
        { "TruthValue", MIB_INTEGER },
        { "RowStatus", MIB_INTEGER },
        { "GlTruth", MIB_INTEGER },
        { "VirtualMachine", MIB_INTEGER },
        { "InterfaceIndexOrZero", MIB_INTEGER },
        { "PhysAddress", MIB_OCTETS },
        { "IANAStorageMediaType", MIB_INTEGER },
    };

    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
        if (strncmp(syntax, types[i].syntax, strlen(types[i].syntax)) == 0)
            return types[i].type;
    fail_msg("no wire type is known for %s", syntax);
    return MIB_INTEGER;
}

static const struct mib_column *find(const struct mib *mib, const char *wanted)
{
    for (size_t t = 0; t < mib->count; t++)
        for (size_t c = 0; c < mib->tables[t]->column_count; c++) {
            char oid[256];

            format_oid(mib->tables[t], mib->tables[t]->columns[c].number, oid, sizeof(oid));
            if (strcmp(oid, wanted) == 0)
                return &mib->tables[t]->columns[c];
        }
    return NULL;
}

static size_t count_columns(const struct mib *mib)
{
    size_t count = 0;

    for (size_t t = 0; t < mib->count; t++)
        count += mib->tables[t]->column_count;
    return count;
}

static void check(const struct mib *mib, const char *facts, const char *root)
{
    FILE *file = open_data(facts);
    char line[LINE_MAX_BYTES], oid[256];
    size_t found = 0;

    while (fgets(line, sizeof(line), file)) {
        char *fields[FIELDS];
        const struct mib_column *column;

        split(line, fields);
        if (strncmp(fields[ACCESS], "read-", 5) != 0)
            continue;
        (void)snprintf(oid, sizeof(oid), "%s%s", strncmp(fields[OID], "ROOT", 4) == 0 ? root : "",
                       fields[OID] + (strncmp(fields[OID], "ROOT", 4) == 0 ? 4 : 0));
        column = find(mib, oid);
        if (!column) {
            fail_msg("%s (%s) is not served", fields[NAME], oid);
            break;
        }
        assert_string_equal(column->name, fields[NAME]);
        assert_int_equal(column->type, type_of(fields[SYNTAX]));
        found++;
    }
    (void)fclose(file);
    assert_int_equal(found, count_columns(mib));
}

static void vm_mib_serves_each_readable_object_and_no_other(void **state)
{
    (void)state;
    check(&vm_mib, "vm-mib-facts.tsv", "");
}

static void libvirt_mib_serves_each_readable_object_and_no_other(void **state)
{
    (void)state;
    check(&libvirt_mib, "libvirt-mib-facts.tsv", "");
}

static void vmware_mib_serves_the_columns_of_its_facts_and_no_other(void **state)
{
    (void)state;
    check(&vmware_mib, "vmware-vminfo-mib-facts.tsv", "");
}

static void guestlist_mib_serves_each_readable_object_and_no_other(void **state)
{
    (void)state;
    check(&guestlist_mib, "guestlist-mib-facts.tsv", GUESTLIST_ENTERPRISE_OID_STRING);
}

static void tables_are_in_the_order_of_their_oids(void **state)
{
    static const struct mib *const mibs[] = { &vm_mib, &libvirt_mib, &vmware_mib, &guestlist_mib };

    (void)state;
    for (size_t m = 0; m < sizeof(mibs) / sizeof(*mibs); m++) {
        mib_subid before[MIB_OID_MAX] = { 0 };
        size_t before_length = 1;

        for (size_t t = 0; t < mibs[m]->count; t++)
            for (size_t c = 0; c < mibs[m]->tables[t]->column_count; c++) {
                const struct mib_table *table = mibs[m]->tables[t];
                mib_subid oid[MIB_OID_MAX];

                memcpy(oid, table->base, table->base_length * sizeof(*oid));
                oid[table->base_length] = table->columns[c].number;
                assert_true(mib_compare(before, before_length, oid, table->base_length + 1) < 0);
                memcpy(before, oid, sizeof(oid));
                before_length = table->base_length + 1;
            }
    }
}

static int state_number(const char *name)
{
    static const char *const names[] = { "NOSTATE",  "RUNNING", "BLOCKED", "PAUSED",
                                         "SHUTDOWN", "SHUTOFF", "CRASHED", "PMSUSPENDED" };

    for (int i = 0; i < DOMAIN_STATES; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

static void each_state_and_reason_maps_as_the_facts_say(void **state)
{
    FILE *file = open_data("vm-states.tsv");
    char line[LINE_MAX_BYTES];
    int rows = 0;

    (void)state;
    while (fgets(line, sizeof(line), file)) {
        char *fields[FIELDS];
        struct domain domain = { .id = 1, .managed_save = TRISTATE_FALSE };

        split(line, fields);
        if (line[0] == '#')
            continue;
        domain.state = domain.last_state = state_number(fields[0]);
        domain.reason = domain.last_reason = atoi(fields[2]);
        domain.job = (enum domain_job)atoi(fields[5]);
        assert_true(domain.state >= 0);
        assert_int_equal(vm_state_oper(&domain), atoi(fields[3]));
        assert_int_equal(vm_state_admin(&domain), atoi(fields[4]));
        rows++;
    }
    (void)fclose(file);
    assert_int_equal(rows, 54);
}

static void a_domain_with_an_image_is_suspended_whatever_the_reason(void **state)
{
    (void)state;
    for (int reason = 0; reason < 12; reason++) {
        struct domain domain = { .id = DOMAIN_ID_INACTIVE,
                                 .state = DOMAIN_SHUTOFF,
                                 .last_state = DOMAIN_SHUTOFF,
                                 .reason = reason,
                                 .managed_save = TRISTATE_TRUE };

        assert_int_equal(vm_state_oper(&domain), VM_OPER_SUSPENDED);
        assert_int_equal(vm_state_admin(&domain), VM_ADMIN_SUSPENDED);
        domain.managed_save = TRISTATE_UNKNOWN;
        assert_int_not_equal(vm_state_oper(&domain), VM_OPER_SUSPENDED);
    }
}

static void starting_up_from_an_image_is_resuming(void **state)
{
    struct domain domain = { .id = 1, .state = DOMAIN_PAUSED, .reason = 11, .managed_save = TRISTATE_TRUE };

    (void)state;
    assert_int_equal(vm_state_oper(&domain), VM_OPER_RESUMING);
    domain.managed_save = TRISTATE_FALSE;
    assert_int_equal(vm_state_oper(&domain), VM_OPER_PREPARING);
}

/* A domain that was paused when it was saved has the same state after the restore, but no image. */
static void being_restored_from_an_image_is_resuming(void **state)
{
    struct domain domain = { .id = 1, .state = DOMAIN_PAUSED, .reason = 2, .managed_save = TRISTATE_TRUE };

    (void)state;
    assert_int_equal(vm_state_oper(&domain), VM_OPER_RESUMING);
    domain.managed_save = TRISTATE_FALSE;
    assert_int_equal(vm_state_oper(&domain), VM_OPER_PAUSED);
    domain.managed_save = TRISTATE_UNKNOWN;
    assert_int_equal(vm_state_oper(&domain), VM_OPER_PAUSED);
    domain.managed_save = TRISTATE_TRUE;
    domain.is_saved_now = true; /* it is being saved again */
    assert_int_equal(vm_state_oper(&domain), VM_OPER_SUSPENDING);
}

static void a_state_of_a_later_libvirt_is_other(void **state)
{
    struct domain domain = { .id = 1, .state = 8, .last_state = 8 };

    (void)state;
    assert_int_equal(vm_state_oper(&domain), VM_OPER_OTHER);
    assert_int_equal(vm_state_admin(&domain), VM_ADMIN_RUNNING);
    domain.id = DOMAIN_ID_INACTIVE;
    assert_int_equal(vm_state_admin(&domain), VM_ADMIN_SHUTDOWN);
}

static void an_unread_state_is_unknown_and_keeps_the_admin_state(void **state)
{
    struct domain domain = {
        .id = 1, .state = DOMAIN_STATE_UNREAD, .last_state = DOMAIN_PAUSED, .last_reason = 1
    };

    (void)state;
    assert_int_equal(vm_state_oper(&domain), VM_OPER_UNKNOWN);
    assert_int_equal(vm_state_admin(&domain), VM_ADMIN_PAUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vm_mib_serves_each_readable_object_and_no_other),
        cmocka_unit_test(libvirt_mib_serves_each_readable_object_and_no_other),
        cmocka_unit_test(vmware_mib_serves_the_columns_of_its_facts_and_no_other),
        cmocka_unit_test(guestlist_mib_serves_each_readable_object_and_no_other),
        cmocka_unit_test(tables_are_in_the_order_of_their_oids),
        cmocka_unit_test(each_state_and_reason_maps_as_the_facts_say),
        cmocka_unit_test(a_domain_with_an_image_is_suspended_whatever_the_reason),
        cmocka_unit_test(starting_up_from_an_image_is_resuming),
        cmocka_unit_test(being_restored_from_an_image_is_resuming),
        cmocka_unit_test(a_state_of_a_later_libvirt_is_other),
        cmocka_unit_test(an_unread_state_is_unknown_and_keeps_the_admin_state),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
