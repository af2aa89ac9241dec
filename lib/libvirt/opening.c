/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/opening.h"

#include <errno.h>
#include <libvirt/virterror.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/array.h"
#include "lib/base/text.h"
#include "lib/base/uri.h"
#include "lib/libvirt/auth_file.h"
#include "lib/libvirt/quiet.h"

enum { OPENING_FILE_MAX = 512 };

/* cyrus-sasl's code for "no mechanism", as it is in libvirt's messages. */
#define OPENING_NO_MECHANISM "SASL(-4)"

/* What libvirt asked for, because its file does not have it. */
struct opening_asked {
    bool name, password;
};

/* Words of libvirt's messages about TLS. Those errors have the same code and domain as a password that was
 * refused. This process sets no locale, so libvirt's library does not translate its messages. */
static const char *const opening_tls_words[] = { "TLS", "certificate" };

/* Why a connection did not open, as far as this concerns libvirt's file of passwords. */
enum opening_cause {
    OPENING_CAUSE_OTHER,
    OPENING_CAUSE_MISSING,    /* the file does not have what libvirt asked for */
    OPENING_CAUSE_UNREADABLE, /* the file cannot be read, or libvirt does not understand it */
    OPENING_CAUSE_MECHANISM,  /* this host has no SASL mechanism that the server accepts */
    OPENING_CAUSE_REFUSED,    /* the server does not accept what the file has */
};

/* libvirt calls this only for what its file does not have. The realm is answered with the server's own. */
static int opening_answer(virConnectCredentialPtr credentials, unsigned count, void *data)
{
    struct opening_asked *asked = data;

    for (unsigned i = 0; i < count; i++) {
        virConnectCredential *credential = &credentials[i];

        asked->name |= credential->type == VIR_CRED_AUTHNAME;
        asked->password |= credential->type == VIR_CRED_PASSPHRASE;
        if (credential->type != VIR_CRED_REALM)
            continue;
        credential->result = strdup(credential->defresult ? credential->defresult : "");
        if (!credential->result)
            return -1;
        credential->resultlen = (unsigned)strlen(credential->result);
    }
    return asked->name || asked->password ? -1 : 0;
}

static bool opening_is_denied(const virError *error)
{
    switch (error->code) {
    case VIR_ERR_AUTH_FAILED:
    case VIR_ERR_AUTH_CANCELLED:
    case VIR_ERR_AUTH_UNAVAILABLE:
    case VIR_ERR_ACCESS_DENIED:
    case VIR_ERR_OPERATION_DENIED:
        return true;
    case VIR_ERR_SYSTEM_ERROR:
        return error->int1 == EACCES || error->int1 == EPERM;
    default:
        return false;
    }
}

static bool opening_is_tls_error(const virError *error)
{
    for (size_t i = 0; i < ARRAY_COUNT(opening_tls_words); i++)
        if (strstr(error->message, opening_tls_words[i]))
            return true;
    return false;
}

/* If libvirt cannot read or parse the file, it fails without setting an error. A refused password is an error of
 * the RPC domain, and so is a bad certificate; a refusal by polkit is not. */
static enum opening_cause opening_cause(const virError *error, const struct opening_asked *asked, bool has_file)
{
    if (asked->name || asked->password)
        return OPENING_CAUSE_MISSING;
    if (has_file && error->code == VIR_ERR_INTERNAL_ERROR && error->domain == VIR_FROM_NONE)
        return OPENING_CAUSE_UNREADABLE;
    if (error->code != VIR_ERR_AUTH_FAILED || error->domain != VIR_FROM_RPC || opening_is_tls_error(error))
        return OPENING_CAUSE_OTHER;
    return strstr(error->message, OPENING_NO_MECHANISM) ? OPENING_CAUSE_MECHANISM : OPENING_CAUSE_REFUSED;
}

static void opening_advise_lines(struct opening *opening, const char *file)
{
    (void)snprintf(opening->advice, sizeof(opening->advice),
                   "put lines into %s: [credentials-guestlist], authname=USER, password=PASSWORD, "
                   "[auth-libvirt-default], credentials=guestlist",
                   file);
}

static void opening_explain_missing(struct opening *opening, const struct opening_asked *asked, const char *file)
{
    const char *what = asked->name && asked->password ? "a user and a password"
                       : asked->name                  ? "a user"
                                                      : "a password";

    (void)snprintf(opening->why, sizeof(opening->why), "libvirt asks for %s (SASL), which %s does not have", what,
                   file);
    opening_advise_lines(opening, file);
}

/* `error` is the errno of reading the file; 0: it can be read. */
static void opening_explain_unreadable(struct opening *opening, const char *file, int error)
{
    errno = error; /* for %m */
    if (error == 0)
        (void)snprintf(opening->why, sizeof(opening->why),
                       "libvirt gives no reason: maybe it does not understand its file of passwords, %s", file);
    else
        (void)snprintf(opening->why, sizeof(opening->why),
                       "libvirt asks for a user and a password (SASL), and cannot read %s: %m", file);
    if (error != EACCES)
        opening_advise_lines(opening, file);
    else
        (void)snprintf(opening->advice, sizeof(opening->advice),
                       "let only the user of this program read the file");
}

/* Adds advice. Replaces libvirt's own message only if the cause explains more. */
static void opening_explain_cause(struct opening *opening, enum opening_cause cause,
                                  const struct opening_asked *asked, const char *path)
{
    char file[OPENING_FILE_MAX];
    int error = access(path, R_OK) == 0 ? 0 : errno;

    if (cause == OPENING_CAUSE_MISSING && error != 0)
        cause = OPENING_CAUSE_UNREADABLE;
    (void)text_printable(path, file, sizeof(file));
    switch (cause) {
    case OPENING_CAUSE_MISSING:
        opening_explain_missing(opening, asked, file);
        break;
    case OPENING_CAUSE_UNREADABLE:
        opening_explain_unreadable(opening, file, error);
        break;
    case OPENING_CAUSE_MECHANISM:
        (void)snprintf(opening->advice, sizeof(opening->advice),
                       "install a SASL mechanism that the server's mech_list names (Debian: libsasl2-modules)");
        break;
    case OPENING_CAUSE_REFUSED:
        (void)snprintf(opening->advice, sizeof(opening->advice),
                       "libvirt does not take the user or the password of %s: correct it there", file);
        break;
    case OPENING_CAUSE_OTHER:
        break;
    }
}

static void opening_explain_failure(struct opening *opening, const char *uri, const struct opening_asked *asked)
{
    const virError *error = virGetLastError();
    const virError none = { .code = VIR_ERR_INTERNAL_ERROR };
    enum opening_cause cause;
    char path[OPENING_FILE_MAX];
    bool has_file = auth_file_find(uri, path, sizeof(path));

    if (!error)
        error = &none;
    uri_conceal_line(opening_uri(uri), error->message ? error->message : "no reason given", opening->why,
                     sizeof(opening->why));
    cause = opening_cause(error, asked, has_file);
    opening->is_denied = cause == OPENING_CAUSE_OTHER && opening_is_denied(error);
    opening_explain_cause(opening, cause, asked, path);
}

const char *opening_uri(const char *uri)
{
    return uri && *uri ? uri : getenv("LIBVIRT_DEFAULT_URI");
}

/* libvirt opens its file of passwords without a time limit, whether it needs a password or not. */
static bool opening_would_hang(struct opening *opening, const char *uri)
{
    char path[OPENING_FILE_MAX], file[OPENING_FILE_MAX];

    if (!auth_file_find(uri, path, sizeof(path)) || !auth_file_is_endless(path))
        return false;
    (void)text_printable(path, file, sizeof(file));
    (void)snprintf(opening->why, sizeof(opening->why),
                   "libvirt's file of passwords, %s, is not a regular file, and libvirt would wait for its end",
                   file);
    (void)snprintf(opening->advice, sizeof(opening->advice), "put a file in its place, or remove it");
    return true;
}

virConnectPtr opening_connect(const char *uri, unsigned flags, struct opening *opening)
{
    /* No mechanism that libvirt uses needs anything else. */
    int types[] = { VIR_CRED_AUTHNAME, VIR_CRED_PASSPHRASE, VIR_CRED_REALM };
    struct opening_asked asked = { 0 };
    virConnectAuth auth = { types, ARRAY_COUNT(types), opening_answer, &asked };
    virConnectPtr conn;

    quiet_this_thread();
    if (uri && !*uri)
        uri = NULL;
    memset(opening, 0, sizeof(*opening));
    if (opening_would_hang(opening, uri))
        return NULL;
    conn = virConnectOpenAuth(uri, &auth, flags);
    if (!conn)
        opening_explain_failure(opening, uri, &asked);
    return conn;
}

void opening_explain(const struct opening *opening, char *line, size_t size)
{
    (void)snprintf(line, size, "%s%s%s", opening->why, *opening->advice ? ": " : "", opening->advice);
}
