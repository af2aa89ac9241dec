/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How --check reads snmpd.conf and AgentX addresses, and what it prints. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/doctor/doctor.h"
#include "agent/doctor/running_module.h"
#include "agent/doctor/snmpd_conf.h"
#include "agent/snmp/agentx.h"
#include "lib/base/array.h"
#include "lib/base/cleanup.h"

static struct snmpd_conf *read_text(const char *text)
{
    char path[] = "/tmp/snmpd.conf.XXXXXX";
    int fd = mkstemp(path);
    struct snmpd_conf *conf = calloc(1, sizeof(*conf));

    assert_true(fd >= 0 && conf);
    assert_int_equal(strlen(text), write(fd, text, strlen(text)));
    (void)close(fd);
    snmpd_conf_read(conf, path);
    (void)unlink(path);
    return conf;
}

static void debians_view_hides_vm_mib(void **state)
{
    AUTO_FREE struct snmpd_conf *conf =
        read_text("# a comment\nmaster  agentx\nagentaddress  127.0.0.1,[::1]\n"
                  "view   systemonly  included   .1.3.6.1.2.1.1\nview systemonly included .1.3.6.1.2.1.25.1\n"
                  "rocommunity  public default -V systemonly\nrocommunity6 public default -V systemonly\n");

    (void)state;
    assert_true(conf->has_master);
    assert_string_equal("127.0.0.1", conf->address);
    assert_string_equal("public", conf->community);
    assert_string_equal("systemonly", conf->view);
    assert_int_equal(SNMPD_CONF_HIDDEN, snmpd_conf_shows(conf, "1.3.6.1.2.1.236"));
    assert_int_equal(SNMPD_CONF_SHOWN, snmpd_conf_shows(conf, "1.3.6.1.2.1.1"));
    assert_int_equal(SNMPD_CONF_HIDDEN, snmpd_conf_shows(conf, "1.3.6.1.2.1.10"));
}

static void the_longest_subtree_decides(void **state)
{
    AUTO_FREE struct snmpd_conf *conf = read_text(
        "rocommunity \"public\" default -V most\nview most included .1\nview most excluded .1.3.6.1.2.1.236\n"
        "view other included .1.3.6.1.2.1.236\n");

    (void)state;
    assert_string_equal("public", conf->community);
    assert_int_equal(SNMPD_CONF_HIDDEN, snmpd_conf_shows(conf, "1.3.6.1.2.1.236"));
    assert_int_equal(SNMPD_CONF_SHOWN, snmpd_conf_shows(conf, "1.3.6.1.2.1.2"));
}

static void a_community_for_another_host_is_not_used(void **state)
{
    AUTO_FREE struct snmpd_conf *conf =
        read_text("rocommunity far 192.0.2.0/24\nrwcommunity near 127.0.0.1 .1.3.6.1.2.1.1\n");
    AUTO_FREE struct snmpd_conf *none = read_text("rocommunity far 192.0.2.0/24\n");

    (void)state;
    assert_string_equal("near", conf->community);
    assert_int_equal(SNMPD_CONF_HIDDEN, snmpd_conf_shows(conf, "1.3.6.1.2.1.236"));
    assert_string_equal("", none->community);
    assert_int_equal(SNMPD_CONF_UNKNOWN, snmpd_conf_shows(none, "1.3.6.1.2.1.236"));
}

/* An administrator has added a community for monitoring after Debian's own line. */
static void an_open_community_is_preferred(void **state)
{
    AUTO_FREE struct snmpd_conf *conf =
        read_text("view systemonly included .1.3.6.1.2.1.1\nrocommunity public default -V systemonly\n"
                  "rocommunity far 192.0.2.0/24\nrocommunity here 127.0.0.1\nrwcommunity private default\n"
                  "rocommunity monitor default\nrocommunity last\n");
    AUTO_FREE struct snmpd_conf *narrow =
        read_text("rocommunity first default .1.3.6.1.2.1.1\nrocommunity other default -V none\n");

    (void)state;
    assert_string_equal("monitor", conf->community);
    assert_int_equal(SNMPD_CONF_SHOWN, snmpd_conf_shows(conf, "1.3.6.1.2.1.236"));
    assert_string_equal("first", narrow->community);
    assert_string_equal(".1.3.6.1.2.1.1", narrow->only);
    assert_string_equal("", narrow->view);
}

static void other_directives_with_communities_are_noticed(void **state)
{
    AUTO_FREE struct snmpd_conf *conf = read_text("com2sec ro default public\nrocommunity6 public\n");
    AUTO_FREE struct snmpd_conf *none = read_text("rouser joe\n");

    (void)state;
    assert_string_equal("", conf->community);
    assert_string_equal("com2sec", conf->other);
    assert_string_equal("", none->other);
}

/* In a mask, a zero stands for any number at its place. */
static void the_mask_of_a_view_is_heeded(void **state)
{
    AUTO_FREE struct snmpd_conf *any = read_text("rocommunity p default -V v\n"
                                                 "view v included .1.3.6.1.2.1.1 fc\n"); /* 1111110 */
    AUTO_FREE struct snmpd_conf *second =
        read_text("rocommunity p default -V v\nview v included .1.3.6.1.2.1.1.1.9.5 ff:7F\n");
    AUTO_FREE struct snmpd_conf *both = read_text("rocommunity p default -V v\n"
                                                  "view v excluded .1.3.6.1.2.1.0 fc\n"
                                                  "view v included .1.3.6.1.2.1.236\n");
    AUTO_FREE struct snmpd_conf *all = read_text("rocommunity p default -V v\nview v included .1 80\n"
                                                 "view v excluded .1.3.6.1.2.1.236 ff\n");

    (void)state;
    assert_int_equal(SNMPD_CONF_SHOWN, snmpd_conf_shows(any, "1.3.6.1.2.1.236"));
    assert_int_equal(SNMPD_CONF_HIDDEN, snmpd_conf_shows(any, "1.3.6.1.2.2.236"));
    assert_int_equal(SNMPD_CONF_SHOWN, snmpd_conf_shows(second, "1.3.6.1.2.1.1.1.8.5"));
    assert_int_equal(SNMPD_CONF_HIDDEN, snmpd_conf_shows(second, "1.3.6.1.2.1.1.1.9.6"));
    assert_int_equal(SNMPD_CONF_SHOWN, snmpd_conf_shows(both, "1.3.6.1.2.1.236"));
    assert_int_equal(SNMPD_CONF_HIDDEN, snmpd_conf_shows(both, "1.3.6.1.2.1.235"));
    assert_int_equal(SNMPD_CONF_HIDDEN, snmpd_conf_shows(all, "1.3.6.1.2.1.236"));
    assert_int_equal(SNMPD_CONF_SHOWN, snmpd_conf_shows(all, "1.3.6.1.4.1"));
}

/* As net-snmp reads them. */
static void quotes_of_both_kinds_surround_a_word(void **state)
{
    static const struct {
        const char *text, *community;
    } lines[] = {
        { "rocommunity 'public'\n", "public" },       { "rocommunity \"two words\" default\n", "two words" },
        { "rocommunity 'it\"s'\n", "it\"s" },         { "rocommunity \"it's\"\n", "it's" },
        { "rocommunity 'a # b' default\n", "a # b" }, { "rocommunity 'a\\'b'\n", "a'b" },
        { "rocommunity a\\ b default\n", "a b" },     { "'rocommunity' x\n", "x" },
        { "rocommunity 'open\n", "open\n" },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(lines); i++) {
        AUTO_FREE struct snmpd_conf *conf = read_text(lines[i].text);

        assert_string_equal(lines[i].community, conf->community);
    }
}

static void a_comment_behind_a_directive_is_ignored(void **state)
{
    AUTO_FREE struct snmpd_conf *conf =
        read_text("master agentx # for guestlistd\nrocommunity pub#lic # for all hosts\n#rocommunity other\n"
                  "view v included # .1\n");

    (void)state;
    assert_true(conf->has_master);
    assert_string_equal("pub#lic", conf->community);
    assert_int_equal(SNMPD_CONF_SHOWN, snmpd_conf_shows(conf, "1.3.6.1.2.1.236"));
    assert_int_equal(0, conf->view_count);
}

static void views_with_names_are_unknown(void **state)
{
    AUTO_FREE struct snmpd_conf *conf = read_text("rocommunity p default -V v\nview v included .iso.org\n");
    AUTO_FREE struct snmpd_conf *open = read_text("rocommunity p\n");

    (void)state;
    assert_int_equal(SNMPD_CONF_UNKNOWN, snmpd_conf_shows(conf, "1.3.6.1.2.1.236"));
    assert_int_equal(SNMPD_CONF_SHOWN, snmpd_conf_shows(open, "1.3.6.1.2.1.236"));
}

static void included_files_are_read(void **state)
{
    char folder[] = "/tmp/snmpd.conf.d.XXXXXX", path[64], line[128];
    AUTO_FREE struct snmpd_conf *conf = NULL;
    FILE *file;

    (void)state;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof(path), "%s/guestlist.conf", folder);
    file = fopen(path, "w");
    assert_true(file && fputs("view stock included .1.3.6.1.2.1.236\n", file) >= 0 && fclose(file) == 0);
    (void)snprintf(line, sizeof(line), "rocommunity p default -V stock\nincludeDir %s\n", folder);
    conf = read_text(line);
    assert_int_equal(SNMPD_CONF_SHOWN, snmpd_conf_shows(conf, "1.3.6.1.2.1.236"));
    (void)unlink(path);
    (void)rmdir(folder);
}

static void the_address_is_one_that_clients_can_use(void **state)
{
    AUTO_FREE struct snmpd_conf *udp = read_text("agentAddress tcp:127.0.0.1:705,udp:127.0.0.1:1161\n");
    AUTO_FREE struct snmpd_conf *port = read_text("agentaddress udp:1161\n");

    (void)state;
    assert_string_equal("udp:127.0.0.1:1161", udp->address);
    assert_string_equal("udp:localhost:1161", port->address);
}

static void the_line_that_loads_the_module_is_found(void **state)
{
    AUTO_FREE struct snmpd_conf *good =
        read_text("dlmod other /o.so\nDLMOD guestlist /lib/guestlist-snmpd.so # comment\n"
                  "dlmod guestlist /second.so\nguestlistInterval 5\nguestlisthypervisor test:///default\n");
    AUTO_FREE struct snmpd_conf *renamed = read_text("dlmod vms /lib/guestlist-snmpd.so\n");
    AUTO_FREE struct snmpd_conf *bare = read_text("dlmod guestlist\n");
    AUTO_FREE struct snmpd_conf *none = read_text("dlmod other /o.so\nmaster agentx\n");

    (void)state;
    assert_string_equal("guestlist", good->module.name);
    assert_string_equal("/lib/guestlist-snmpd.so", good->module.path);
    assert_string_equal("", good->module.early);
    assert_false(good->module.has_contexts);
    assert_string_equal("vms", renamed->module.name);
    assert_string_equal("guestlist", bare->module.name);
    assert_string_equal("", bare->module.path);
    assert_string_equal("", none->module.name);
}

static void directives_before_the_module_and_contexts_are_noticed(void **state)
{
    AUTO_FREE struct snmpd_conf *early =
        read_text("guestlistFilter active\nguestlistInterval 5\ndlmod guestlist /g.so\n");
    AUTO_FREE struct snmpd_conf *contexts =
        read_text("dlmod guestlist /g.so\nguestlistHypervisor test:///default here\n");

    (void)state;
    assert_string_equal("guestlistFilter", early->module.early);
    assert_string_equal("guestlist", early->module.name);
    assert_true(contexts->module.has_contexts);
}

static void a_mapped_file_is_the_module_or_an_older_one(void **state)
{
    static const char path[] = "/lib/guestlist-snmpd.so";

    (void)state;
    assert_int_equal(RUNNING_MODULE_SAME,
                     running_module_parse("7f-80 r-xp 0000 fe:00 12    /lib/guestlist-snmpd.so\n", path));
    assert_int_equal(
        RUNNING_MODULE_REPLACED,
        running_module_parse("7f-80 r-xp 0000 fe:00 12    /lib/guestlist-snmpd.so (deleted)\n", path));
    assert_int_equal(RUNNING_MODULE_UNSEEN,
                     running_module_parse("7f-80 r-xp 0000 fe:00 12    /lib/guestlist-snmpd.so.1\n", path));
    assert_int_equal(RUNNING_MODULE_UNSEEN, running_module_parse("7f-80 rw-p 0000 00:00 0 [heap]\n", path));
}

static void agentx_addresses_are_parsed(void **state)
{
    struct agentx_address address;
    char longer[300];

    (void)state;
    assert_true(agentx_parse("/var/agentx/master", &address) && address.is_unix);
    assert_string_equal("/var/agentx/master", address.path);
    assert_true(agentx_parse("unix:/run/a", &address) && address.is_unix);
    assert_string_equal("/run/a", address.path);
    assert_true(agentx_parse("tcp:[::1]:705", &address) && !address.is_unix);
    assert_string_equal("::1", address.host);
    assert_true(agentx_parse("localhost:705", &address) && !address.is_unix);
    assert_string_equal("705", address.service);
    assert_true(agentx_parse("tcp:705", &address) && !address.is_unix);
    assert_string_equal("localhost", address.host);
    assert_string_equal("705", address.service);
    assert_false(agentx_parse("705", &address));
    assert_false(agentx_parse("tcp:localhost", &address));
    assert_false(agentx_parse("", &address));
    memset(longer, '/', sizeof(longer) - 1);
    longer[sizeof(longer) - 1] = '\0';
    assert_false(agentx_parse(longer, &address));
}

static void a_finding_is_a_line_with_a_line_for_each_remedy(void **state)
{
    AUTO_FREE char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    struct finding_result *result = calloc(1, sizeof(*result));

    (void)state;
    finding_put(result, FINDING_WRONG, "it is %s", "broken\nin\x1b two");
    finding_add_remedy(result, "mend %d", 1);
    finding_add_remedy(result, "mend\n%d", 2);
    doctor_print(result, "filter", "", out);
    finding_put(result, FINDING_FINE, "fine");
    result->remedy[0] = '\0';
    doctor_print(result, "libvirt", "lxc", out);
    (void)fclose(out);
    assert_string_equal("!!  filter           it is broken\\x0ain\\x1b two\n    -> mend 1\n    -> mend\\x0a2\n"
                        "ok  libvirt          lxc: fine\n",
                        text);
    free(result);
}

static void the_checks_run_in_order(void **state)
{
    static const char *const names[] = { "configuration",  "libvirt",       "filter",       "state directory",
                                         "snmpd's module", "AgentX master", "registration", "snmpd's view",
                                         "MIB names",      "control",       "connections" };

    (void)state;
    assert_int_equal(ARRAY_COUNT(names), doctor_row_count);
    for (size_t i = 0; i < doctor_row_count; i++) {
        assert_string_equal(names[i], doctor_rows[i].name);
        assert_non_null(doctor_rows[i].run);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(debians_view_hides_vm_mib),
        cmocka_unit_test(the_longest_subtree_decides),
        cmocka_unit_test(a_community_for_another_host_is_not_used),
        cmocka_unit_test(an_open_community_is_preferred),
        cmocka_unit_test(other_directives_with_communities_are_noticed),
        cmocka_unit_test(the_mask_of_a_view_is_heeded),
        cmocka_unit_test(quotes_of_both_kinds_surround_a_word),
        cmocka_unit_test(a_comment_behind_a_directive_is_ignored),
        cmocka_unit_test(views_with_names_are_unknown),
        cmocka_unit_test(included_files_are_read),
        cmocka_unit_test(the_address_is_one_that_clients_can_use),
        cmocka_unit_test(the_line_that_loads_the_module_is_found),
        cmocka_unit_test(directives_before_the_module_and_contexts_are_noticed),
        cmocka_unit_test(a_mapped_file_is_the_module_or_an_older_one),
        cmocka_unit_test(agentx_addresses_are_parsed),
        cmocka_unit_test(a_finding_is_a_line_with_a_line_for_each_remedy),
        cmocka_unit_test(the_checks_run_in_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
