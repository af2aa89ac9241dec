/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is reported if a connection does not open, and which answer libvirt gets if it asks for a password. The
 * function of libvirt is replaced by one that asks and fails as libvirt 9.0 and 11.3 do. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <libvirt/virterror.h>

#include "lib/libvirt/auth_file.h"
#include "lib/libvirt/opening.h"

#define URI "qemu+tcp://host/system"

/* What the next attempt to open does. */
static struct {
    unsigned asked_count;
    int asked[4]; /* types of credentials that the file does not have */
    virError error;
    char *answers[4];
    int answer;
} libvirt;

static char folder[] = "/tmp/guestlist-opening-XXXXXX", file[64];

virConnectPtr virConnectOpenAuth(const char *uri, virConnectAuthPtr auth, unsigned flags)
{
    virConnectCredential credentials[4];

    (void)uri;
    (void)flags;
    memset(credentials, 0, sizeof(credentials));
    for (unsigned i = 0; i < libvirt.asked_count; i++)
        credentials[i].type = libvirt.asked[i];
    if (libvirt.asked_count > 0)
        libvirt.answer = auth->cb(credentials, libvirt.asked_count, auth->cbdata);
    for (unsigned i = 0; i < libvirt.asked_count; i++)
        libvirt.answers[i] = credentials[i].result;
    return NULL;
}

virErrorPtr virGetLastError(void)
{
    return libvirt.error.code == VIR_ERR_OK ? NULL : &libvirt.error;
}

static void fails_with(int code, int domain, const char *message)
{
    static char text[512];

    (void)snprintf(text, sizeof(text), "%s", message);
    libvirt.error = (virError){ .code = code, .domain = domain, .message = text };
}

static void write_file(const char *text)
{
    FILE *out = fopen(file, "w");

    assert_non_null(out);
    assert_true(fputs(text, out) >= 0);
    assert_int_equal(fclose(out), 0);
}

static int begin(void **state)
{
    (void)state;
    memset(&libvirt, 0, sizeof(libvirt));
    (void)unlink(file);
    return setenv("LIBVIRT_AUTH_FILE", file, 1);
}

static int end(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4; i++)
        free(libvirt.answers[i]);
    return 0;
}

static struct opening open_it(const char *uri)
{
    struct opening opening;

    assert_null(opening_connect(uri, 0, &opening));
    return opening;
}

static void assert_says(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" does not say \"%s\"", text, part);
}

static void a_missing_password_is_explained_with_the_lines_to_write(void **state)
{
    struct opening opening;
    char line[512];

    (void)state;
    write_file("[credentials-c]\nauthname=u\n");
    libvirt.asked_count = 1;
    libvirt.asked[0] = VIR_CRED_PASSPHRASE;
    fails_with(VIR_ERR_AUTH_FAILED, VIR_FROM_REMOTE, "authentication failed: Failed to collect auth credentials");
    opening = open_it(URI);
    assert_int_equal(libvirt.answer, -1);
    assert_null(libvirt.answers[0]);
    assert_says(opening.why, "asks for a password (SASL), which ");
    assert_says(opening.why, file);
    assert_says(opening.advice, file);
    assert_says(opening.advice,
                "[credentials-guestlist], authname=USER, password=PASSWORD, [auth-libvirt-default]");
    assert_false(opening.is_denied);
    opening_explain(&opening, line, sizeof(line));
    assert_says(line, opening.why);
    assert_says(line, opening.advice);
}

static void a_missing_file_is_explained_with_its_path(void **state)
{
    struct opening opening;

    (void)state;
    libvirt.asked_count = 2;
    libvirt.asked[0] = VIR_CRED_AUTHNAME;
    libvirt.asked[1] = VIR_CRED_PASSPHRASE;
    fails_with(VIR_ERR_AUTH_FAILED, VIR_FROM_REMOTE, "authentication failed: Failed to collect auth credentials");
    opening = open_it(URI);
    assert_says(opening.why, "asks for a user and a password (SASL), and cannot read ");
    assert_says(opening.why, strerror(ENOENT));
    assert_says(opening.advice, file);
}

static void the_servers_own_realm_is_used(void **state)
{
    (void)state;
    libvirt.asked_count = 1;
    libvirt.asked[0] = VIR_CRED_REALM;
    fails_with(VIR_ERR_AUTH_FAILED, VIR_FROM_RPC, "authentication failed: authentication failed");
    (void)open_it(URI);
    assert_int_equal(libvirt.answer, 0);
    assert_string_equal(libvirt.answers[0], "");
}

static void a_named_file_that_cannot_be_parsed_is_the_reason(void **state)
{
    struct opening opening;

    (void)state;
    fails_with(VIR_ERR_INTERNAL_ERROR, VIR_FROM_NONE, "An error occurred, but the cause is unknown");
    opening = open_it(URI);
    assert_says(opening.why, "cannot read ");
    assert_says(opening.why, strerror(ENOENT));
    write_file("rubbish\n");
    opening = open_it(URI);
    assert_says(opening.why, "does not understand its file of passwords, ");
    assert_says(opening.why, file);
}

static void a_file_that_this_user_cannot_read_is_the_reason(void **state)
{
    struct opening opening;

    (void)state;
    if (geteuid() == 0)
        skip(); /* root can read all files */
    write_file("");
    assert_int_equal(chmod(file, 0), 0);
    fails_with(VIR_ERR_INTERNAL_ERROR, VIR_FROM_NONE, "An error occurred, but the cause is unknown");
    opening = open_it(URI);
    assert_says(opening.why, strerror(EACCES));
    assert_says(opening.advice, "let only the user of this program read the file");
}

static void a_refused_password_is_to_be_corrected_in_the_file(void **state)
{
    struct opening opening;

    (void)state;
    write_file("[credentials-c]\n");
    fails_with(VIR_ERR_AUTH_FAILED, VIR_FROM_RPC, "authentication failed: authentication failed");
    opening = open_it(URI);
    assert_string_equal(opening.why, "authentication failed: authentication failed");
    assert_says(opening.advice, "does not take the user or the password of ");
    assert_says(opening.advice, file);
    assert_false(opening.is_denied);
}

static void a_missing_mechanism_is_to_be_installed(void **state)
{
    struct opening opening;

    (void)state;
    fails_with(VIR_ERR_AUTH_FAILED, VIR_FROM_RPC,
               "authentication failed: Failed to start SASL negotiation: -4 (SASL(-4): no mechanism available)");
    opening = open_it(URI);
    assert_says(opening.advice, "libsasl2-modules");
}

static void a_refused_certificate_is_not_a_refused_password(void **state)
{
    struct opening opening;

    (void)state;
    write_file("[credentials-c]\n");
    fails_with(VIR_ERR_AUTH_FAILED, VIR_FROM_RPC, "authentication failed: Failed to verify peer's certificate");
    opening = open_it(URI);
    assert_string_equal(opening.why, "authentication failed: Failed to verify peer's certificate");
    assert_string_equal(opening.advice, "");
    fails_with(VIR_ERR_AUTH_FAILED, VIR_FROM_RPC,
               "authentication failed: TLS handshake failed: Error in the pull");
    opening = open_it(URI);
    assert_string_equal(opening.advice, "");
}

static void a_refusal_by_polkit_is_not_a_refused_password(void **state)
{
    struct opening opening;

    (void)state;
    fails_with(VIR_ERR_AUTH_FAILED, VIR_FROM_POLKIT, "authentication failed: access denied by policy");
    opening = open_it(URI);
    assert_string_equal(opening.advice, "");
    assert_true(opening.is_denied);
    fails_with(VIR_ERR_AUTH_UNAVAILABLE, VIR_FROM_POLKIT, "authentication unavailable: no polkit agent");
    opening = open_it(URI);
    assert_string_equal(opening.advice, "");
    assert_true(opening.is_denied);
}

static void other_failures_have_libvirts_message_without_passwords(void **state)
{
    struct opening opening;

    (void)state;
    fails_with(VIR_ERR_INTERNAL_ERROR, VIR_FROM_ESX, "cannot log in to host as root with hush\n");
    opening = open_it("esx://root:hush@host/");
    assert_string_equal(opening.why, "cannot log in to host as root with *");
    assert_string_equal(opening.advice, "");
    assert_false(opening.is_denied);
    libvirt.error.code = VIR_ERR_OK;
    opening = open_it(URI);
    assert_string_not_equal(opening.why, "");
}

/* libvirt takes the URI of the environment if it gets none. Only the message tells its parts. */
static void a_password_of_the_default_uri_is_concealed(void **state)
{
    struct opening opening;

    (void)state;
    assert_int_equal(setenv("LIBVIRT_DEFAULT_URI", "qemu+tcp://me:12/hush@host/system", 1), 0);
    fails_with(VIR_ERR_RPC, VIR_FROM_RPC, "unable to connect to server at 'me:12': no path /hush@host/system");
    opening = open_it(NULL);
    assert_string_equal(opening.why, "unable to connect to server at 'me:*': no path /*@host/system");
    opening = open_it("");
    assert_null(strstr(opening.why, "hush"));
    assert_int_equal(unsetenv("LIBVIRT_DEFAULT_URI"), 0);
    fails_with(VIR_ERR_INTERNAL_ERROR, VIR_FROM_URI, "Unable to parse URI qemu+tcp://me:hu/sh@host/system");
    opening = open_it("alias"); /* of libvirt.conf */
    assert_string_equal(opening.why, "Unable to parse URI qemu+tcp://me:*@host/system");
}

/* libvirt would wait for its end. */
static void a_pipe_is_not_read_as_a_file_of_passwords(void **state)
{
    struct opening opening;

    (void)state;
    assert_int_equal(mkfifo(file, 0600), 0);
    fails_with(VIR_ERR_INTERNAL_ERROR, VIR_FROM_NONE, "it was opened");
    opening = open_it(URI);
    assert_says(opening.why, "is not a regular file");
    assert_says(opening.why, file);
    assert_int_equal(unlink(file), 0);
    assert_int_equal(symlink("/dev/null", file), 0);
    opening = open_it(URI);
    assert_null(strstr(opening.why, "regular"));
    assert_int_equal(unlink(file), 0);
}

/* ---- Which file that is ---- */

static void assert_file(const char *uri, bool is_read, const char *wanted)
{
    char found[128];

    assert_int_equal(auth_file_find(uri, found, sizeof(found)), is_read);
    assert_string_equal(found, wanted);
}

static void the_environment_comes_before_the_uri(void **state)
{
    (void)state;
    assert_file(URI "?authfile=/other", true, file);
    assert_int_equal(unsetenv("LIBVIRT_AUTH_FILE"), 0);
    assert_file(URI "?authfile=/other", true, "/other");
    assert_file(URI "?no_tty=1&authfile=/o%74her%2520file;x=y", true, "/other%20file");
    assert_int_equal(setenv("LIBVIRT_DEFAULT_URI", URI "?authfile=/default", 1), 0);
    assert_file(NULL, true, "/default");
    assert_int_equal(unsetenv("LIBVIRT_DEFAULT_URI"), 0);
}

static void the_users_own_file_is_used_if_it_exists(void **state)
{
    char path[64], own[128];
    bool has_system_file = access("/etc/libvirt/auth.conf", R_OK) == 0;

    (void)state;
    assert_int_equal(unsetenv("LIBVIRT_AUTH_FILE"), 0);
    assert_int_equal(setenv("XDG_CONFIG_HOME", folder, 1), 0);
    assert_file(URI "?authfile=", has_system_file, "/etc/libvirt/auth.conf");
    (void)snprintf(path, sizeof(path), "%s/libvirt", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    (void)snprintf(own, sizeof(own), "%s/auth.conf", path);
    assert_int_equal(symlink("/dev/null", own), 0);
    assert_file(URI, true, own);
    assert_file(NULL, true, own);
    assert_int_equal(unlink(own), 0);
    assert_int_equal(rmdir(path), 0);
}

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    (void)snprintf(file, sizeof(file), "%s/auth", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    (void)unlink(file);
    return rmdir(folder);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_missing_password_is_explained_with_the_lines_to_write),
        TEST(a_missing_file_is_explained_with_its_path),
        TEST(the_servers_own_realm_is_used),
        TEST(a_named_file_that_cannot_be_parsed_is_the_reason),
        TEST(a_file_that_this_user_cannot_read_is_the_reason),
        TEST(a_refused_password_is_to_be_corrected_in_the_file),
        TEST(a_missing_mechanism_is_to_be_installed),
        TEST(a_refused_certificate_is_not_a_refused_password),
        TEST(a_refusal_by_polkit_is_not_a_refused_password),
        TEST(other_failures_have_libvirts_message_without_passwords),
        TEST(a_password_of_the_default_uri_is_concealed),
        TEST(a_pipe_is_not_read_as_a_file_of_passwords),
        TEST(the_environment_comes_before_the_uri),
        TEST(the_users_own_file_is_used_if_it_exists),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
