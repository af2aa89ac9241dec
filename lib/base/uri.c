/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/base/uri.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/base/array.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"

static const char *const drivers[] = {
    "bhyve", "ch",   "esx",          "gsx",          "hyperv",   "lxc", "openvz", "parallels", "qemu", "remote",
    "test",  "vbox", "vmwarefusion", "vmwareplayer", "vmwarews", "vpx", "vz",     "xen",       NULL
};
static const char *const transports[] = { "ext", "libssh", "libssh2", "ssh", "tcp", "tls", "unix", NULL };

struct uri_span {
    const char *start;
    size_t length;
};

static bool uri_is_one_of(struct uri_span word, const char *const *words)
{
    for (; *words; words++)
        if (strlen(*words) == word.length && strncasecmp(*words, word.start, word.length) == 0)
            return true;
    return false;
}

static void uri_list_words(const char *const *words, char *out, size_t size)
{
    size_t length = 0;

    out[0] = '\0';
    for (; *words && length < size; words++)
        length += (size_t)snprintf(out + length, size - length, " %s", *words);
}

static bool uri_is_alias(const char *uri)
{
    return *uri && strspn(uri, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == strlen(uri);
}

static void uri_split_scheme(const char *uri, const char *colon, struct uri_span *driver,
                             struct uri_span *transport)
{
    const char *plus = memchr(uri, '+', (size_t)(colon - uri));
    const char *end = plus ? plus : colon;

    *driver = (struct uri_span){ uri, (size_t)(end - uri) };
    *transport = plus ? (struct uri_span){ plus + 1, (size_t)(colon - plus - 1) } : (struct uri_span){ NULL, 0 };
}

/* True if a password seems to have a "/", "?" or "#" that is not written as %HH: there is an "@", but not in the
 * authority, and what is behind the colon of the authority is no port. libvirt does not accept that. */
static bool uri_has_open_password(const char *authority)
{
    size_t length = strcspn(authority, "/?#");
    const char *colon = *authority == '[' ? NULL : memchr(authority, ':', length);

    if (!colon || memchr(authority, '@', length) || !strchr(authority + length, '@'))
        return false;
    return colon + 1 + strspn(colon + 1, "0123456789") < authority + length;
}

bool uri_check(const char *uri, char *why, size_t size)
{
    const char *colon = strstr(uri, "://");
    struct uri_span driver, transport;
    char words[256];

    if (!colon && uri_is_alias(uri))
        return true;
    if (!colon) {
        (void)snprintf(why, size, "expected DRIVER[+TRANSPORT]://[HOST]/PATH, such as qemu:///system");
        return false;
    }
    if (uri_has_open_password(colon + 3)) {
        (void)snprintf(why, size, "expected %%2F, %%3F or %%23 in place of \"/\", \"?\" or \"#\" in a password");
        return false;
    }
    uri_split_scheme(uri, colon, &driver, &transport);
    if (!uri_is_one_of(driver, drivers)) {
        uri_list_words(drivers, words, sizeof(words));
        (void)snprintf(why, size, "expected one of libvirt's drivers before \"://\":%s", words);
        return false;
    }
    if (transport.start && !uri_is_one_of(transport, transports)) {
        uri_list_words(transports, words, sizeof(words));
        (void)snprintf(why, size, "expected one of libvirt's transports after \"+\":%s", words);
        return false;
    }
    return true;
}

static bool uri_is_secret_name(const char *name, size_t length)
{
    static const char *const marks[] = { "pass", "secret", "token" };

    for (size_t m = 0; m < ARRAY_COUNT(marks); m++)
        for (size_t i = 0; i + strlen(marks[m]) <= length; i++)
            if (strncasecmp(name + i, marks[m], strlen(marks[m])) == 0)
                return true;
    return false;
}

/* The password of USER:PASSWORD@, or of USER%PASSWORD@, as QEMU writes it for iSCSI. A password may contain "/",
 * "?", "#" or "@" that should have been written as %HH. So it ends at the last "@" of the text, whatever libvirt
 * makes of it. Its length is 0 if there is none. */
static struct uri_span uri_password(const char *authority)
{
    const char *at = strrchr(authority, '@');
    size_t user = strcspn(authority, ":%");

    if (!at || authority + user >= at)
        return (struct uri_span){ authority, 0 };
    return (struct uri_span){ authority + user + 1, (size_t)(at - authority) - user - 1 };
}

/* The value of the first parameter with a secret name, or the part of it from `from` on. One of the characters in
 * `ends` ends a value. A "#" does not: a value may have one that should have been written as %HH. The length is
 * 0 if there is none. */
static struct uri_span uri_next_parameter(const char *text, const char *from, const char *ends)
{
    const char *query = strchr(text, '?');

    for (const char *name = query ? query + 1 : ""; *name;) {
        size_t pair = strcspn(name, "&;?#");
        const char *equals = memchr(name, '=', pair);

        if (equals && uri_is_secret_name(name, (size_t)(equals - name))) {
            const char *end = equals + 1 + strcspn(equals + 1, ends);
            const char *start = equals + 1 < from ? from : equals + 1;

            if (start < end)
                return (struct uri_span){ start, (size_t)(end - start) };
        }
        name += pair + (name[pair] != '\0');
    }
    return (struct uri_span){ NULL, 0 };
}

/* The user's password in `text`, whose authority is at `authority`. The value of a secret parameter may have an
 * "@" that should have been written as %HH. Then the password seems to end inside the value. So it gets the rest.
 */
static struct uri_span uri_whole_password(const char *text, const char *authority, const char *ends)
{
    struct uri_span password = uri_password(authority);
    const char *end = password.start + password.length;
    struct uri_span rest = uri_next_parameter(text, end, ends);

    if (password.length > 0 && rest.start == end)
        password.length += rest.length;
    return password;
}

/* The first secret of the URI at or after `from`: the user's password, or the value of a parameter. Its length is
 * 0 if there is none. */
static struct uri_span uri_next_secret(const char *uri, const char *from)
{
    const char *authority = strstr(uri, "://"); /* the driver may be missing */
    struct uri_span parameter = uri_next_parameter(uri, from, "&;");
    struct uri_span password = uri_whole_password(uri, authority ? authority + 3 : uri, "&;");
    const char *end = password.start + password.length;

    if (password.length == 0 || end <= from)
        return parameter;
    if (password.start < from)
        password = (struct uri_span){ from, (size_t)(end - from) };
    return parameter.length > 0 && parameter.start < password.start ? parameter : password;
}

static bool uri_decode(struct uri_span value, char *out, size_t size)
{
    size_t length = 0;

    for (size_t i = 0; i < value.length && length < size; i++) {
        const char *at = value.start + i;
        bool is_escape =
            *at == '%' && i + 2 < value.length && text_hex_digit(at[1]) >= 0 && text_hex_digit(at[2]) >= 0;

        out[length++] = is_escape ? (char)(text_hex_digit(at[1]) * 16 + text_hex_digit(at[2])) : *at;
        i += is_escape ? 2 : 0;
    }
    if (length == 0 || length >= size || memchr(out, '\0', length)) /* %00 would cut the value */
        return false;
    out[length] = '\0';
    return true;
}

bool uri_parameter(const char *uri, const char *name, char *out, size_t size)
{
    const char *at = strchr(uri, '?');
    size_t length = strlen(name);

    while (at && *at && *at != '#') {
        size_t pair = strcspn(++at, "&;#");

        if (pair > length && strncmp(at, name, length) == 0 && at[length] == '=')
            return uri_decode((struct uri_span){ at + length + 1, pair - length - 1 }, out, size);
        at += pair;
    }
    return false;
}

char *uri_public(const char *uri)
{
    /* A secret of one byte becomes three. So three times the length is enough. */
    char *out = malloc(3 * strlen(uri) + 4);
    char *end = out;
    const char *from = uri;

    if (!out)
        return NULL;
    for (struct uri_span secret; (secret = uri_next_secret(uri, from)).length > 0;) {
        end = stpncpy(end, from, (size_t)(secret.start - from));
        end = stpcpy(end, "***");
        from = secret.start + secret.length;
    }
    (void)strcpy(end, from);
    return out;
}

/* Replaces each occurrence of `secret` between `before` and `after`, which stay. */
static void uri_conceal_between(const char *before, struct uri_span secret, const char *after, char *text)
{
    size_t skip = strlen(before), tail = strlen(after);
    AUTO_FREE char *wanted = malloc(skip + secret.length + tail + 1);

    if (!wanted || secret.length == 0)
        return;
    (void)sprintf(wanted, "%s%.*s%s", before, (int)secret.length, secret.start, after);
    for (char *hit = text; (hit = strstr(hit, wanted)) != NULL;) {
        hit += skip;
        *hit++ = '*';
        memmove(hit, hit + secret.length - 1, strlen(hit + secret.length - 1) + 1);
    }
}

/* libvirt takes the URI apart at "/", "?" and "#", also within a password, and its messages quote the parts. */
static void uri_conceal_parts(struct uri_span secret, char *text)
{
    static const char marks[] = "/?#";
    const char *after = secret.start[secret.length] == '@' ? "@" : "";
    char before[] = { secret.start[-1], '\0' };

    for (size_t i = 0; i < secret.length; i++) {
        size_t length = 0;

        while (i + length < secret.length && !strchr(marks, secret.start[i + length]))
            length++;
        if (length < secret.length)
            uri_conceal_between(before, (struct uri_span){ secret.start + i, length },
                                i + length == secret.length ? after : "", text);
        i += length;
        before[0] = secret.start[i];
    }
}

static void uri_conceal_secret(struct uri_span secret, char *text)
{
    AUTO_FREE char *decoded = malloc(secret.length + 1);

    uri_conceal_between("", secret, "", text);
    uri_conceal_parts(secret, text);
    if (decoded && uri_decode(secret, decoded, secret.length + 1))
        uri_conceal_between("", (struct uri_span){ decoded, strlen(decoded) }, "", text);
}

static void uri_put_star(struct uri_span secret, char *text)
{
    char *at = text + (secret.start - text);

    *at = '*';
    memmove(at + 1, at + secret.length, strlen(at + secret.length) + 1);
}

/* libvirt cuts its messages to this many bytes, maybe within a password: then the "@" is missing. */
enum { URI_MESSAGE_CUT = 1000 };

static void uri_conceal_cut(char *authority)
{
    size_t user = strcspn(authority, ":%");

    if (authority[user] && authority[user + 1])
        (void)strcpy(authority + user + 1, "*");
}

/* Conceals what looks like a secret, without knowing the URI. */
static void uri_conceal_unknown(char *text)
{
    static const char ends[] = "&; \t\n'\"";
    bool may_be_cut = strlen(text) >= URI_MESSAGE_CUT;
    char *authority = strstr(text, "://");
    struct uri_span secret =
        authority ? uri_whole_password(text, authority + 3, ends) : (struct uri_span){ NULL, 0 };

    if (secret.length > 0)
        uri_put_star(secret, text);
    else if (authority && may_be_cut && !strchr(authority, '@'))
        uri_conceal_cut(authority + 3);
    for (const char *from = text; (secret = uri_next_parameter(text, from, ends)).length > 0;
         from = secret.start + 1)
        uri_put_star(secret, text);
}

void uri_conceal(const char *uri, char *text)
{
    struct uri_span secret;

    for (const char *from = uri; uri && (secret = uri_next_secret(uri, from)).length > 0;
         from = secret.start + secret.length)
        uri_conceal_secret(secret, text);
    uri_conceal_unknown(text);
}

void uri_conceal_line(const char *uri, const char *text, char *out, size_t size)
{
    AUTO_FREE char *whole = strdup(text);

    if (whole)
        uri_conceal(uri, whole);
    (void)text_line(whole ? whole : "out of memory", out, size);
}

bool uri_is_local(const char *uri)
{
    const char *authority = uri ? strstr(uri, "://") : NULL;
    struct uri_span driver, transport;

    if (!uri)
        return true;
    if (!authority)
        return false; /* an alias, which only libvirt.conf defines */
    uri_split_scheme(uri, authority, &driver, &transport);
    if (uri_is_one_of(driver, (const char *const[]){ "test", "esx", "gsx", "vpx", "hyperv", NULL }))
        return false;
    if (transport.length > 0)
        return uri_is_one_of(transport, (const char *const[]){ "unix", NULL });
    return authority[3] == '/' || authority[3] == '\0' || authority[3] == '?';
}
