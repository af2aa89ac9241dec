/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What config_file_read() says about a file that net-snmp's parser or a directive refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/snmp/config_file.h"
#include "agent/snmp/session.h"

static char path[64], complaints[4096];
static struct settings settings;

static int register_directives(void **state)
{
    const struct options options = { .no_configuration = true };

    (void)state;
    (void)strcpy(path, "/tmp/guestlistd.conf.XXXXXX");
    session_prepare(&options); /* registers agentXSocket */
    config_file_register();
    return close(mkstemp(path));
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

static bool read_text(const char *text)
{
    const struct options options = { .no_configuration = true, .configuration = path };
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    settings_default(&settings);
    return config_file_read(&options, &settings, complaints, sizeof(complaints));
}

static void a_right_file_is_read_without_a_word(void **state)
{
    (void)state;
    assert_true(read_text("# comment\nINTERVAL 30\nfilter active\n"));
    assert_string_equal(complaints, "");
    assert_int_equal(settings.interval_s, 30);
}

static void each_complaint_is_a_line_with_file_and_number(void **state)
{
    (void)state;
    assert_false(read_text("interval soon\n\nnosuch 1\n"));
    assert_non_null(strstr(complaints, path));
    assert_non_null(strstr(complaints, "line 1"));
    assert_non_null(strstr(complaints, "\"soon\""));
    assert_non_null(strstr(complaints, "line 3"));
    assert_non_null(strstr(complaints, "nosuch"));
    assert_int_equal(complaints[strlen(complaints) - 1], '\n');
}

/* Reads a file with one agentXSocket, and -x with another address or NULL. */
static const char *address_after_reading(const char *given)
{
    const struct options options = { .no_configuration = true, .configuration = path, .agentx = given };
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs("agentXSocket /of/the/file\n", file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_true(config_file_read(&options, &settings, complaints, sizeof(complaints)));
    return session_address(NULL);
}

static void the_command_line_has_precedence_each_time_the_file_is_read(void **state)
{
    static const char given[] = "/of/the/command/line";

    (void)state;
    assert_string_equal(address_after_reading(given), given);
    assert_string_equal(address_after_reading(given), given);
    assert_string_equal(address_after_reading(NULL), "/of/the/file");
}

static void a_complaint_shows_the_file_harmlessly(void **state)
{
    (void)state;
    assert_false(read_text("\x1b[2J\x07 1\nfilter \x1b]0;title\n"));
    assert_null(strchr(complaints, '\x1b'));
    assert_null(strchr(complaints, '\x07'));
    assert_non_null(strstr(complaints, "\\x1b[2J\\x07"));
    assert_non_null(strstr(complaints, "\\x1b]0;title"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_right_file_is_read_without_a_word),
        cmocka_unit_test(each_complaint_is_a_line_with_file_and_number),
        cmocka_unit_test(the_command_line_has_precedence_each_time_the_file_is_read),
        cmocka_unit_test(a_complaint_shows_the_file_harmlessly),
    };

    return cmocka_run_group_tests(tests, register_directives, remove_file);
}
