/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "integrations/check_guestlist/arguments.h"

enum { WORDS_MAX = 40 };

static struct arguments arguments;
static char why[1000];

/* Splits the line at blanks. Like a command line, the words live as long as the program. */
static bool parse(const char *line)
{
    static char copies[64][400];
    static size_t used;
    char *argv[WORDS_MAX + 1] = { (char *)(uintptr_t) "check_guestlist" }, *next = copies[used++ % 64];
    int argc = 1;

    (void)snprintf(next, sizeof(copies[0]), "%s", line);
    for (char *word = strtok_r(next, " ", &next); word && argc < WORDS_MAX; word = strtok_r(NULL, " ", &next))
        argv[argc++] = word;
    arguments_clear(&arguments);
    return arguments_parse(&arguments, argc, argv, why, sizeof(why));
}

static void assert_refused(const char *line, const char *words)
{
    if (parse(line))
        fail_msg("\"%s\" is accepted", line);
    if (!strstr(why, words))
        fail_msg("\"%s\" is refused without the words \"%s\": %s", line, words, why);
}

static void assert_accepted(const char *line)
{
    if (!parse(line))
        fail_msg("\"%s\" is refused: %s", line, why);
}

static int tear_down(void **state)
{
    (void)state;
    arguments_clear(&arguments);
    return 0;
}

static void a_host_is_enough(void **state)
{
    (void)state;
    assert_accepted("-H hv1");
    assert_string_equal(arguments.host, "hv1");
    assert_int_equal(arguments.mode, MODE_HEALTH);
    assert_int_equal(arguments.protocol, PROTOCOL_2C);
    assert_int_equal(arguments.port, 161);
    assert_int_equal(arguments.timeout_s, 10);
    assert_null(arguments.community);
    assert_true(arguments_want(&arguments, "anything"));
}

static void every_option_has_a_long_name(void **state)
{
    (void)state;
    assert_accepted(
        "--hostname hv1 --port 1161 --protocol 3 --seclevel authPriv --secname me --authproto SHA --authpasswd "
        "aaaaaaaa --privproto AES --privpasswd pppppppp --context lab --timeout 30");
    assert_int_equal(arguments.port, 1161);
    assert_int_equal(arguments.protocol, PROTOCOL_3);
    assert_int_equal(arguments.level, LEVEL_PRIV);
    assert_string_equal(arguments.user, "me");
    assert_string_equal(arguments.auth_protocol, "SHA");
    assert_string_equal(arguments.auth_password, "aaaaaaaa");
    assert_string_equal(arguments.priv_protocol, "AES");
    assert_string_equal(arguments.priv_password, "pppppppp");
    assert_string_equal(arguments.context, "lab");
    assert_int_equal(arguments.timeout_s, 30);
    assert_accepted("--hostname hv1 --community secret --mode count --state inactive --domain /web/ --ignore web9 "
                    "--warning 1:5 --critical @7 --verbose --verbose");
    assert_string_equal(arguments.community, "secret");
    assert_int_equal(arguments.mode, MODE_COUNT);
    assert_string_equal(arguments.criteria.text, "inactive");
    assert_true(arguments_want(&arguments, "web1"));
    assert_false(arguments_want(&arguments, "web9"));
    assert_false(arguments_want(&arguments, "db"));
    assert_string_equal(arguments.warning.text, "1:5");
    assert_true(arguments.critical.alarms_inside);
    assert_int_equal(arguments.verbosity, 2);
}

static void a_user_means_version_3(void **state)
{
    (void)state;
    assert_accepted("-H hv1 -U me");
    assert_int_equal(arguments.protocol, PROTOCOL_3);
    assert_accepted("-H hv1 -L authNoPriv");
    assert_int_equal(arguments.protocol, PROTOCOL_3);
}

static void a_migrating_guest_counts_as_running_by_default(void **state)
{
    (void)state;
    assert_accepted("-H hv1 -m domain -d web");
    assert_int_equal(arguments.criteria.count, 2);
    assert_string_equal(arguments.criteria.text, "running");
    assert_accepted("-H hv1 -m domain -d web -s running");
    assert_int_equal(arguments.criteria.count, 1);
}

static void help_and_version_need_no_host(void **state)
{
    (void)state;
    assert_accepted("-h");
    assert_int_equal(arguments.task, TASK_HELP);
    assert_accepted("--version");
    assert_int_equal(arguments.task, TASK_VERSION);
}

static void a_wrong_command_line_is_refused_with_a_reason(void **state)
{
    (void)state;
    assert_refused("", "-H is missing");
    assert_refused("-H", "a value is missing after -H");
    assert_refused("-H hv1 -z", "unknown option -z");
    assert_refused("-H hv1 --nonsense", "unknown option --nonsense");
    assert_refused("-H hv1 --mode", "a value is missing after --mode");
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
    assert_refused("-H hv1 -i /(/", "not a regular expression");
    assert_refused("-H hv1 -m domain", "-d is missing");
    assert_refused("-H hv1 -s running", "-s has no effect");
    assert_refused("-H hv1 -m count -s sleeping", "\"sleeping\" is not a state or filter word");
    assert_refused("-H hv1 -m count -s ,", "expected one or more of");
}

static void versions_of_snmp_are_not_mixed(void **state)
{
    (void)state;
    assert_refused("-H hv1 -P 2c -U me", "need -P 3");
    assert_refused("-H hv1 -P 3 -C public", "no community");
    assert_refused("-H hv1 -N lab", "-N needs -P 3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_host_is_enough, tear_down),
        cmocka_unit_test_teardown(every_option_has_a_long_name, tear_down),
        cmocka_unit_test_teardown(a_user_means_version_3, tear_down),
        cmocka_unit_test_teardown(a_migrating_guest_counts_as_running_by_default, tear_down),
        cmocka_unit_test_teardown(help_and_version_need_no_host, tear_down),
        cmocka_unit_test_teardown(a_wrong_command_line_is_refused_with_a_reason, tear_down),
        cmocka_unit_test_teardown(versions_of_snmp_are_not_mixed, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
