/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds domains that migrate or are restored. During a live migration, libvirt changes the state of the domain
 * only at the very end. Until then only its job shows the migration, and each job takes a call. So a domain is
 * asked only if an event, its state or its last job makes a migration likely. */
#ifndef GUESTLIST_LIBVIRT_MIGRATION_H
#define GUESTLIST_LIBVIRT_MIGRATION_H

#include <stdbool.h>

#include "lib/libvirt/connection.h"
#include "lib/libvirt/mailbox.h"
#include "lib/model/domain.h"

/* Whether to ask for the domain's job. `domain` still has the job that was read last. `old` is its row in the
 * listing before, or NULL. `mail` has the events since then. Pure. */
bool migration_is_likely(const struct domain *domain, const struct domain *old, const struct mail *mail);

/* Asks for the job of one domain over an open connection. A process that hangs can block this for ever, so only
 * the threads of fact_reader.h call it. False if it failed; `*job` is then as it was. */
bool migration_read_job(struct connection *connection, const unsigned char uuid[UUID_BYTES], enum domain_job *job);

#endif
