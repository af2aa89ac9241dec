/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words in which collectd's virt plugin notifies: whoever matches its messages can match these. Pure. */
#ifndef GUESTLIST_COLLECTD_VIRT_MESSAGES_H
#define GUESTLIST_COLLECTD_VIRT_MESSAGES_H

/* libvirt's numbers in those words; where virt has none, in virsh's. */
const char *virt_messages_state(int state);
const char *virt_messages_reason(int state, int reason);

#endif
