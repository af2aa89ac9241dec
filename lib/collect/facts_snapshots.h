/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When to read the snapshots that libvirt keeps of domains. libvirt sends no event for them. So they are read
 * again every ten minutes, and after an event of the domain, because libvirt pauses a domain that runs for most
 * kinds of snapshots. Domains that have no snapshot, as the listing says, are not asked. */
#ifndef GUESTLIST_COLLECT_FACTS_SNAPSHOTS_H
#define GUESTLIST_COLLECT_FACTS_SNAPSHOTS_H

#include "lib/libvirt/fact_reader.h"
#include "lib/libvirt/mailbox.h"
#include "lib/model/snapshot.h"

/* Asks for the snapshots of the domains of a new listing, where they are due. `before` is the listing before it,
 * or NULL. `mail` has the events since then. */
void facts_snapshots_ask(struct fact_reader *reader, struct snapshot *snapshot, const struct snapshot *before,
                         const struct mail *mail);

/* Takes the answer about that domain. */
void facts_snapshots_take(struct fact_reader_result *result, struct domain *domain);

/* Forgets the snapshots of all domains of a new listing, and the questions about them. */
void facts_snapshots_forget(struct snapshot *snapshot);

#endif
