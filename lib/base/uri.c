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

static bool uri_is_port(const char *text, size_t length)
{
    return strspn(text, "0123456789") >= length;
}

/* A password may contain a "/", "?" or "#" that should have been written as %HH. Such a character seems to end the
 * authority. libvirt refuses the URI, but messages would show it. Returns the "@" after such a password, or NULL.
 */
static const char *uri_late_at(const char *authority, size_t length)
{
    const char *colon = *authority == '[' ? NULL : memchr(authority, ':', length);

    if (!colon || uri_is_port(colon + 1, (size_t)(authority + length - colon - 1)))
        return NULL;
    return strrchr(authority, '@');
}

/* The password of USER:PASSWORD@ in the authority; its length is 0 if there is none. */
static struct uri_span uri_password(const char *authority)
{
    size_t length = strcspn(authority, "/?#");
    const char *at = memrchr(authority, '@', length);
    const char *colon;

    if (!at)
        at = uri_late_at(authority, length);
    colon = at ? memchr(authority, ':', (size_t)(at - authority)) : NULL;
    return colon ? (struct uri_span){ colon + 1, (size_t)(at - colon - 1) } : (struct uri_span){ authority, 0 };
}

/* The first secret at or after `from`: the user's password, or the value of a parameter. Its length is 0 if there
 * is none. */
static struct uri_span uri_next_secret(const char *uri, const char *from)
{
    const char *authority = strstr(uri, "://");
    const char *query = strchr(uri, '?');
    struct uri_span password = uri_password(authority ? authority + 3 : uri); /* the driver may be missing */

    if (password.length > 0 && password.start >= from)
        return password;
    for (const char *name = query ? query + 1 : ""; *name;) {
        size_t pair = strcspn(name, "&;#");
        const char *equals = memchr(name, '=', pair);

        if (equals && equals + 1 >= from && uri_is_secret_name(name, (size_t)(equals - name)) &&
            equals + 1 < name + pair)
            return (struct uri_span){ equals + 1, (size_t)(name + pair - equals - 1) };
        name += pair + (name[pair] != '\0');
    }
    return (struct uri_span){ NULL, 0 };
}

static int uri_hex_digit(char digit)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = digit ? strchr(digits, digit | 0x20) : NULL;

    return found ? (int)(found - digits) : -1;
}

static bool uri_decode(struct uri_span value, char *out, size_t size)
{
    size_t length = 0;

    for (size_t i = 0; i < value.length && length < size; i++) {
        const char *at = value.start + i;
        bool is_escape =
            *at == '%' && i + 2 < value.length && uri_hex_digit(at[1]) >= 0 && uri_hex_digit(at[2]) >= 0;

        out[length++] = is_escape ? (char)(uri_hex_digit(at[1]) * 16 + uri_hex_digit(at[2])) : *at;
        i += is_escape ? 2 : 0;
    }
    if (length == 0 || length >= size)
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

static void uri_conceal_one(struct uri_span secret, char *text)
{
    for (char *hit = text; (hit = memmem(hit, strlen(hit), secret.start, secret.length)) != NULL; hit++) {
        *hit = '*';
        memmove(hit + 1, hit + secret.length, strlen(hit + secret.length) + 1);
    }
}

void uri_conceal(const char *uri, char *text)
{
    struct uri_span secret;

    for (const char *from = uri; (secret = uri_next_secret(uri, from)).length > 0;
         from = secret.start + secret.length)
        uri_conceal_one(secret, text);
}

void uri_conceal_line(const char *uri, const char *text, char *out, size_t size)
{
    AUTO_FREE char *whole = strdup(text);

    if (whole && uri)
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
