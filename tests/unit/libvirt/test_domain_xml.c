/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>

#include "lib/base/array.h"
#include "tests/unit/libvirt/domain_xml_stage.h"

static void missing_elements_are_absent_or_have_libvirts_default(void **state)
{
    struct xml_facts *bare = domain_xml_parse(parser, "<domain/>");
    struct xml_facts *plain =
        domain_xml_parse(parser, "<domain><memory>64</memory><vcpu>3</vcpu><title/></domain>");

    (void)state;
    assert_non_null(bare);
    assert_null(bare->title);
    assert_null(bare->os_id);
    assert_null(bare->os_type);
    assert_int_equal(bare->memory_kib, XML_FACTS_ABSENT);
    assert_int_equal(bare->vcpus, XML_FACTS_ABSENT);
    assert_int_equal(bare->memory_minimum_kib, XML_FACTS_ABSENT);
    assert_non_null(plain);
    assert_null(plain->title);
    assert_int_equal(plain->memory_kib, 64); /* the default of currentMemory is memory */
    assert_int_equal(plain->vcpus, 3);       /* by default all vCPUs are on */
    xml_facts_unref(bare);
    xml_facts_unref(plain);
}

/* The XML of a QEMU guest that runs, from libvirt 9.0.0. */
static const char qemu_xml[] =
    "<domain type='qemu' id='1'>\n"
    "  <name>rec</name>\n"
    "  <uuid>11111111-2222-3333-4444-555555555555</uuid>\n"
    "  <title>A &lt;b&gt;</title>\n"
    "  <description>Two\nlines</description>\n"
    "  <metadata>\n"
    "    <libosinfo:libosinfo xmlns:libosinfo=\"http://libosinfo.org/xmlns/libvirt/domain/1.0\">\n"
    "      <libosinfo:os id=\"http://debian.org/debian/12\"/>\n"
    "    </libosinfo:libosinfo>\n"
    "  </metadata>\n"
    "  <memory unit='KiB'>49152</memory>\n"
    "  <currentMemory unit='KiB'>40960</currentMemory>\n"
    "  <vcpu placement='static' current='2'>3</vcpu>\n"
    "  <os>\n"
    "    <type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type>\n"
    "    <boot dev='hd'/>\n"
    "  </os>\n"
    "  <cpu mode='custom' match='exact' check='full'>\n"
    "    <model fallback='forbid'>qemu64</model>\n"
    "    <feature policy='require' name='hypervisor'/>\n"
    "  </cpu>\n"
    "  <clock offset='utc'/>\n"
    "  <on_poweroff>destroy</on_poweroff>\n"
    "  <devices>\n"
    "    <emulator>/usr/bin/qemu-system-x86_64</emulator>\n"
    "    <controller type='pci' index='0' model='pci-root'>\n"
    "      <alias name='pci.0'/>\n"
    "    </controller>\n"
    "    <memory model='dimm'><target><size unit='KiB'>524288</size></target></memory>\n"
    "    <memballoon model='virtio'>\n"
    "      <alias name='balloon0'/>\n"
    "    </memballoon>\n"
    "  </devices>\n"
    "</domain>\n";

/* Parts of the XML of a container, and of the test driver's first domain. */
static const char lxc_xml[] = "<domain type='lxc' id='4711'>\n"
                              "  <name>box</name>\n"
                              "  <memory unit='KiB'>1048576</memory>\n"
                              "  <currentMemory unit='KiB'>1048576</currentMemory>\n"
                              "  <memtune>\n    <hard_limit unit='KiB'>1048576</hard_limit>\n"
                              "    <min_guarantee unit='KiB'>65536</min_guarantee>\n  </memtune>\n"
                              "  <vcpu placement='static'>1</vcpu>\n"
                              "  <os>\n    <type arch='x86_64'>exe</type>\n    <init>/sbin/init</init>\n  </os>\n"
                              "  <devices>\n    <console type='pty' tty='/dev/pts/3'/>\n  </devices>\n"
                              "</domain>\n";
static const char test_xml[] = "<domain type='test' id='1'>\n"
                               "  <name>test</name>\n"
                               "  <memory unit='KiB'>8388608</memory>\n"
                               "  <currentMemory unit='KiB'>2097152</currentMemory>\n"
                               "  <vcpu placement='static'>2</vcpu>\n"
                               "  <os>\n    <type arch='i686'>hvm</type>\n    <boot dev='hd'/>\n  </os>\n"
                               "</domain>\n";

static void assert_text(const char *text, const char *wanted)
{
    if (!wanted)
        assert_null(text);
    else
        assert_string_equal(text ? text : "(absent)", wanted);
}

static void domains_of_several_drivers_are_read(void **state)
{
    static const struct {
        const char *xml, *title, *description, *os_id, *os_type;
        int64_t maximum, current, minimum, vcpus_maximum, vcpus;
    } domains[] = {
        { qemu_xml, "A <b>", "Two\nlines", "http://debian.org/debian/12", "hvm", 49152, 40960, -1, 3, 2 },
        { lxc_xml, NULL, NULL, NULL, "exe", 1048576, 1048576, 65536, 1, 1 },
        { test_xml, NULL, NULL, NULL, "hvm", 8388608, 2097152, -1, 2, 2 },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(domains); i++) {
        struct xml_facts *xml_facts = domain_xml_parse(parser, domains[i].xml);

        assert_non_null(xml_facts);
        assert_text(xml_facts->title, domains[i].title);
        assert_text(xml_facts->description, domains[i].description);
        assert_text(xml_facts->os_id, domains[i].os_id);
        assert_text(xml_facts->os_type, domains[i].os_type);
        assert_int_equal(xml_facts->memory_maximum_kib, domains[i].maximum);
        assert_int_equal(xml_facts->memory_kib, domains[i].current);
        assert_int_equal(xml_facts->memory_minimum_kib, domains[i].minimum);
        assert_int_equal(xml_facts->vcpus_maximum, domains[i].vcpus_maximum);
        assert_int_equal(xml_facts->vcpus, domains[i].vcpus);
        xml_facts_unref(xml_facts);
    }
}

/* "é" has two octets. So at one of the two ends, the 255th octet would be half of a character. */
static void labels_are_cut_between_two_characters(void **state)
{
    char xml[2000] = "<domain><title>";
    struct xml_facts *xml_facts;

    (void)state;
    for (int i = 0; i < 200; i++)
        (void)strcat(xml, "\xc3\xa9");
    (void)strcat(xml, "</title><description>-");
    for (int i = 0; i < 200; i++)
        (void)strcat(xml, "\xc3\xa9");
    (void)strcat(xml, "</description></domain>");
    xml_facts = domain_xml_parse(parser, xml);
    assert_non_null(xml_facts);
    assert_int_equal(strlen(xml_facts->title), 254);
    assert_memory_equal(xml_facts->title, xml + strlen("<domain><title>"), 254);
    assert_int_equal(strlen(xml_facts->description), 255);
    assert_memory_equal(xml_facts->description + 253, "\xc3\xa9", 3);
    xml_facts_unref(xml_facts);
}

/* libvirt gives such a domain all of its memory when it starts. */
static void a_domain_without_a_balloon_has_all_of_its_memory(void **state)
{
    static const struct {
        const char *devices;
        int64_t current;
    } domains[] = {
        { "<devices><memballoon model='none'/></devices>", 64 },
        { "<devices><memballoon model='virtio'/></devices>", 32 },
        { "<devices/>", 32 }, /* the driver has no balloons, or libvirt adds one */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(domains); i++) {
        struct xml_facts *xml_facts;
        char xml[256];

        (void)snprintf(xml, sizeof(xml), "<domain><memory>64</memory><currentMemory>32</currentMemory>%s</domain>",
                       domains[i].devices);
        xml_facts = domain_xml_parse(parser, xml);
        assert_non_null(xml_facts);
        assert_int_equal(xml_facts->memory_kib, domains[i].current);
        assert_int_equal(xml_facts->memory_maximum_kib, 64);
        xml_facts_unref(xml_facts);
    }
}

static void only_elements_of_the_domain_itself_are_read(void **state)
{
    struct xml_facts *xml_facts = domain_xml_parse(
        parser, "<domain><devices><title>no</title><memory>1</memory><vcpu>9</vcpu></devices>"
                "<metadata><title>no</title><os id='no'/><libosinfo xmlns='urn:other'><os id='no'/></libosinfo>"
                "</metadata><cpu><topology/></cpu></domain>");

    (void)state;
    assert_non_null(xml_facts);
    assert_null(xml_facts->title);
    assert_null(xml_facts->os_id);
    assert_int_equal(xml_facts->memory_maximum_kib, XML_FACTS_ABSENT);
    assert_int_equal(xml_facts->memory_kib, XML_FACTS_ABSENT);
    assert_int_equal(xml_facts->vcpus_maximum, XML_FACTS_ABSENT);
    assert_int_equal(xml_facts->vcpus, XML_FACTS_ABSENT);
    xml_facts_unref(xml_facts);
}

static void only_sensible_numbers_are_read(void **state)
{
    static const struct {
        const char *text;
        int64_t number;
    } numbers[] = {
        { "0", 0 },
        { "007", 7 },
        { "\n  12\n", 12 },
        { "4398046511104", 4398046511104 },
        { "9007199254740991", 9007199254740991 }, /* the most that libvirt accepts */
        { "9223372036854775807", INT64_MAX },
        { "18446744073709551615", INT64_MAX },
        { "-9223372036854775808", XML_FACTS_ABSENT },
        { "1 2", XML_FACTS_ABSENT },
        { "0x10", XML_FACTS_ABSENT },
        { "Infinity", XML_FACTS_ABSENT },
        { "NaN", XML_FACTS_ABSENT },
        { "1e400", XML_FACTS_ABSENT },
        { "many", XML_FACTS_ABSENT },
        { "", XML_FACTS_ABSENT },
        { "<b>x</b>", XML_FACTS_ABSENT },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(numbers); i++) {
        char xml[128];
        struct xml_facts *xml_facts;

        (void)snprintf(xml, sizeof(xml), "<domain><memory>%s</memory></domain>", numbers[i].text);
        xml_facts = domain_xml_parse(parser, xml);
        assert_non_null(xml_facts);
        assert_int_equal(xml_facts->memory_maximum_kib, numbers[i].number);
        assert_int_equal(xml_facts->memory_kib, numbers[i].number);
        xml_facts_unref(xml_facts);
    }
}

enum { SHARERS = 4, TURNS = 50000 };

struct sharer {
    struct xml_facts *xml_facts; /* a reference of its own */
    pthread_barrier_t *all_there;
    size_t seen;
};

static void *share(void *data)
{
    struct sharer *sharer = data;

    (void)pthread_barrier_wait(sharer->all_there);
    for (int i = 0; i < TURNS; i++) {
        struct xml_facts *mine = xml_facts_ref(sharer->xml_facts);

        sharer->seen += strlen(mine->title);
        xml_facts_unref(mine);
    }
    xml_facts_unref(sharer->xml_facts);
    return NULL;
}

static void threads_share_the_facts(void **state)
{
    struct xml_facts *xml_facts = domain_xml_parse(parser, qemu_xml);
    struct sharer sharers[SHARERS];
    pthread_t threads[SHARERS];
    pthread_barrier_t all_there;

    (void)state;
    assert_non_null(xml_facts);
    assert_int_equal(pthread_barrier_init(&all_there, NULL, SHARERS), 0);
    for (size_t i = 0; i < SHARERS; i++) {
        sharers[i] = (struct sharer){ .xml_facts = xml_facts_ref(xml_facts), .all_there = &all_there };
        assert_int_equal(pthread_create(&threads[i], NULL, share, &sharers[i]), 0);
    }
    for (size_t i = 0; i < SHARERS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(sharers[i].seen, TURNS * strlen("A <b>"));
    }
    (void)pthread_barrier_destroy(&all_there);
    assert_string_equal(xml_facts->title, "A <b>");
    xml_facts_unref(xml_facts);
    xml_facts_unref(NULL);
    domain_xml_parser_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(missing_elements_are_absent_or_have_libvirts_default),
        cmocka_unit_test(domains_of_several_drivers_are_read),
        cmocka_unit_test(labels_are_cut_between_two_characters),
        cmocka_unit_test(a_domain_without_a_balloon_has_all_of_its_memory),
        cmocka_unit_test(only_elements_of_the_domain_itself_are_read),
        cmocka_unit_test(only_sensible_numbers_are_read),
        cmocka_unit_test(threads_share_the_facts),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
