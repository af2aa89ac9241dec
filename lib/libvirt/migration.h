/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which domains migrate or are restored. libvirt does not change the state of a domain that migrates live before
 * the very last moment. Only its job says so, and asking each domain for its job would cost a call a domain. So
 * only those are asked that an event, their state or the last answer makes likely. */
#ifndef GUESTLIST_LIBVIRT_MIGRATION_H
#define GUESTLIST_LIBVIRT_MIGRATION_H

#include <stdbool.h>

#include "lib/libvirt/connection.h"
#include "lib/libvirt/mailbox.h"
#include "lib/model/domain.h"

/* Whether the job of a domain is to be asked for. `old` is its row in the listing before, or NULL; the domain has
 * inherited its job. `mail` holds what events said since. */
bool migration_is_likely(const struct domain *domain, const struct domain *old, const struct mail *mail);

/* Asks for the job of one domain over an open connection. A process that hangs can hold this up for ever, so it is
 * for workers (fact_reader.h). False if it cannot be had: the job is then what it was. */
bool migration_read_job(struct connection *connection, const unsigned char uuid[UUID_BYTES], enum domain_job *job);

#endif
