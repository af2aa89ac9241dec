/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The messages of collectd's virt plugin, word for word, so that rules for its notifications match ours as well.
 * Pure. */
#ifndef GUESTLIST_COLLECTD_VIRT_MESSAGES_H
#define GUESTLIST_COLLECTD_VIRT_MESSAGES_H

/* The text for a state, or for the reason of a state; the arguments are libvirt's numbers. If the virt plugin has
 * no text for a number, virsh's word is returned. The text is a constant. */
const char *virt_messages_state(int state);
const char *virt_messages_reason(int state, int reason);

#endif
