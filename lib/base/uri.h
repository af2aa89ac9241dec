/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the project needs to know of a libvirt URI without connecting. Pure. */
#ifndef GUESTLIST_BASE_URI_H
#define GUESTLIST_BASE_URI_H

#include <stdbool.h>
#include <stddef.h>

/* Says whether libvirt could take `uri`: DRIVER[+TRANSPORT]://..., with a driver and a transport that
 * libvirt has, or one word that libvirt.conf may define as an alias. If not, `why` gets a sentence
 * that lists what was expected. */
bool uri_check(const char *uri, char *why, size_t size);

/* Puts the value of the parameter `name`, as in ?name=value, into `out`, with %HH as the byte that it stands for.
 * False if the URI does not have it, or if it is empty or too long. */
bool uri_parameter(const char *uri, const char *name, char *out, size_t size);

/* The URI as it may be shown: the password in its user part and the value of any parameter whose name
 * holds "pass", "secret" or "token" become "***". Allocated; NULL if out of memory. */
char *uri_public(const char *uri);

/* Replaces in `text` every secret that `uri` holds by "*": libvirt's error messages may quote them. */
void uri_conceal(const char *uri, char *text);

/* The same for what is then shown: puts `text` into `out` as one printable line (text_line()). Secrets are looked
 * for before the line is cut to `size`, because half a secret would not be found. `uri` NULL: there are none. */
void uri_conceal_line(const char *uri, const char *text, char *out, size_t size);

/* True if the hypervisor runs on this host (no host part, or the unix transport) and is not the test
 * driver, so that host boot and process start times speak of it. NULL (libvirt's own default) is
 * local: libvirt only ever picks local hypervisors by itself. */
bool uri_is_local(const char *uri);

#endif
