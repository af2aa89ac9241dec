/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The messages of collectd's virt plugin, word for word: rules that match its notifications match ours as well.
 * Pure. */
#ifndef GUESTLIST_COLLECTD_VIRT_MESSAGES_H
#define GUESTLIST_COLLECTD_VIRT_MESSAGES_H

/* The text for a state, or for a state's reason: libvirt's numbers. If virt has no text for it, it is virsh's
 * word. The text is a constant. */
const char *virt_messages_state(int state);
const char *virt_messages_reason(int state, int reason);

#endif
