/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <unistd.h>
#include <sys/socket.h>
#include <pthread.h>
#include <errno.h>
#include <arpa/inet.h>

#include "lib/libvirt/domain_xml.h"

static struct domain_xml_parser *parser;

static int set_up(void **state)
{
    (void)state;
    parser = domain_xml_parser_new(NULL);
    return parser ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    domain_xml_parser_free(parser);
    return 0;
}

static void everything_that_the_rows_need_is_read(void **state)
{
    struct xml_facts *xml_facts = domain_xml_parse(
        parser, "<domain type='kvm' id='3'><name>n</name><title>The &lt;one&gt;</title>"
                "<metadata><x:libosinfo xmlns:x='http://libosinfo.org/xmlns/libvirt/domain/1.0'>"
                "<x:os id='http://debian.org/debian/12'/></x:libosinfo></metadata>"
                "<memory unit='KiB'>4194304</memory><currentMemory unit='KiB'>2097152</currentMemory>"
                "<memtune><min_guarantee unit='KiB'>1024</min_guarantee></memtune>"
                "<vcpu placement='static' current='2'>4</vcpu><os><type arch='x86_64'>hvm</type></os></domain>");

    (void)state;
    assert_non_null(xml_facts);
    assert_string_equal(xml_facts->title, "The <one>");
    assert_string_equal(xml_facts->os_id, "http://debian.org/debian/12");
    assert_string_equal(xml_facts->os_type, "hvm");
    assert_int_equal(xml_facts->memory_maximum_kib, 4194304);
    assert_int_equal(xml_facts->memory_kib, 2097152);
    assert_int_equal(xml_facts->memory_minimum_kib, 1024);
    assert_int_equal(xml_facts->vcpus_maximum, 4);
    assert_int_equal(xml_facts->vcpus, 2);
    xml_facts_unref(xml_facts);
}

static void what_is_not_there_is_absent_and_defaults_are_libvirts(void **state)
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
    assert_int_equal(plain->memory_kib, 64); /* currentMemory is the memory where it is not given */
    assert_int_equal(plain->vcpus, 3);       /* and all vCPUs are on */
    xml_facts_unref(bare);
    xml_facts_unref(plain);
}

static void what_is_no_domain_is_refused(void **state)
{
    static const char *const bad[] = {
        "", "text", "<domain>", "<network/>", "<domain></network>", "<domain/><domain/>"
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_null(domain_xml_parse(parser, bad[i]));
}

static void absurd_numbers_are_absent(void **state)
{
    static const char *const bad[] = { "-1", "many", "", "99999999999999999999999", "NaN", "1e400" };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        char xml[128];
        struct xml_facts *xml_facts;

        (void)snprintf(xml, sizeof(xml), "<domain><vcpu>%s</vcpu></domain>", bad[i]);
        xml_facts = domain_xml_parse(parser, xml);
        assert_non_null(xml_facts);
        assert_int_equal(xml_facts->vcpus_maximum, XML_FACTS_ABSENT);
        xml_facts_unref(xml_facts);
    }
}

/* A QEMU guest that runs, as libvirt 9.0.0 describes it. */
static const char qemu_xml[] =
    "<domain type='qemu' id='1'>\n"
    "  <name>rec</name>\n"
    "  <uuid>11111111-2222-3333-4444-555555555555</uuid>\n"
    "  <title>A &lt;b&gt;</title>\n"
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

/* A container, and the test driver's first domain; the parts that matter. */
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
        const char *xml, *title, *os_id, *os_type;
        int64_t maximum, current, minimum, vcpus_maximum, vcpus;
    } domains[] = {
        { qemu_xml, "A <b>", "http://debian.org/debian/12", "hvm", 49152, 40960, -1, 3, 2 },
        { lxc_xml, NULL, NULL, "exe", 1048576, 1048576, 65536, 1, 1 },
        { test_xml, NULL, NULL, "hvm", 8388608, 2097152, -1, 2, 2 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(domains) / sizeof(*domains); i++) {
        struct xml_facts *xml_facts = domain_xml_parse(parser, domains[i].xml);

        assert_non_null(xml_facts);
        assert_text(xml_facts->title, domains[i].title);
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

/* NULL, or a title that does not hold the word: what stands in an entity must not come out. */
static void assert_not_in_title(const char *xml, const char *word)
{
    struct xml_facts *xml_facts = domain_xml_parse(parser, xml);

    if (xml_facts && xml_facts->title && strstr(xml_facts->title, word))
        fail_msg("\"%s\" was expanded in: %.200s", word, xml);
    xml_facts_unref(xml_facts);
}

static void entities_are_not_expanded(void **state)
{
    (void)state;
    assert_not_in_title("<!DOCTYPE domain [<!ENTITY e 'inside'>]><domain><title>a&e;b</title></domain>", "inside");
    assert_not_in_title("<!DOCTYPE domain [<!ENTITY f 'inside'><!ENTITY e '-&f;-'>]>"
                        "<domain><title>&e;</title></domain>",
                        "inside");
    assert_not_in_title("<!DOCTYPE domain [<!ENTITY e '<title>inside</title>'>]><domain>&e;</domain>", "inside");
    assert_not_in_title("<!DOCTYPE domain [<!ENTITY % p \"<!ENTITY e 'inside'>\">%p;]>"
                        "<domain><title>&e;</title></domain>",
                        "inside");
}

static void entities_of_entities_take_neither_time_nor_memory(void **state)
{
    enum { BYTES = 50000, TIMES = 1000 };
    char *xml = malloc(BYTES + 3 * TIMES + 200), *end;
    struct xml_facts *xml_facts;

    (void)state;
    /* A billion laughs; and one long laugh a thousand times, which no limit on depth finds. */
    assert_not_in_title("<!DOCTYPE domain [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>"
                        "<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;'>"
                        "<!ENTITY e '&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;'><!ENTITY f '&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;'>"
                        "<!ENTITY g '&f;&f;&f;&f;&f;&f;&f;&f;&f;&f;'><!ENTITY h '&g;&g;&g;&g;&g;&g;&g;&g;&g;&g;'>"
                        "<!ENTITY i '&h;&h;&h;&h;&h;&h;&h;&h;&h;&h;'><!ENTITY j '&i;&i;&i;&i;&i;&i;&i;&i;&i;&i;'>"
                        "]><domain><title>&j;</title></domain>",
                        "ha");
    assert_non_null(xml);
    end = stpcpy(xml, "<!DOCTYPE domain [<!ENTITY a '");
    memset(end, 'h', BYTES);
    end = stpcpy(end + BYTES, "'>]><domain><title>");
    for (int i = 0; i < TIMES; i++)
        end = stpcpy(end, "&a;");
    (void)strcpy(end, "</title></domain>");
    xml_facts = domain_xml_parse(parser, xml);
    free(xml);
    assert_true(!xml_facts || !xml_facts->title || strlen(xml_facts->title) < BYTES);
    xml_facts_unref(xml_facts);
}

static void files_are_not_fetched(void **state)
{
    char path[] = "/tmp/guestlist-test-XXXXXX", xml[512];
    int file = mkstemp(path);

    (void)state;
    assert_true(file >= 0);
    assert_int_equal(write(file, "outside", 7), 7);
    (void)close(file);
    (void)snprintf(xml, sizeof(xml),
                   "<!DOCTYPE domain [<!ENTITY e SYSTEM 'file://%s'>]><domain><title>a&e;</title></domain>", path);
    assert_not_in_title(xml, "outside");
    (void)snprintf(xml, sizeof(xml),
                   "<domain xmlns:xi='http://www.w3.org/2001/XInclude'><title><xi:include href='file://%s' "
                   "parse='text'/></title></domain>",
                   path);
    assert_not_in_title(xml, "outside");
    (void)unlink(path);
}

static void nobody_is_called_over_the_network(void **state)
{
    static const char *const forms[] = {
        "<!DOCTYPE domain SYSTEM 'http://127.0.0.1:%u/d'><domain><title>t</title></domain>",
        "<!DOCTYPE domain PUBLIC 'x' 'http://127.0.0.1:%u/d'><domain><title>t</title></domain>",
        "<!DOCTYPE domain [<!ENTITY e SYSTEM 'http://127.0.0.1:%u/d'>]><domain><title>&e;</title></domain>",
        "<!DOCTYPE domain [<!ENTITY %% e SYSTEM 'http://127.0.0.1:%u/d'>%%e;]><domain><title>t</title></domain>",
        "<domain xmlns:xi='http://www.w3.org/2001/XInclude'><xi:include href='http://127.0.0.1:%u/d'/></domain>",
        "<?xml-stylesheet href='http://127.0.0.1:%u/d'?><domain/>",
    };
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t length = sizeof(address);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    (void)state;
    assert_true(listener >= 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(listener, 8), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &length), 0);
    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
        char xml[512];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        (void)snprintf(xml, sizeof(xml), forms[i], ntohs(address.sin_port));
#pragma GCC diagnostic pop
        xml_facts_unref(domain_xml_parse(parser, xml));
        /* A connection that was made waits here, whether or not it has been closed since. */
        errno = 0;
        assert_int_equal(accept4(listener, NULL, NULL, SOCK_CLOEXEC), -1);
        assert_true(errno == EAGAIN || errno == EWOULDBLOCK);
    }
    (void)close(listener);
}

static void nonsense_is_refused_without_harm(void **state)
{
    static const char *const bad[] = {
        "<domain><title>a&#7;</title></domain>",
        "<domain><title>a\xff</title></domain>",
        "<domain><title>&nothing;</title></domain>",
        "<domain><title></domain></title>",
        "<domain",
        "<domain>&#0;</domain>",
        "\xff\xfe",
        "<?xml version='1.0' encoding='no-such'?><domain>\xe9</domain>",
        "{\"domain\": 1}",
        "<Domain/>",
        "<domains><domain/></domains>",
        "<domain/>trailing",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        struct xml_facts *xml_facts = domain_xml_parse(parser, bad[i]);

        if (xml_facts)
            fail_msg("\"%s\" was read", bad[i]);
    }
}

/* Each cut of a good text: the sanitizers watch. */
static void xml_that_is_cut_anywhere_is_refused(void **state)
{
    size_t length = strlen(lxc_xml) - 2; /* without its last bracket */

    (void)state;
    for (size_t cut = 0; cut <= length; cut++) {
        char *xml = strndup(lxc_xml, cut);

        assert_non_null(xml);
        if (domain_xml_parse(parser, xml))
            fail_msg("the first %zu bytes were read", cut);
        free(xml);
    }
}

static void deep_and_large_xml_ends_well(void **state)
{
    enum { DEPTH = 100000 };
    char *xml = malloc(7 * DEPTH + 100), *end = xml;
    struct xml_facts *xml_facts;

    (void)state;
    assert_non_null(xml);
    end = stpcpy(end, "<domain>");
    for (int i = 0; i < DEPTH; i++)
        end = stpcpy(end, "<a>");
    for (int i = 0; i < DEPTH; i++)
        end = stpcpy(end, "</a>");
    (void)strcpy(end, "</domain>");
    xml_facts_unref(domain_xml_parse(parser, xml)); /* may be refused */

    end = stpcpy(xml, "<domain><title>");
    memset(end, 't', 3 * DEPTH);
    (void)strcpy(end + 3 * DEPTH, "</title></domain>");
    xml_facts = domain_xml_parse(parser, xml);
    assert_non_null(xml_facts);
    assert_int_equal(strlen(xml_facts->title), 3 * DEPTH);
    xml_facts_unref(xml_facts);
    free(xml);
}

static void only_the_domains_own_elements_count(void **state)
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

static void numbers_are_read_as_far_as_they_make_sense(void **state)
{
    static const struct {
        const char *text;
        int64_t number;
    } numbers[] = {
        { "0", 0 },
        { "007", 7 },
        { "\n  12\n", 12 },
        { "4398046511104", 4398046511104 },
        { "9007199254740993000", XML_FACTS_ABSENT },
        { "18446744073709551615", XML_FACTS_ABSENT },
        { "-9223372036854775808", XML_FACTS_ABSENT },
        { "1 2", XML_FACTS_ABSENT },
        { "0x10", XML_FACTS_ABSENT },
        { "Infinity", XML_FACTS_ABSENT },
        { "<b>x</b>", XML_FACTS_ABSENT },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
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

static void a_description_is_shared_across_threads(void **state)
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
        cmocka_unit_test(everything_that_the_rows_need_is_read),
        cmocka_unit_test(what_is_not_there_is_absent_and_defaults_are_libvirts),
        cmocka_unit_test(what_is_no_domain_is_refused),
        cmocka_unit_test(absurd_numbers_are_absent),
        cmocka_unit_test(domains_of_several_drivers_are_read),
        cmocka_unit_test(entities_are_not_expanded),
        cmocka_unit_test(entities_of_entities_take_neither_time_nor_memory),
        cmocka_unit_test(files_are_not_fetched),
        cmocka_unit_test(nobody_is_called_over_the_network),
        cmocka_unit_test(nonsense_is_refused_without_harm),
        cmocka_unit_test(xml_that_is_cut_anywhere_is_refused),
        cmocka_unit_test(deep_and_large_xml_ends_well),
        cmocka_unit_test(only_the_domains_own_elements_count),
        cmocka_unit_test(numbers_are_read_as_far_as_they_make_sense),
        cmocka_unit_test(a_description_is_shared_across_threads),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
