/* SPDX-License-Identifier: GPL-2.0-or-later */
/* URIs. The input is the URI itself, or it chooses the parts of a URI with secrets, which may then be in no text.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/uri.h"
#include "tests/fuzz/fuzz.h"

static void check_any(const char *uri)
{
    char why[512] = "", value[64];
    char *public = uri_public(uri);
    AUTO_FREE char *text = strdup(uri);

    fuzz_require(public && text, "out of memory");
    if (!uri_check(uri, why, sizeof(why)))
        fuzz_require_sentence(why);
    if (uri_parameter(uri, "socket", value, sizeof(value)))
        fuzz_require(*value && strlen(value) < sizeof(value), "%s", value);
    uri_conceal(uri, text);
    fuzz_require(strlen(text) <= strlen(uri), "%s became longer: %s", uri, text);
    (void)uri_is_local(uri);
    free(public);
}

/* No two octets in a row of a secret are in the other parts, so a secret that is left is found. */
static const char secret_letters[] = "S3:&;=%./?#@";

static void make_secret(struct fuzz_input *input, char secret[16])
{
    size_t length = 0;

    memcpy(secret, "QX", 2);
    for (length = 2; length < 12; length++)
        secret[length] = secret_letters[fuzz_below(input, sizeof(secret_letters) - 1)];
    memcpy(secret + length, "XQ", 3);
}

static void require_hidden(const char *text, const char *uri)
{
    fuzz_require(!strstr(text, "QX") && !strstr(text, "XQ"), "%s shows a secret of %s", text, uri);
}

static void check_secrets(struct fuzz_input *input)
{
    static const char *const drivers[] = { "qemu+tcp", "esx", "vpx", "qemu+ssh", "hyperv", "xen", "test" };
    static const char *const hosts[] = { "host", "[::1]", "host:16509", "", "10.1.2.3" };
    static const char *const names[] = { "password", "secret", "auth-token", "PassPhrase" };
    char password[16], value[16], uri[256], message[1024], line[1024];
    bool has_value = fuzz_bool(input);
    char *public;

    make_secret(input, password);
    make_secret(input, value);
    for (char *c = value; *c; c++) /* these end the value */
        *c = strchr("&;", *c) ? 's' : *c;
    (void)snprintf(uri, sizeof(uri), "%s://user:%s@%s/system%s%s%s%s", drivers[fuzz_below(input, 7)], password,
                   hosts[fuzz_below(input, 5)], has_value ? "?no_verify=1&" : "",
                   has_value ? names[fuzz_below(input, 4)] : "", has_value ? "=" : "", has_value ? value : "");
    public = uri_public(uri);
    require_hidden(public, uri);
    free(public);
    (void)snprintf(message, sizeof(message), "Unable to parse URI %s: no such host as '%s'", uri, uri);
    uri_conceal_line(uri, message, line, fuzz_below(input, sizeof(line)) + 1);
    require_hidden(line, uri);
    uri_conceal(uri, message);
    require_hidden(message, uri);
}

void fuzz_one(struct fuzz_input *input)
{
    char *text;

    check_secrets(input);
    text = fuzz_rest(input);
    check_any(text);
    free(text);
}
