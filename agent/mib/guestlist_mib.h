/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GUESTLIST-MIB: the age of the listing, errors, and facts for which VM-MIB has no object. A column is one line in
 * guestlist_mib.c or in the file of its table. */
#ifndef GUESTLIST_AGENT_MIB_GUESTLIST_MIB_H
#define GUESTLIST_AGENT_MIB_GUESTLIST_MIB_H

#include "agent/mib/mib.h"

/* Set by ./configure --with-enterprise-oid. */
extern const mib_subid guestlist_root[];
extern const size_t guestlist_root_length;

extern const struct mib guestlist_mib;

#endif
