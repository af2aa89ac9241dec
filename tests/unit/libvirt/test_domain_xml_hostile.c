/* SPDX-License-Identifier: GPL-2.0-or-later */
/* XML that libvirt never writes: broken, malicious or very large. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <arpa/inet.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/array.h"
#include "lib/base/text.h"
#include "tests/unit/libvirt/domain_xml_stage.h"

/* The XML may be refused. If it is read, its title must not have the word, which is the text of an entity. */
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

static void entities_that_expand_to_gigabytes_do_no_harm(void **state)
{
    enum { BYTES = 50000, TIMES = 1000 };
    char *xml = malloc(BYTES + 3 * TIMES + 200), *end;
    struct xml_facts *xml_facts;

    (void)state;
    /* "A billion laughs", and one long entity a thousand times, which a limit on depth does not find. */
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

static void files_are_not_read(void **state)
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

static void the_network_is_not_used(void **state)
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
    for (size_t i = 0; i < ARRAY_COUNT(forms); i++) {
        char xml[512];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        (void)snprintf(xml, sizeof(xml), forms[i], ntohs(address.sin_port));
#pragma GCC diagnostic pop
        xml_facts_unref(domain_xml_parse(parser, xml));
        /* A connection would be waiting here, even if it has been closed since. */
        errno = 0;
        assert_int_equal(accept4(listener, NULL, NULL, SOCK_CLOEXEC), -1);
        assert_true(errno == EAGAIN || errno == EWOULDBLOCK);
    }
    (void)close(listener);
}

static void text_that_is_not_domain_xml_is_refused(void **state)
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
        "",
        "text",
        "<domain>",
        "<network/>",
        "<domain></network>",
        "<domain/><domain/>",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        struct xml_facts *xml_facts = domain_xml_parse(parser, bad[i]);

        if (xml_facts)
            fail_msg("\"%s\" was read", bad[i]);
    }
}

static const char whole_xml[] =
    "<domain type='lxc' id='4711'>\n  <name>box</name>\n"
    "  <memory unit='KiB'>1048576</memory>\n  <os>\n    <type arch='x86_64'>exe</type>\n"
    "  </os>\n  <devices>\n    <console type='pty' tty='/dev/pts/3'/>\n  </devices>\n"
    "</domain>\n";

static void xml_that_is_cut_anywhere_is_refused(void **state)
{
    size_t length = strlen(whole_xml) - 2; /* without its last bracket */

    (void)state;
    for (size_t cut = 0; cut <= length; cut++) {
        char *xml = strndup(whole_xml, cut);

        assert_non_null(xml);
        if (domain_xml_parse(parser, xml))
            fail_msg("the first %zu bytes were read", cut);
        free(xml);
    }
}

static void deep_and_large_xml_does_no_harm(void **state)
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
    assert_int_equal(strlen(xml_facts->title), TEXT_SNMP_MAX);
    xml_facts_unref(xml_facts);
    free(xml);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entities_are_not_expanded),
        cmocka_unit_test(entities_that_expand_to_gigabytes_do_no_harm),
        cmocka_unit_test(files_are_not_read),
        cmocka_unit_test(the_network_is_not_used),
        cmocka_unit_test(text_that_is_not_domain_xml_is_refused),
        cmocka_unit_test(xml_that_is_cut_anywhere_is_refused),
        cmocka_unit_test(deep_and_large_xml_does_no_harm),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
