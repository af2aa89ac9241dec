/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/describe.h"

static struct describer *describer;

static int start(void **state)
{
    (void)state;
    describer = describer_new();
    return describer ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    describer_free(describer);
    return 0;
}

static void everything_that_the_rows_need_is_read(void **state)
{
    struct description *description =
        describe(describer,
                 "<domain type='kvm' id='3'><name>n</name><title>The &lt;one&gt;</title>"
                 "<metadata><x:libosinfo xmlns:x='http://libosinfo.org/xmlns/libvirt/domain/1.0'>"
                 "<x:os id='http://debian.org/debian/12'/></x:libosinfo></metadata>"
                 "<memory unit='KiB'>4194304</memory><currentMemory unit='KiB'>2097152</currentMemory>"
                 "<memtune><min_guarantee unit='KiB'>1024</min_guarantee></memtune>"
                 "<vcpu placement='static' current='2'>4</vcpu><os><type arch='x86_64'>hvm</type></os></domain>");

    (void)state;
    assert_non_null(description);
    assert_string_equal(description->title, "The <one>");
    assert_string_equal(description->os_id, "http://debian.org/debian/12");
    assert_string_equal(description->os_type, "hvm");
    assert_int_equal(description->memory_maximum_kib, 4194304);
    assert_int_equal(description->memory_kib, 2097152);
    assert_int_equal(description->memory_minimum_kib, 1024);
    assert_int_equal(description->vcpus_maximum, 4);
    assert_int_equal(description->vcpus, 2);
    description_unref(description);
}

static void what_is_not_there_is_absent_and_defaults_are_libvirts(void **state)
{
    struct description *bare = describe(describer, "<domain/>");
    struct description *plain = describe(describer, "<domain><memory>64</memory><vcpu>3</vcpu><title/></domain>");

    (void)state;
    assert_non_null(bare);
    assert_null(bare->title);
    assert_null(bare->os_id);
    assert_null(bare->os_type);
    assert_int_equal(bare->memory_kib, DESCRIPTION_ABSENT);
    assert_int_equal(bare->vcpus, DESCRIPTION_ABSENT);
    assert_int_equal(bare->memory_minimum_kib, DESCRIPTION_ABSENT);
    assert_non_null(plain);
    assert_null(plain->title);
    assert_int_equal(plain->memory_kib, 64); /* currentMemory is the memory where it is not given */
    assert_int_equal(plain->vcpus, 3);       /* and all vCPUs are on */
    description_unref(bare);
    description_unref(plain);
}

static void what_is_no_domain_is_refused(void **state)
{
    static const char *const bad[] = {
        "", "text", "<domain>", "<network/>", "<domain></network>", "<domain/><domain/>"
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_null(describe(describer, bad[i]));
}

static void entities_are_neither_expanded_nor_fetched(void **state)
{
    struct description *outside = describe(
        describer,
        "<!DOCTYPE domain [<!ENTITY e SYSTEM 'file:///etc/hostname'>]><domain><title>a&e;b</title></domain>");
    struct description *laughs = describe(
        describer, "<!DOCTYPE domain [<!ENTITY a 'aaaaaaaaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>"
                   "<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;'>"
                   "<!ENTITY e '&d;&d;&d;&d;&d;&d;&d;&d;'><!ENTITY f '&e;&e;&e;&e;&e;&e;&e;&e;'>"
                   "<!ENTITY g '&f;&f;&f;&f;&f;&f;&f;&f;'>]><domain><title>&g;</title></domain>");

    (void)state;
    if (outside && outside->title)
        assert_string_equal(outside->title, "ab");
    if (laughs && laughs->title)
        assert_true(strlen(laughs->title) < 1000);
    description_unref(outside);
    description_unref(laughs);
}

static void absurd_numbers_are_absent(void **state)
{
    static const char *const bad[] = { "-1", "many", "", "99999999999999999999999", "NaN", "1e400" };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        char xml[128];
        struct description *description;

        (void)snprintf(xml, sizeof(xml), "<domain><vcpu>%s</vcpu></domain>", bad[i]);
        description = describe(describer, xml);
        assert_non_null(description);
        assert_int_equal(description->vcpus_maximum, DESCRIPTION_ABSENT);
        description_unref(description);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_that_the_rows_need_is_read),
        cmocka_unit_test(what_is_not_there_is_absent_and_defaults_are_libvirts),
        cmocka_unit_test(what_is_no_domain_is_refused),
        cmocka_unit_test(entities_are_neither_expanded_nor_fetched),
        cmocka_unit_test(absurd_numbers_are_absent),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
