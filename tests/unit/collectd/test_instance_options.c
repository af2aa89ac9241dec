/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "collectd-plugin/instance_options.h"
#include "lib/model/filter.h"

#define SET(options, key, ...)                                                                                    \
    instance_options_set(options, key, (const char *const[]){ __VA_ARGS__ },                                      \
                         sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *), why)

static char why[INSTANCE_OPTIONS_WHY_MAX];

static int set_up(void **state)
{
    *state = instance_options_new("local");
    return *state == NULL;
}

static int tear_down(void **state)
{
    instance_options_free(*state);
    return 0;
}

static void defaults_are_the_documented_ones(void **state)
{
    const struct instance_options *options = *state;

    assert_string_equal(options->name, "local");
    assert_null(options->connection);
    assert_int_equal(options->filter, 0);
    assert_int_equal(options->selection.count, 0);
    assert_false(options->selection.ignore);
    assert_true(options->host.count == 1 && options->host.fields[0] == NAMING_HOSTNAME);
    assert_true(options->instance.count == 1 && options->instance.fields[0] == NAMING_NAME);
    assert_null(options->metadata_namespace);
    assert_string_equal(options->metadata_xpath, "/instance/name/text()");
    assert_true(options->report_domains);
    assert_true(options->report_totals);
    assert_false(options->notifications);
}

static void each_option_sets_its_member(void **state)
{
    struct instance_options *options = *state;

    assert_int_equal(SET(options, "Connection", "qemu:///system"), INSTANCE_OPTIONS_TAKEN);
    assert_int_equal(SET(options, "connection", "test:///default"), INSTANCE_OPTIONS_TAKEN);
    assert_string_equal(options->connection, "test:///default");
    assert_int_equal(SET(options, "Filter", "active", "autostart"), INSTANCE_OPTIONS_TAKEN);
    assert_int_equal(options->filter, FILTER_ACTIVE | FILTER_AUTOSTART);
    assert_int_equal(SET(options, "FILTER", "inactive, persistent"), INSTANCE_OPTIONS_TAKEN);
    assert_int_equal(options->filter, FILTER_INACTIVE | FILTER_PERSISTENT);
    assert_int_equal(SET(options, "Domain", "web01"), INSTANCE_OPTIONS_TAKEN);
    assert_int_equal(SET(options, "Domain", "/db/"), INSTANCE_OPTIONS_TAKEN);
    assert_int_equal(options->selection.count, 2);
    assert_int_equal(SET(options, "IgnoreSelected", "true"), INSTANCE_OPTIONS_TAKEN);
    assert_true(options->selection.ignore);
    assert_int_equal(SET(options, "HostnameFormat", "name", "uuid"), INSTANCE_OPTIONS_TAKEN);
    assert_true(options->host.count == 2 && options->host.fields[1] == NAMING_UUID);
    assert_int_equal(SET(options, "PluginInstanceFormat", "none"), INSTANCE_OPTIONS_TAKEN);
    assert_int_equal(options->instance.count, 0);
    assert_int_equal(SET(options, "HostnameMetadataNS", "urn:x"), INSTANCE_OPTIONS_TAKEN);
    assert_string_equal(options->metadata_namespace, "urn:x");
    assert_int_equal(SET(options, "HostnameMetadataXPath", "/a"), INSTANCE_OPTIONS_TAKEN);
    assert_string_equal(options->metadata_xpath, "/a");
    assert_int_equal(SET(options, "ReportDomains", "no"), INSTANCE_OPTIONS_TAKEN);
    assert_false(options->report_domains);
    assert_int_equal(SET(options, "ReportTotals", "Off"), INSTANCE_OPTIONS_TAKEN);
    assert_false(options->report_totals);
    assert_int_equal(SET(options, "Notifications", "yes"), INSTANCE_OPTIONS_TAKEN);
    assert_true(options->notifications);
}

static void assert_not_taken(enum instance_options_result outcome, enum instance_options_result wanted,
                             const char *words)
{
    assert_int_equal(outcome, wanted);
    if (!strstr(why, words))
        fail_msg("\"%s\" does not say \"%s\"", why, words);
}

static void a_wrong_option_is_ignored_with_a_reason(void **state)
{
    struct instance_options *options = *state;

    assert_not_taken(SET(options, "Nonsense", "1"), INSTANCE_OPTIONS_IGNORED,
                     "expected one of: Connection Filter Domain");
    assert_not_taken(SET(options, "Nonsense", "1"), INSTANCE_OPTIONS_IGNORED, "Notifications");
    assert_not_taken(SET(options, "Notifications", "perhaps"), INSTANCE_OPTIONS_IGNORED, "neither true nor false");
    assert_not_taken(SET(options, "Domain", "/(/"), INSTANCE_OPTIONS_IGNORED, "not a regular expression");
    assert_not_taken(SET(options, "Domain", "a", "b"), INSTANCE_OPTIONS_IGNORED, "2 values; expected one");
    assert_not_taken(instance_options_set(options, "Domain", NULL, 0, why), INSTANCE_OPTIONS_IGNORED,
                     "0 values; expected one");
    assert_not_taken(SET(options, "HostnameFormat", "none"), INSTANCE_OPTIONS_IGNORED,
                     "expected each at most once");
    assert_false(options->notifications);
    assert_int_equal(options->selection.count, 0);
    assert_int_equal(options->host.count, 1);
}

static void statistics_have_the_options_of_virt(void **state)
{
    struct instance_options *options = *state;

    assert_int_equal(options->stats.groups, 0);
    assert_int_equal(SET(options, "Statistics", "cpu", "disk"), INSTANCE_OPTIONS_TAKEN);
    assert_int_equal(options->stats.groups, STATS_GROUP_CPU | STATS_GROUP_DISK);
    assert_int_equal(SET(options, "BlockDeviceFormat", "Source"), INSTANCE_OPTIONS_TAKEN);
    assert_true(options->stats.disk_by_source);
    assert_int_equal(SET(options, "BlockDeviceFormat", "target"), INSTANCE_OPTIONS_TAKEN);
    assert_false(options->stats.disk_by_source);
    assert_int_equal(SET(options, "BlockDeviceFormatBasename", "true"), INSTANCE_OPTIONS_TAKEN);
    assert_true(options->stats.disk_by_basename);
    assert_int_equal(SET(options, "InterfaceFormat", "address"), INSTANCE_OPTIONS_TAKEN);
    assert_int_equal(options->stats.interface_format, STATS_INTERFACE_ADDRESS);
    assert_int_equal(SET(options, "BlockDevice", "/:hdb/"), INSTANCE_OPTIONS_TAKEN);
    assert_int_equal(SET(options, "InterfaceDevice", "web:vnet0"), INSTANCE_OPTIONS_TAKEN);
    assert_int_equal(options->stats.disks.count, 1);
    assert_int_equal(options->stats.interfaces.count, 1);
    assert_int_equal(SET(options, "IgnoreSelected", "true"), INSTANCE_OPTIONS_TAKEN);
    assert_true(instance_options_complete(options, why));
    assert_true(options->stats.disks.ignore && options->stats.interfaces.ignore);
}

static void wrong_statistics_are_ignored_with_a_reason(void **state)
{
    struct instance_options *options = *state;

    assert_not_taken(SET(options, "Statistics", "cpus"), INSTANCE_OPTIONS_IGNORED,
                     "\"cpus\" is unknown; expected some of: cpu vcpu memory disk interface");
    assert_not_taken(SET(options, "Statistics", ""), INSTANCE_OPTIONS_IGNORED, "it is empty; expected some of");
    assert_not_taken(SET(options, "BlockDeviceFormat", "path"), INSTANCE_OPTIONS_IGNORED,
                     "\"path\" is unknown; expected one of: target source");
    assert_not_taken(SET(options, "InterfaceFormat", "mac"), INSTANCE_OPTIONS_IGNORED,
                     "\"mac\" is unknown; expected one of: name address number");
    assert_not_taken(SET(options, "BlockDevice", "/a{1000}/"), INSTANCE_OPTIONS_IGNORED, "costs too much");
    assert_int_equal(options->stats.groups, 0);
}

static void a_wrong_connection_or_filter_refuses_the_block(void **state)
{
    struct instance_options *options = *state;
    char endless[2000];

    memset(endless, 'x', sizeof(endless) - 1);
    endless[sizeof(endless) - 1] = '\0';
    assert_not_taken(SET(options, "Filter", "inactive", "transient"), INSTANCE_OPTIONS_REFUSED, "fits no domain");
    assert_not_taken(SET(options, "Filter", "state", "-running"), INSTANCE_OPTIONS_REFUSED, "unknown filter word");
    assert_not_taken(SET(options, "Connection", "nosuch:///x"), INSTANCE_OPTIONS_REFUSED, "expected");
    assert_not_taken(SET(options, "Connection", endless), INSTANCE_OPTIONS_REFUSED, "longer than");
    assert_null(options->connection);
}

/* A URI can be at the wrong option, and the sentence quotes the value, or the first part of it. */
static void a_wrong_value_shows_no_password(void **state)
{
    static const char *const keys[] = { "Connection", "Filter", "IgnoreSelected", "HostnameFormat",
                                        "ReportTotals" };
    static const char *const values[] = {
        "nosuch://me:SECRET@host/",
        "esx://me:SE/CRET@host/",
        "nosuch://me:SECRET@SECRET host/@x",
        "esx://me/SE:CRETSECRETSECRETSECRETSECRETSECRETSECRETSECRETSECRETSECRETSECRET?SECRET@host/",
    };
    struct instance_options *options = *state;

    for (size_t k = 0; k < sizeof(keys) / sizeof(*keys); k++)
        for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
            if (SET(options, keys[k], values[i]) != INSTANCE_OPTIONS_TAKEN && strstr(why, "CRET"))
                fail_msg("%s: %s", keys[k], why);
    assert_not_taken(SET(options, "Domain", "/://u:SECRET@(/"), INSTANCE_OPTIONS_IGNORED,
                     "not a regular expression");
    assert_null(strstr(why, "SECRET"));
    assert_int_equal(SET(options, "HostnameFormat", "metadata"), INSTANCE_OPTIONS_TAKEN);
    assert_int_equal(SET(options, "HostnameMetadataXPath", "esx://u:SECRET@host["), INSTANCE_OPTIONS_TAKEN);
    assert_false(instance_options_complete(options, why));
    assert_null(strstr(why, "SECRET"));
}

static void metadata_is_read_only_if_a_format_uses_it(void **state)
{
    struct instance_options *options = *state;

    assert_int_equal(SET(options, "HostnameMetadataXPath", "//["), INSTANCE_OPTIONS_TAKEN);
    assert_true(instance_options_complete(options, why));
    assert_null(options->metadata);
    assert_int_equal(SET(options, "PluginInstanceFormat", "metadata"), INSTANCE_OPTIONS_TAKEN);
    assert_false(instance_options_complete(options, why));
    assert_non_null(strstr(why, "HostnameMetadataXPath \"//[\" is not an XPath"));
    assert_int_equal(SET(options, "HostnameMetadataXPath", "/a/@b"), INSTANCE_OPTIONS_TAKEN);
    assert_true(instance_options_complete(options, why));
    assert_non_null(options->metadata);
}

static void metadata_rules_add_up(void **state)
{
    struct instance_options *options = *state;

    assert_int_equal(options->metadata_values.count, 0);
    assert_int_equal(SET(options, "Metadata", "openstack"), INSTANCE_OPTIONS_TAKEN);
    assert_int_equal(SET(options, "metadata", "urn:x", "/a[b = 'c d']", "zone"), INSTANCE_OPTIONS_TAKEN);
    assert_int_equal(options->metadata_values.count, 4);
    assert_string_equal(options->metadata_values.rules[3].xpath, "/a[b = 'c d']");
    assert_int_equal(SET(options, "Metadata", "urn:x", "/a", "state"), INSTANCE_OPTIONS_IGNORED);
    assert_non_null(strstr(why, "other than uuid, state and reason"));
    assert_int_equal(SET(options, "Metadata", "nova"), INSTANCE_OPTIONS_IGNORED);
    assert_non_null(strstr(why, "NAMESPACE XPATH KEY"));
    assert_int_equal(options->metadata_values.count, 4);
    assert_true(instance_options_complete(options, why));
    assert_null(options->metadata); /* names do not use it */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(defaults_are_the_documented_ones, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_option_sets_its_member, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_wrong_option_is_ignored_with_a_reason, set_up, tear_down),
        cmocka_unit_test_setup_teardown(statistics_have_the_options_of_virt, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wrong_statistics_are_ignored_with_a_reason, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_wrong_connection_or_filter_refuses_the_block, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_wrong_value_shows_no_password, set_up, tear_down),
        cmocka_unit_test_setup_teardown(metadata_is_read_only_if_a_format_uses_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(metadata_rules_add_up, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
