/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "integrations/check_guestlist/options.h"

enum { WORDS_MAX = 40 };

static char why[1000];

/* Splits at blanks. The words stay as long as the test runs, as a command line does. */
static bool parse(struct options *options, const char *line)
{
    static char copies[64][400];
    static size_t used;
    char *argv[WORDS_MAX + 1] = { (char *)(uintptr_t) "check_guestlist" }, *next = copies[used++ % 64];
    int argc = 1;

    (void)snprintf(next, sizeof(copies[0]), "%s", line);
    for (char *word = strtok_r(next, " ", &next); word && argc < WORDS_MAX; word = strtok_r(NULL, " ", &next))
        argv[argc++] = word;
    return options_parse(options, argc, argv, why, sizeof(why));
}

static void assert_refused(const char *line, const char *words)
{
    struct options options;

    if (parse(&options, line))
        fail_msg("\"%s\" is taken", line);
    if (!strstr(why, words))
        fail_msg("\"%s\" is refused without the words \"%s\": %s", line, words, why);
    options_clear(&options);
}

static void assert_taken(struct options *options, const char *line)
{
    if (!parse(options, line))
        fail_msg("\"%s\" is refused: %s", line, why);
}

static void a_host_is_enough(void **state)
{
    struct options options;

    (void)state;
    assert_taken(&options, "-H hv1");
    assert_string_equal(options.host, "hv1");
    assert_int_equal(options.mode, MODE_HEALTH);
    assert_int_equal(options.protocol, PROTOCOL_2C);
    assert_int_equal(options.port, 161);
    assert_int_equal(options.timeout_s, 10);
    assert_null(options.community);
    assert_true(options_want(&options, "anything"));
    options_clear(&options);
}

static void every_option_has_its_word(void **state)
{
    struct options options;

    (void)state;
    assert_taken(
        &options,
        "--hostname hv1 --port 1161 --protocol 3 --seclevel authPriv --secname me --authproto SHA --authpasswd "
        "aaaaaaaa --privproto AES --privpasswd pppppppp --context lab --timeout 30");
    assert_int_equal(options.port, 1161);
    assert_int_equal(options.protocol, PROTOCOL_3);
    assert_int_equal(options.level, LEVEL_PRIV);
    assert_string_equal(options.user, "me");
    assert_string_equal(options.auth_protocol, "SHA");
    assert_string_equal(options.auth_password, "aaaaaaaa");
    assert_string_equal(options.priv_protocol, "AES");
    assert_string_equal(options.priv_password, "pppppppp");
    assert_string_equal(options.context, "lab");
    assert_int_equal(options.timeout_s, 30);
    options_clear(&options);
    assert_taken(&options,
                 "--hostname hv1 --community secret --mode count --state inactive --domain /web/ --ignore web9 "
                 "--warning 1:5 --critical @7 --verbose --verbose");
    assert_string_equal(options.community, "secret");
    assert_int_equal(options.mode, MODE_COUNT);
    assert_string_equal(options.criteria.text, "inactive");
    assert_true(options_want(&options, "web1"));
    assert_false(options_want(&options, "web9"));
    assert_false(options_want(&options, "db"));
    assert_string_equal(options.warning.text, "1:5");
    assert_true(options.critical.alarms_inside);
    assert_int_equal(options.verbosity, 2);
    options_clear(&options);
}

static void a_user_means_version_3(void **state)
{
    struct options options;

    (void)state;
    assert_taken(&options, "-H hv1 -U me");
    assert_int_equal(options.protocol, PROTOCOL_3);
    options_clear(&options);
    assert_taken(&options, "-H hv1 -L authNoPriv");
    assert_int_equal(options.protocol, PROTOCOL_3);
    options_clear(&options);
}

static void a_guest_that_migrates_runs(void **state)
{
    struct options options;

    (void)state;
    assert_taken(&options, "-H hv1 -m domain -d web");
    assert_int_equal(options.criteria.count, 2);
    assert_string_equal(options.criteria.text, "running");
    options_clear(&options);
    assert_taken(&options, "-H hv1 -m domain -d web -s running");
    assert_int_equal(options.criteria.count, 1);
    options_clear(&options);
}

static void help_and_version_need_no_host(void **state)
{
    struct options options;

    (void)state;
    assert_taken(&options, "-h");
    assert_int_equal(options.task, TASK_HELP);
    options_clear(&options);
    assert_taken(&options, "--version");
    assert_int_equal(options.task, TASK_VERSION);
    options_clear(&options);
}

static void what_is_wrong_is_refused_with_a_sentence(void **state)
{
    (void)state;
    assert_refused("", "-H is missing");
    assert_refused("-H", "a value is missing behind -H");
    assert_refused("-H hv1 -z", "unknown option -z");
    assert_refused("-H hv1 --nonsense", "unknown option --nonsense");
    assert_refused("-H hv1 --mode", "a value is missing behind --mode");
    assert_refused("-H hv1 more", "unknown argument more");
    assert_refused("-H hv1 -p 0", "a port from 1 to 65535");
    assert_refused("-H hv1 -p 65536", "a port from 1 to 65535");
    assert_refused("-H hv1 -t 0", "seconds from 1 to 3600");
    assert_refused("-H hv1 -t 10s", "seconds from 1 to 3600");
    assert_refused("-H hv1 -P 1", "2c or 3");
    assert_refused("-H hv1 -L none", "noAuthNoPriv, authNoPriv or authPriv");
    assert_refused("-H hv1 -m all", "health, domain or count");
    assert_refused("-H hv1 -w x", "a range");
    assert_refused("-H hv1 -c 5:1", "a range");
    assert_refused("-H hv1 -i /(/", "no regular expression");
    assert_refused("-H hv1 -m domain", "-d is missing");
    assert_refused("-H hv1 -s running", "-s is of no use");
    assert_refused("-H hv1 -m count -s sleeping", "\"sleeping\" is no state or filter word");
    assert_refused("-H hv1 -m count -s ,", "expected one or more of");
}

static void versions_of_snmp_are_not_mixed(void **state)
{
    (void)state;
    assert_refused("-H hv1 -P 2c -U me", "want -P 3");
    assert_refused("-H hv1 -P 3 -C public", "no community");
    assert_refused("-H hv1 -N lab", "-N wants -P 3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_host_is_enough),
        cmocka_unit_test(every_option_has_its_word),
        cmocka_unit_test(a_user_means_version_3),
        cmocka_unit_test(a_guest_that_migrates_runs),
        cmocka_unit_test(help_and_version_need_no_host),
        cmocka_unit_test(what_is_wrong_is_refused_with_a_sentence),
        cmocka_unit_test(versions_of_snmp_are_not_mixed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
