/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libvirt's library prints each error of opening a connection to stderr, unless the process has an error handler.
 * There is one handler for the whole process. */
#ifndef GUESTLIST_LIBVIRT_QUIET_H
#define GUESTLIST_LIBVIRT_QUIET_H

/* Makes libvirt print nothing. Only for a program that has libvirt to itself: in collectd, other plugins may use
 * libvirt, and their errors must be printed as before. Call it before other threads use libvirt. */
void quiet_libvirt(void);

#endif
