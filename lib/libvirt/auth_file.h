/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libvirt's own file with users and passwords. libvirt reads it by itself. The project only names the file in its
 * messages if something is missing in it. */
#ifndef GUESTLIST_LIBVIRT_AUTH_FILE_H
#define GUESTLIST_LIBVIRT_AUTH_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* Puts the path of the file in which libvirt looks for the password of `uri` (NULL: libvirt's default) into
 * `path`. It is the first of these: the file that LIBVIRT_AUTH_FILE in the environment names, the file that the
 * URI's parameter "authfile" names, auth.conf in the user's configuration folder if this user can read it, and
 * /etc/libvirt/auth.conf. True if libvirt will read that file; a file that is named may be missing. False if no
 * file is named and this user can read neither of the others: then `path` is where a new file belongs. Any thread.
 */
bool auth_file_find(const char *uri, char *path, size_t size);

/* True if reading the file at `path` may never end: it is a pipe, a socket or a terminal. libvirt would wait for
 * it for ever. */
bool auth_file_is_endless(const char *path);

#endif
