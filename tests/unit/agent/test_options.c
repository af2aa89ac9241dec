/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/options.h"
#include "agent/settings.h"
#include "lib/base/array.h"
#include "lib/base/cleanup.h"
#include "lib/model/filter.h"

static char why[1024];

static int no_log(char *words, int argc, char *const *argv)
{
    (void)argc;
    (void)argv;
    return strcmp(words, "bad") == 0 ? -1 : 0;
}

static bool parse(struct options *options, int argc, const char *const *argv)
{
    return options_parse(options, argc, (char **)(uintptr_t)argv, no_log, why, sizeof(why));
}

static void the_command_line_overrides_what_the_file_said(void **state)
{
    static const char *const argv[] = { "guestlistd", "-u", "test:///default", "--interval",
                                        "3",          "-F", "active",          NULL };
    struct options options;
    struct settings settings;

    (void)state;
    settings_default(&settings);
    settings.hypervisor_count = 2;
    (void)strcpy(settings.hypervisors[0].uri, "qemu:///system");
    (void)strcpy(settings.hypervisors[1].uri, "xen:///system");
    settings.interval_s = 99;
    assert_true(parse(&options, 7, argv));
    assert_true(options_apply(&options, &settings, why, sizeof(why)));
    assert_int_equal(settings.hypervisor_count, 1);
    assert_string_equal(settings.hypervisors[0].uri, "test:///default");
    assert_int_equal(settings.interval_s, 3);
    assert_int_equal(settings.filter, FILTER_ACTIVE);
}

static void net_snmp_options_work_as_in_its_daemons(void **state)
{
    static const char *const argv[] = { "guestlistd", "-f",     "-x", "tcp:localhost:705", "-Le", "-C",
                                        "-D",         "agentx", "-p", "/run/pid",          "-c",  "my.conf",
                                        NULL };
    struct options options;

    (void)state;
    assert_true(parse(&options, 12, argv));
    assert_true(options.foreground && options.no_configuration && options.has_log);
    assert_string_equal(options.agentx, "tcp:localhost:705");
    assert_string_equal(options.debug_tokens, "agentx");
    assert_string_equal(options.pid_file, "/run/pid");
    assert_string_equal(options.configuration, "my.conf");
    assert_int_equal(options.task, TASK_SERVE);
}

static void relative_paths_become_absolute(void **state)
{
    static const struct {
        const char *given, *absolute; /* NULL: the same */
    } addresses[] = {
        { "agentx/master", "/usr/agentx/master" },
        { "unix:master", "unix:/usr/master" },
        { "/var/agentx/master", NULL },
        { "unix:/var/agentx/master", NULL },
        { "tcp:localhost:705", NULL },
        { "localhost:705", NULL },
        { "705", NULL },
    };
    struct options options = { .configuration = "my.conf", .pid_file = "/run/pid" };
    AUTO_FREE char *before = getcwd(NULL, 0);

    (void)state;
    assert_int_equal(chdir("/usr"), 0);
    assert_int_equal(setenv("SNMPCONFPATH", "conf::/etc/snmp:../x", 1), 0);
    assert_true(options_make_absolute(&options, why, sizeof(why)));
    assert_string_equal(options.configuration, "/usr/my.conf");
    assert_string_equal(options.pid_file, "/run/pid");
    assert_null(options.agentx);
    assert_string_equal(getenv("SNMPCONFPATH"), "/usr/conf:/etc/snmp:/usr/../x");
    options_free(&options);
    for (size_t i = 0; i < ARRAY_COUNT(addresses); i++) {
        options = (struct options){ .agentx = addresses[i].given };
        assert_true(options_make_absolute(&options, why, sizeof(why)));
        assert_string_equal(options.agentx, addresses[i].absolute ? addresses[i].absolute : addresses[i].given);
        options_free(&options);
    }
    assert_int_equal(unsetenv("SNMPCONFPATH"), 0);
    assert_int_equal(chdir(before), 0);
}

static void once_takes_its_forms_and_nothing_else(void **state)
{
    static const struct {
        const char *option;
        enum once_form form;
    } forms[] = {
        { "--once", ONCE_TABLE },
        { "--once=json", ONCE_JSON },
        { "--once=unwell", ONCE_UNWELL },
    };
    static const char *const refused[] = { "--once=xml", "--once=", "--once=unwel", "--once=JSON" };
    struct options options;

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(forms); i++) {
        const char *const arguments[] = { "guestlistd", forms[i].option, NULL };

        assert_true(parse(&options, 2, arguments));
        assert_int_equal(options.task, TASK_ONCE);
        assert_int_equal(options.once_form, forms[i].form);
    }
    for (size_t i = 0; i < ARRAY_COUNT(refused); i++) {
        const char *const arguments[] = { "guestlistd", refused[i], NULL };

        assert_false(parse(&options, 2, arguments));
        assert_non_null(strstr(why, "--once=json or --once=unwell"));
    }
}

static void arguments_that_are_no_options_are_refused_by_name(void **state)
{
    static const char *const unknown[] = { "guestlistd", "--frequency", "3", NULL };
    static const char *const letter[] = { "guestlistd", "-q", NULL };
    static const char *const missing[] = { "guestlistd", "-x", NULL };
    static const char *const word[] = { "guestlistd", "qemu:///system", NULL };
    static const char *const log[] = { "guestlistd", "-Lbad", NULL };
    struct options options;

    (void)state;
    assert_false(parse(&options, 3, unknown));
    assert_non_null(strstr(why, "--frequency"));
    assert_false(parse(&options, 2, letter));
    assert_non_null(strstr(why, "-q"));
    assert_false(parse(&options, 2, missing));
    assert_non_null(strstr(why, "-x"));
    assert_false(parse(&options, 2, word));
    assert_non_null(strstr(why, "\"qemu:///system\""));
    assert_false(parse(&options, 2, log));
}

static void a_refused_argument_shows_no_password_and_harms_no_terminal(void **state)
{
    static const char *const unknown[] = { "guestlistd", "--urix=qemu://me:secret@host/", NULL };
    static const char *const word[] = { "guestlistd", "qemu://me:secret@host/\x1b[2J", NULL };
    static const char *const letter[] = { "guestlistd", "-\x1b", NULL };
    struct options options;

    (void)state;
    assert_false(parse(&options, 2, unknown));
    assert_non_null(strstr(why, "--urix=qemu://me:***@host/"));
    assert_false(parse(&options, 2, word));
    assert_non_null(strstr(why, "\"qemu://me:***@host/\\x1b[2J\""));
    assert_false(parse(&options, 2, letter));
    assert_non_null(strstr(why, "unknown option -\\x1b"));
}

static void a_refused_command_line_leaves_nothing_for_the_next_one(void **state)
{
    static const char *const cluster[] = { "guestlistd", "-qf", NULL };
    static const char *const none[] = { "guestlistd", NULL };
    struct options options;

    (void)state;
    assert_false(parse(&options, 2, cluster));
    assert_true(parse(&options, 1, none));
    assert_false(options.foreground);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_command_line_overrides_what_the_file_said),
        cmocka_unit_test(net_snmp_options_work_as_in_its_daemons),
        cmocka_unit_test(relative_paths_become_absolute),
        cmocka_unit_test(once_takes_its_forms_and_nothing_else),
        cmocka_unit_test(arguments_that_are_no_options_are_refused_by_name),
        cmocka_unit_test(a_refused_argument_shows_no_password_and_harms_no_terminal),
        cmocka_unit_test(a_refused_command_line_leaves_nothing_for_the_next_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
