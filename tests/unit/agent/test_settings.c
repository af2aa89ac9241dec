/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "agent/settings.h"
#include "lib/base/array.h"

enum { WHY_MAX = 1024 };

static char why[WHY_MAX];

static bool set(struct settings *settings, const char *name, const char *value)
{
    why[0] = '\0';
    return settings_set(settings, name, value, why, sizeof(why));
}

static void assert_refused(const char *name, const char *value, const char *expected)
{
    struct settings settings, before;

    settings_default(&settings);
    memcpy(&before, &settings, sizeof(before)); /* with its padding */
    assert_false(set(&settings, name, value));
    assert_memory_equal(&settings, &before, sizeof(settings));
    if (!strstr(why, expected))
        fail_msg("\"%s %s\" is refused with \"%s\", without \"%s\"", name, value, why, expected);
}

static void defaults_are_the_documented_ones(void **state)
{
    struct settings settings;
    struct collector_settings collector;

    (void)state;
    settings_default(&settings);
    collector = settings_for_instance(&settings).collector;
    assert_int_equal(settings.hypervisor_count, 0);
    assert_int_equal(collector.filter, 0);
    assert_int_equal(collector.interval_ms, 10000);
    assert_int_equal(collector.stale_after_ms, 30000);
    assert_int_equal(settings.walk_hold_s, 30);
    assert_false(settings.notifications.per_vm || settings.notifications.bulk || settings.notifications.libvirt);
    assert_false(settings.answer.writable_switches || settings.answer.allow_control ||
                 settings.answer.active_only || settings.answer.vmware_vm_table);
    assert_int_equal(settings.answer.host_cpu_base, 0);
}

static void notifications_sets_the_two_switches(void **state)
{
    static const struct {
        const char *word;
        bool per_vm, bulk;
    } words[] = {
        { "both", true, true }, { "PERvm", true, false }, { "bulk", false, true }, { "none", false, false }
    };
    struct settings settings;

    (void)state;
    settings_default(&settings);
    for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
        struct switches switches;

        assert_true(set(&settings, "notifications", words[i].word));
        switches = settings_for_instance(&settings).switches;
        assert_int_equal(switches.per_vm, words[i].per_vm);
        assert_int_equal(switches.bulk, words[i].bulk);
        assert_int_equal(switches.libvirt, i > 0);
        assert_true(set(&settings, "libvirtMibNotifications", "yes"));
    }
}

static void settings_of_answers_are_independent(void **state)
{
    struct settings settings;
    struct answer_settings answer;

    (void)state;
    settings_default(&settings);
    assert_true(set(&settings, "writableSwitches", "yes"));
    answer = settings_for_instance(&settings).answer;
    assert_true(answer.writable_switches && !answer.allow_control && !answer.active_only);
    assert_true(set(&settings, "allowControl", "YES"));
    assert_true(set(&settings, "writableSwitches", "no"));
    answer = settings_for_instance(&settings).answer;
    assert_true(!answer.writable_switches && answer.allow_control && !answer.active_only);
    assert_true(set(&settings, "libvirtMibActiveOnly", "yes"));
    assert_true(set(&settings, "allowControl", "no"));
    assert_true(set(&settings, "hostCpuBase", "196608"));
    assert_true(!answer.vmware_vm_table && set(&settings, "vmwareVmTable", "Yes"));
    answer = settings_for_instance(&settings).answer;
    assert_true(!answer.writable_switches && !answer.allow_control && answer.active_only &&
                answer.vmware_vm_table);
    assert_int_equal(answer.host_cpu_base, 196608);
}

static void stale_after_follows_the_interval_unless_it_is_given(void **state)
{
    struct settings settings;

    (void)state;
    settings_default(&settings);
    assert_true(set(&settings, "interval", "5"));
    assert_int_equal(settings_for_instance(&settings).collector.stale_after_ms, 30000);
    assert_true(set(&settings, "interval", "60"));
    assert_int_equal(settings_for_instance(&settings).collector.stale_after_ms, 180000);
    assert_true(set(&settings, "staleAfter", "7"));
    assert_int_equal(settings_for_instance(&settings).collector.stale_after_ms, 7000);
}

static void names_of_directives_are_read_in_any_case(void **state)
{
    struct settings settings;

    (void)state;
    settings_default(&settings);
    assert_true(set(&settings, "WALKHOLD", "0"));
    assert_int_equal(settings.walk_hold_s, 0);
}

static void hypervisors_add_up_and_each_has_its_own_context(void **state)
{
    struct settings settings;

    (void)state;
    settings_default(&settings);
    assert_true(set(&settings, "hypervisor", "qemu:///system"));
    assert_true(set(&settings, "hypervisor", "test:///default lab"));
    assert_int_equal(settings.hypervisor_count, 2);
    assert_string_equal(settings.hypervisors[0].context, "");
    assert_string_equal(settings.hypervisors[1].uri, "test:///default");
    assert_string_equal(settings.hypervisors[1].context, "lab");
    assert_false(set(&settings, "hypervisor", "xen:///system"));
    assert_false(set(&settings, "hypervisor", "xen:///system lab"));
    assert_int_equal(settings.hypervisor_count, 2);
    for (int i = 2; i < SETTINGS_HYPERVISORS_MAX; i++) {
        char value[64];

        (void)snprintf(value, sizeof(value), "test:///default c%d", i);
        assert_true(set(&settings, "hypervisor", value));
    }
    assert_false(set(&settings, "hypervisor", "test:///default onemore"));
    assert_non_null(strstr(why, "at most 16"));
}

static void metadata_adds_up(void **state)
{
    struct settings settings;
    struct metadata_rules metadata;

    (void)state;
    settings_default(&settings);
    assert_int_equal(settings_for_instance(&settings).collector.metadata.count, 0);
    assert_true(set(&settings, "metadata", "openstack"));
    assert_true(set(&settings, "Metadata", "urn:x /a[@b = 'c d'] zone"));
    metadata = settings_for_instance(&settings).collector.metadata;
    assert_int_equal(metadata.count, 4);
    assert_string_equal(metadata.rules[3].key, "zone");
    assert_string_equal(metadata.rules[3].xpath, "/a[@b = 'c d']");
}

static void snapshots_are_read_only_if_wanted(void **state)
{
    struct settings settings;
    struct instance_settings instance;

    (void)state;
    settings_default(&settings);
    instance = settings_for_instance(&settings);
    assert_false(instance.collector.with_snapshots || instance.answer.snapshots);
    assert_true(set(&settings, "snapshots", "yes"));
    instance = settings_for_instance(&settings);
    assert_true(instance.collector.with_snapshots && instance.answer.snapshots);
}

static void bad_values_are_refused_and_change_nothing(void **state)
{
    (void)state;
    assert_refused("interval", "0", "from 1 to 86400");
    assert_refused("interval", "86401", "from 1 to 86400");
    assert_refused("interval", "1.5", "whole seconds");
    assert_refused("interval", "", "whole seconds");
    assert_refused("walkHold", "601", "from 0 to 600");
    assert_refused("stateDirectory", "relative", "absolute path");
    assert_refused("hypervisor", "", "URI [CONTEXT]");
    assert_refused("hypervisor", "qemu:///system a b", "URI [CONTEXT]");
    assert_refused("hypervisor", "kvm:///system", "qemu");
    assert_refused("filter", "active sleeping", "\"sleeping\"");
    assert_refused("metadata", "", "openstack alone, or NAMESPACE XPATH KEY");
    assert_refused("metadata", "nova /instance key", "a URI");
    assert_refused("metadata", "urn:x //[ key", "XPath expression");
    assert_refused("metadata", "urn:x /a 1/2", "a KEY of 1 to 64");
    assert_refused("notifications", "all", "none, perVM, bulk or both");
    assert_refused("notifications", "", "none, perVM, bulk or both");
    assert_refused("notifications", "perVM bulk", "none, perVM, bulk or both");
    assert_refused("writableSwitches", "1", "yes or no");
    assert_refused("allowControl", "true", "yes or no");
    assert_refused("libvirtMibActiveOnly", "", "yes or no");
    assert_refused("vmwareVmTable", "on", "yes or no");
    assert_refused("snapshots", "10", "yes or no");
    assert_refused("hostCpuBase", "0", "from 1 to 2147479551");
    assert_refused("hostCpuBase", "2147479552", "from 1 to 2147479551");
    assert_refused("hostCpuBase", "-1", "from 1 to");
    assert_refused("nonsense", "1", "hypervisor filter interval");
}

static void a_context_has_at_most_32_octets(void **state)
{
    static const char longest[] = "test:///default 12345678901234567890123456789012";
    struct settings settings;

    (void)state;
    settings_default(&settings);
    assert_true(set(&settings, "hypervisor", longest));
    assert_string_equal(settings.hypervisors[0].context, "12345678901234567890123456789012");
    assert_true(set(&settings, "hypervisor", "  test:///default\t  lab "));
    assert_string_equal(settings.hypervisors[1].uri, "test:///default");
    assert_string_equal(settings.hypervisors[1].context, "lab");
    assert_refused("hypervisor", "test:///default 123456789012345678901234567890123",
                   "a CONTEXT of at most 32 octets, not of 33");
}

static void assert_uri_taken(size_t length, bool taken)
{
    char value[3000] = "test:///";
    struct settings settings;

    settings_default(&settings);
    memset(value + strlen(value), 'x', length - strlen(value));
    (void)strcpy(value + length, " lab");
    assert_int_equal(set(&settings, "hypervisor", value), taken);
    if (taken)
        assert_int_equal(strlen(settings.hypervisors[0].uri), length);
    else
        assert_non_null(strstr(why, "a URI of at most 1023 octets"));
}

static void a_uri_is_taken_whole_or_refused(void **state)
{
    (void)state;
    assert_uri_taken(1023, true);
    assert_uri_taken(1024, false);
    assert_uri_taken(2500, false);
}

/* A password can be in a URI that is too long, in a word too many, or in text that is no URI. */
static void a_value_that_is_refused_shows_no_password(void **state)
{
    static const struct {
        const char *before, *after;
    } forms[] = {
        { "qemu+tcp://me:", "SECRET@host/system" },
        { "qemu+tcp://host/system?", "&password=SECRET" },
        { "qemu+tcp://me:", " SECRET@host/system" },
        { "", ":SECRET" },
    };
    char value[3000], filling[2000] = "";

    (void)state;
    memset(filling, 'x', sizeof(filling) - 1);
    for (size_t i = 0; i < ARRAY_COUNT(forms); i++) {
        struct settings settings;

        settings_default(&settings);
        (void)snprintf(value, sizeof(value), "%s%s%s", forms[i].before, filling, forms[i].after);
        assert_false(set(&settings, "hypervisor", value));
        assert_null(strstr(why, "SECRET"));
        assert_null(strstr(why, "xxx"));
        assert_non_null(strstr(why, "not shown"));
    }
}

/* The reason quotes the wrong word, and cuts it. */
static void a_reason_shows_no_part_of_a_password(void **state)
{
    static const char *const names[] = { "filter", "interval", "notifications", "stateDirectory", "hostCpuBase" };
    static const char *const values[] = {
        "qemu+tcp://me:SECRET@host/system",
        "qemu+tcp://me:SE/CRET@host/system",
        "esx://me:SECRET,SECRET?SECRET#SECRET@host/",
        "esx://me:SECRETSECRETSECRETSECRETSECRETSECRETSECRETSECRETSECRETSECRETSECRETSECRET@host/",
    };
    struct settings settings;

    (void)state;
    settings_default(&settings);
    for (size_t i = 0; i < ARRAY_COUNT(values); i++) {
        for (size_t n = 0; n < ARRAY_COUNT(names); n++) {
            assert_false(set(&settings, names[n], values[i]));
            if (strstr(why, "SE") || strstr(why, "CRET"))
                fail_msg("%s: %s", names[n], why);
        }
        assert_false(set(&settings, values[i], "x"));
        assert_null(strstr(why, "SE"));
    }
    assert_false(set(&settings, "hypervisor", values[1]));
    assert_non_null(strstr(why, "%2F"));
    assert_null(strstr(why, "CRET"));
}

static void hypervisors_are_compared_by_uri_and_context(void **state)
{
    struct settings one, other;

    (void)state;
    settings_default(&one);
    settings_default(&other);
    memset(one.hypervisors, 0x55, sizeof(one.hypervisors)); /* entries after the count do not matter */
    assert_true(set(&one, "hypervisor", "test:///default lab") &&
                set(&other, "hypervisor", "test:///default lab"));
    assert_true(settings_same_hypervisors(&one, &other));
    assert_true(set(&one, "hypervisor", "test:///default x"));
    assert_false(settings_same_hypervisors(&one, &other));
    assert_true(set(&other, "hypervisor", "test:///default y"));
    assert_false(settings_same_hypervisors(&one, &other));
}

static void a_message_shows_a_hostile_value_harmlessly(void **state)
{
    struct settings settings;

    (void)state;
    assert_refused("interval", "\x1b[2J", "\\x1b[2J");
    settings_default(&settings);
    assert_false(settings_set(&settings, "\x1b[2J", "1", why, sizeof(why)));
    assert_non_null(strstr(why, "\"\\x1b[2J\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_the_documented_ones),
        cmocka_unit_test(notifications_sets_the_two_switches),
        cmocka_unit_test(settings_of_answers_are_independent),
        cmocka_unit_test(stale_after_follows_the_interval_unless_it_is_given),
        cmocka_unit_test(names_of_directives_are_read_in_any_case),
        cmocka_unit_test(hypervisors_add_up_and_each_has_its_own_context),
        cmocka_unit_test(metadata_adds_up),
        cmocka_unit_test(snapshots_are_read_only_if_wanted),
        cmocka_unit_test(bad_values_are_refused_and_change_nothing),
        cmocka_unit_test(a_context_has_at_most_32_octets),
        cmocka_unit_test(a_uri_is_taken_whole_or_refused),
        cmocka_unit_test(a_value_that_is_refused_shows_no_password),
        cmocka_unit_test(a_reason_shows_no_part_of_a_password),
        cmocka_unit_test(hypervisors_are_compared_by_uri_and_context),
        cmocka_unit_test(a_message_shows_a_hostile_value_harmlessly),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
