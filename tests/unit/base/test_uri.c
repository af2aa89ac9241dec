/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/array.h"
#include "lib/base/uri.h"

static void uris_that_libvirt_accepts_are_accepted(void **state)
{
    static const char *const good[] = {
        "qemu:///system",
        "qemu:///session",
        "qemu:///embed?root=/tmp/x",
        "qemu+ssh://root@host.example/system",
        "qemu+ssh://user@[2001:db8::1]:2222/system?keyfile=/k&no_verify=1",
        "qemu+tls://host/system",
        "qemu+tcp://host:16509/system",
        "qemu+unix:///system?socket=/run/x",
        "qemu+libssh://host/system",
        "qemu+libssh2://host/system",
        "qemu+ext://host/system?command=/x",
        "lxc:///",
        "xen:///system",
        "test:///default",
        "test:///path/to/file.xml",
        "bhyve:///system",
        "ch:///system",
        "esx://root@host/?no_verify=1",
        "vpx://host/dc/cluster/host",
        "hyperv://host",
        "vbox:///session",
        "vz:///system",
        "openvz:///system",
        "vmwareplayer:///session",
        "remote+tls://host/", /* the daemon there chooses the driver */
        "qemu",               /* libvirt.conf may define it */
        "my-Host_01",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(good); i++) {
        char why[512] = "";

        if (!uri_check(good[i], why, sizeof(why)))
            fail_msg("%s: %s", good[i], why);
    }
}

static void a_uri_that_libvirt_does_not_accept_is_refused_with_the_expected_form(void **state)
{
    static const struct {
        const char *uri, *expected;
    } bad[] = {
        { "", "DRIVER[+TRANSPORT]://" },
        { "qemu:/system", "DRIVER[+TRANSPORT]://" },
        { "two words", "DRIVER[+TRANSPORT]://" },
        { "qemu+ssh", "DRIVER[+TRANSPORT]://" },
        { "/run/libvirt/libvirt-sock", "DRIVER[+TRANSPORT]://" },
        { "://host", "qemu" },
        { ":///system", "qemu" },
        { "kvm:///system", "qemu" },
        { "qemux:///system", "qemu" },
        { "qem:///system", "qemu" },
        { "http://host/", "qemu" },
        { "+ssh://host/", "qemu" },
        { "qemu+:///system", "ssh" },
        { "qemu+rsh://host/system", "ssh" },
        { "qemu+sshx://host/system", "ssh" },
        { "qemu+ssh+tls://host/system", "ssh" },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        char why[512] = "";

        if (uri_check(bad[i].uri, why, sizeof(why)))
            fail_msg("\"%s\" was taken", bad[i].uri);
        if (!strstr(why, bad[i].expected))
            fail_msg("\"%s\": \"%s\" does not name %s", bad[i].uri, why, bad[i].expected);
    }
}

static void a_refusal_lists_all_drivers_or_all_transports(void **state)
{
    static const char *const drivers[] = { "bhyve", "esx", "lxc", "qemu", "test", "vbox", "xen" };
    static const char *const transports[] = { "ext", "libssh", "libssh2", "ssh", "tcp", "tls", "unix" };
    char why[512];

    (void)state;
    assert_false(uri_check("x:///", why, sizeof(why)));
    for (size_t i = 0; i < ARRAY_COUNT(drivers); i++)
        assert_non_null(strstr(why, drivers[i]));
    assert_false(uri_check("qemu+x:///", why, sizeof(why)));
    for (size_t i = 0; i < ARRAY_COUNT(transports); i++)
        assert_non_null(strstr(why, transports[i]));
}

static void a_refusal_fits_any_buffer(void **state)
{
    (void)state;
    for (size_t size = 1; size < 80; size++) {
        char *why = malloc(size); /* of the exact size, so that the sanitizers find a byte too many */

        assert_non_null(why);
        assert_false(uri_check("x:///", why, size));
        assert_true(strlen(why) < size);
        free(why);
    }
}

/* Each secret has a digit or sign that is nowhere else in its URI. */
static const struct {
    const char *uri, *shown;
} shown[] = {
    { "qemu:///system", "qemu:///system" },
    { "esx://root:s3cret@host/", "esx://root:***@host/" },
    { "esx://root:s3cret@host", "esx://root:***@host" },
    { "esx://root:5@host:443/?no_verify=1", "esx://root:***@host:443/?no_verify=1" },
    { "esx://dom%5Cuser:a1:b2@host/", "esx://dom%***@host/" },
    { "iscsi://user%a1@host/", "iscsi://user%***@host/" },
    { "esx://user:p1@ss@host/", "esx://user:***@host/" },
    { "esx://:pw1@host/", "esx://:***@host/" },
    { "qemu+ssh://user@host:22/system", "qemu+ssh://user@host:22/system" },
    { "qemu+ssh://user:@host/system", "qemu+ssh://user:@host/system" },
    { "qemu+tls://[::1]:16514/system", "qemu+tls://[::1]:16514/system" },
    { "qemu+tls://u:pw9@[::1]:16514/system", "qemu+tls://u:***@[::1]:16514/system" },
    { "qemu+x://h/s?a=1&password=a@b2&b=2", "qemu+x://h/s?a=1&password=***&b=2" },
    { "qemu+x://h/s?PassWord=1;my_TOKEN=2;clientsecret=3#f",
      "qemu+x://h/s?PassWord=***;my_TOKEN=***;clientsecret=***" },
    { "qemu+x://u:pw1@h/s?token=t1&token=t2", "qemu+x://u:***@h/s?token=***&token=***" },
    { "qemu+x://u:p9@h/s?secret=a@b2@c3&x=1", "qemu+x://u:***&x=1" },
    { "qemu+x://h/s?password=&token&token=t1", "qemu+x://h/s?password=&token&token=***" },
    { "qemu+x://h/s?pass=1=2", "qemu+x://h/s?pass=***" },
    { "qemu+x://h/s?keyfile=/pass/word&passphrase=/x1", "qemu+x://h/s?keyfile=/pass/word&passphrase=***" },
    { "qemu:///s?x=u:p9@h", "qemu:///s?x=u:***@h" }, /* a user part in the wrong place is one */
    { "qemu:///u:p9@h", "qemu:///u:***@h" },
    { "qemu+unix:///system?socket=/run/user@1000/sock", "qemu+unix:///system?socket=/run/user@1000/sock" },
    { "esx://u:pa/ss@host/", "esx://u:***@host/" }, /* not a URI, but the message about it shows the text */
    { "esx://u:pa#ss@host/", "esx://u:***@host/" },
    { "esx://u:pa?ss@host/?token=t1", "esx://u:***@host/?token=***" },
    { "u:pw@host", "u:***@host" },
    { "qemu+tcp://user:12/ss@host/", "qemu+tcp://user:***@host/" }, /* "12" looks like a port */
    { "qemu+tcp://host:16509", "qemu+tcp://host:16509" },
    { "qemu+tls://[fe80::1]:16514/s", "qemu+tls://[fe80::1]:16514/s" },
    { "qemu://host:/9@h", "qemu://host:***@h" },
    { "esx://u:p1/x?y#z@k@host/", "esx://u:***@host/" },
    { "production", "production" },
    { "alias?secret=1&x=u:p9@h", "alias?secret=***&x=u:***@h" },
    { "", "" },
};

static void passwords_are_not_shown(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(shown); i++) {
        char *public = uri_public(shown[i].uri);

        assert_non_null(public);
        assert_string_equal(public, shown[i].shown);
        free(public);
    }
}

static void a_uri_with_many_short_secrets_fits_its_public_copy(void **state)
{
    enum { SECRETS = 500 };
    char uri[32 + 8 * SECRETS] = "x://u:p@h/?", wanted[32 + 10 * SECRETS] = "x://u:***@h/?", *public;

    (void)state;
    for (int i = 0; i < SECRETS; i++) {
        (void)strcat(uri, "pass=x&");
        (void)strcat(wanted, "pass=***&");
    }
    public = uri_public(uri);
    assert_non_null(public);
    assert_string_equal(public, wanted);
    free(public);
}

/* Replaces each run of stars by one star, because their number does not matter. */
static void squeeze_stars(char *text)
{
    char *end = text;

    for (const char *from = text; *from; from++)
        if (*from != '*' || end == text || end[-1] != '*')
            *end++ = *from;
    *end = '\0';
}

static void secrets_in_a_message_are_concealed(void **state)
{
    static const struct {
        const char *uri, *text, *concealed;
    } messages[] = {
        { "esx://root:hunter2@host/", "cannot log in as root with hunter2: no",
          "cannot log in as root with *: no" },
        { "esx://root:hunter2@host/", "hunter2hunter2 and hunter2", "* and *" },
        { "esx://root:hunter2@host/", "hunter", "hunter" },
        { "esx://root:hunter2@host/", "", "" },
        { "esx://u:pw1@h/?token=tok2", "pw1 tok2 pw1", "* * *" },
        { "esx://u:abcd@h/?token=bc", "abcd bc", "* *" },
        { "qemu+ssh://user@host/system", "user at host", "user at host" },
        { "qemu:///system", "Failed to connect to qemu:///system", "Failed to connect to qemu:///system" },
        { "esx://u:pa%2Fs%40@h/", "u:pa/s@: denied", "u:*: denied" },
        { "qemu+tcp://u:12/ss@h/system", "unable to connect to server at 'u:12': Connection refused",
          "unable to connect to server at 'u:*': Connection refused" },
        { "qemu+tcp://u:12/ss@h/system", "unexpected path '/ss@h/system'", "unexpected path '/*@h/system'" },
        { "qemu+tcp://u:12/ss@h/system", "12 is no port", "12 is no port" },
        { "esx://u:a?b#c@h/", "no ?b in a text without #c@h", "no ?* in a text without #*@h" },
        { "esx://u:*@h/", "a*b", "a*b" },
        { "esx://u:**@h/", "a****b", "a*b" },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(messages); i++) {
        char *text = strdup(messages[i].text); /* it is changed in place, so it must not become longer */

        assert_non_null(text);
        uri_conceal(messages[i].uri, text);
        squeeze_stars(text);
        assert_string_equal(text, messages[i].concealed);
        free(text);
    }
}

static void a_message_that_quotes_the_uri_shows_no_secret(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(shown); i++) {
        char text[512], wanted[512];

        (void)snprintf(text, sizeof(text), "cannot open '%s': refused", shown[i].uri);
        (void)snprintf(wanted, sizeof(wanted), "cannot open '%s': refused", shown[i].shown);
        uri_conceal(shown[i].uri, text);
        squeeze_stars(text);
        squeeze_stars(wanted);
        if (strcmp(text, wanted) != 0)
            fail_msg("%s: \"%s\", not \"%s\"", shown[i].uri, text, wanted);
    }
}

/* The URI is unknown: it is an alias in libvirt.conf, or the default that libvirt has found. */
static void secrets_of_unknown_uris_are_concealed(void **state)
{
    static const struct {
        const char *text, *concealed;
    } messages[] = {
        { "Unable to parse URI qemu+tcp://u:pa/ss@h/system", "Unable to parse URI qemu+tcp://u:*@h/system" },
        { "Unable to parse URI qemu+tcp://u:p a'ss@h/system", "Unable to parse URI qemu+tcp://u:*@h/system" },
        { "entry 'a=esx://u:p1@h' and 'b=esx://v:p2@h'", "entry 'a=esx://u:*@h'" }, /* as far as the last "@" */
        { "cannot open iscsi://u%p1@h/x", "cannot open iscsi://u%*@h/x" },
        { "bad 'x://h/?token=t1' and more", "bad 'x://h/?token=*' and more" },
        { "bad 'x://u:p9@h/?token=t@1' there", "bad 'x://u:*' there" },
        { "bad 'x://h/?token=t1&secret=t2'", "bad 'x://h/?token=*&secret=*'" },
        { "cannot reach qemu+ssh://root@host/system", "cannot reach qemu+ssh://root@host/system" },
        { "root@host: Permission denied", "root@host: Permission denied" },
        { "expected DRIVER[+TRANSPORT]://[HOST]/PATH", "expected DRIVER[+TRANSPORT]://[HOST]/PATH" },
        { "", "" },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(messages); i++) {
        char *text = strdup(messages[i].text);

        assert_non_null(text);
        uri_conceal(NULL, text);
        if (strcmp(text, messages[i].concealed) != 0)
            fail_msg("\"%s\", not \"%s\"", text, messages[i].concealed);
        free(text);
    }
}

/* libvirt cuts its messages, and the "@" may be behind the cut. */
static void a_message_that_libvirt_has_cut_shows_no_half_password(void **state)
{
    enum { CUT = 1023 };
    char text[CUT + 1] = "Unable to parse URI esx://user:";

    (void)state;
    memset(text + strlen(text), 'p', CUT - strlen(text));
    uri_conceal(NULL, text);
    assert_string_equal(text, "Unable to parse URI esx://user:*");
}

static void a_password_with_open_marks_is_refused(void **state)
{
    static const char *const bad[] = { "esx://u:pa/ss@h/", "esx://u:pa?ss@h/", "qemu+tcp://u:1x#2@h/" };
    static const char *const good[] = { "esx://u:pa%2Fss@h/", "qemu+tcp://h:16509/a@b", "qemu+tcp://h/a:b@c",
                                        "qemu+tls://[::1]:16514/a@b", "qemu+unix:///system?socket=/a:b@c" };
    char why[512];

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        if (uri_check(bad[i], why, sizeof(why)))
            fail_msg("%s was taken", bad[i]);
        assert_non_null(strstr(why, "%2F"));
    }
    for (size_t i = 0; i < ARRAY_COUNT(good); i++)
        if (!uri_check(good[i], why, sizeof(why)))
            fail_msg("%s: %s", good[i], why);
}

/* The line ends within the password. The first half of the password must not be in it. */
static void a_password_is_concealed_before_the_line_is_cut(void **state)
{
    char line[32];

    (void)state;
    uri_conceal_line("esx://root:hunter2hunter2@host/", "no answer from\nhunter2hunter2 at all", line, 24);
    assert_string_equal(line, "no answer from; * at al");
    uri_conceal_line(NULL, "refused\n", line, sizeof(line));
    assert_string_equal(line, "refused");
}

static void a_parameter_is_found_by_its_whole_name(void **state)
{
    static const char uri[] =
        "qemu+tls://host/system?no_verify=1&authfile=/a%20b%2&x=%zz%\x11\x12;y=;authfile=/second#authfile=/z";
    char value[16];

    (void)state;
    assert_true(uri_parameter(uri, "authfile", value, sizeof(value)));
    assert_string_equal(value, "/a b%2");
    assert_true(uri_parameter(uri, "x", value, sizeof(value)));
    assert_string_equal(value, "%zz%\x11\x12");
    assert_false(uri_parameter(uri, "y", value, sizeof(value)));
    assert_false(uri_parameter(uri, "auth", value, sizeof(value)));
    assert_false(uri_parameter(uri, "verify", value, sizeof(value)));
    assert_false(uri_parameter(uri, "authfile", value, 6));
    assert_true(uri_parameter(uri, "authfile", value, 7));
    assert_false(uri_parameter("qemu:///system", "authfile", value, sizeof(value)));
    assert_false(uri_parameter("qemu:///system?", "authfile", value, sizeof(value)));
    assert_false(uri_parameter("qemu:///system?authfile=%00", "authfile", value, sizeof(value)));
    assert_false(uri_parameter("qemu:///system?authfile=/etc%00/x", "authfile", value, sizeof(value)));
}

static void only_hypervisors_of_this_host_are_local(void **state)
{
    static const struct {
        const char *uri;
        bool local;
    } uris[] = {
        { NULL, true },
        { "qemu:///system", true },
        { "qemu:///session", true },
        { "qemu+unix:///system?socket=/run/x", true },
        { "qemu+unix://anything/system", true },
        { "QEMU+UNIX:///system", true },
        { "lxc:///", true },
        { "lxc://", true },
        { "xen:///system", true },
        { "vbox:///session", true },
        { "qemu://host/system", false },
        { "qemu://user@host/system", false },
        { "qemu+ssh://host/system", false },
        { "qemu+tls://host/system", false },
        { "qemu+tcp://host:1/system", false },
        { "test:///default", false },
        { "test+unix:///default", false },
        { "esx://host/", false },
        { "vpx://host/dc", false },
        { "hyperv://host/", false },
        { "my-alias", false }, /* only libvirt.conf defines it */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(uris); i++)
        if (uri_is_local(uris[i].uri) != uris[i].local)
            fail_msg("%s: local %d", uris[i].uri ? uris[i].uri : "NULL", !uris[i].local);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uris_that_libvirt_accepts_are_accepted),
        cmocka_unit_test(a_uri_that_libvirt_does_not_accept_is_refused_with_the_expected_form),
        cmocka_unit_test(a_refusal_lists_all_drivers_or_all_transports),
        cmocka_unit_test(a_refusal_fits_any_buffer),
        cmocka_unit_test(passwords_are_not_shown),
        cmocka_unit_test(a_uri_with_many_short_secrets_fits_its_public_copy),
        cmocka_unit_test(secrets_in_a_message_are_concealed),
        cmocka_unit_test(a_message_that_quotes_the_uri_shows_no_secret),
        cmocka_unit_test(secrets_of_unknown_uris_are_concealed),
        cmocka_unit_test(a_message_that_libvirt_has_cut_shows_no_half_password),
        cmocka_unit_test(a_password_with_open_marks_is_refused),
        cmocka_unit_test(a_password_is_concealed_before_the_line_is_cut),
        cmocka_unit_test(a_parameter_is_found_by_its_whole_name),
        cmocka_unit_test(only_hypervisors_of_this_host_are_local),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
