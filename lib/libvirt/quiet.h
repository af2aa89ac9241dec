/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libvirt's library prints each error of opening a connection to stderr, unless the process has an error handler.
 * There is one handler for the whole process. Guestlist reports these errors itself: once, and without passwords.
 */
#ifndef GUESTLIST_LIBVIRT_QUIET_H
#define GUESTLIST_LIBVIRT_QUIET_H

/* Makes libvirt print nothing. For a program that has libvirt to itself. Call it before other threads use libvirt.
 */
void quiet_libvirt(void);

/* Makes libvirt print only the errors of threads that have not called quiet_this_thread(), as it does without any
 * handler. For collectd, where other plugins may use libvirt. Call it before threads of this library start. */
void quiet_own_threads(void);

/* The calling thread belongs to this library. */
void quiet_this_thread(void);

#endif
