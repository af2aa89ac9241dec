/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words in which collectd's virt plugin notifies: whoever matches its messages can match these. Pure. */
#ifndef GUESTLIST_COLLECTD_WORDS_H
#define GUESTLIST_COLLECTD_WORDS_H

/* libvirt's numbers in those words; where virt has none, in virsh's. */
const char *words_of_state(int state);
const char *words_of_reason(int state, int reason);

#endif
