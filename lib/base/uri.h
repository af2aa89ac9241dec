/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libvirt URIs: checks them and hides their passwords without a connection. Pure. */
#ifndef GUESTLIST_BASE_URI_H
#define GUESTLIST_BASE_URI_H

#include <stdbool.h>
#include <stddef.h>

/* True if libvirt may accept `uri`: DRIVER[+TRANSPORT]://... with a driver and a transport of libvirt, or one
 * word, which may be an alias in libvirt.conf. If false, `why` gets a sentence that lists what was expected. */
bool uri_check(const char *uri, char *why, size_t size);

/* Copies the value of the parameter `name` (?name=value) and decodes %HH. False if the parameter is missing, empty
 * or too long. */
bool uri_parameter(const char *uri, const char *name, char *out, size_t size);

/* A copy of the URI without secrets, to be freed by the caller: what stands between the first ":" or "%" of the
 * user part and the last "@", and the value of each parameter with "pass", "secret" or "token" in its name, become
 * "***". NULL if out of memory. */
char *uri_public(const char *uri);

/* Replaces each secret in `text` by "*". First each secret of `uri`, which may be NULL, because libvirt's messages
 * quote the URI, its parts, or what its escapes mean. Then whatever looks like a secret of any other URI: an alias
 * of libvirt.conf may be one. */
void uri_conceal(const char *uri, char *text);

/* Copies `text` into `out` as one printable line (text_line()) after uri_conceal(). It replaces secrets before it
 * cuts the line to `size`, because it would not recognize half a secret. */
void uri_conceal_line(const char *uri, const char *text, char *out, size_t size);

/* True if the hypervisor runs on this host: then this host's boot time and the start times of its processes are
 * those of the hypervisor. Such a URI has no host part or the unix transport, and no driver without guests on this
 * host, such as test or esx. NULL (libvirt's default) is local; an alias is not, because only libvirt.conf defines
 * it. */
bool uri_is_local(const char *uri);

#endif
