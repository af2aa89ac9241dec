/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libvirt's own file with users and passwords. libvirt reads it by itself. The project only names the file in its
 * messages if something is missing in it. */
#ifndef GUESTLIST_LIBVIRT_AUTH_FILE_H
#define GUESTLIST_LIBVIRT_AUTH_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* Puts the path of the file in which libvirt looks for the password of `uri` (NULL: libvirt's default) into
 * `path`. Its order is: LIBVIRT_AUTH_FILE of the environment, the URI's parameter "authfile", auth.conf in the
 * user's configuration folder if that can be read, and /etc/libvirt/auth.conf. True if libvirt will read that
 * file, which may not be there. False if it will not, because nothing names one and this user can read neither of
 * the others; `path` is then where a new one belongs. Call it on any thread. */
bool auth_file_find(const char *uri, char *path, size_t size);

#endif
