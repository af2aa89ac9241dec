/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When to read the text of the I/O errors that paused a domain: once for each pause. */
#ifndef GUESTLIST_COLLECT_FACTS_IO_ERRORS_H
#define GUESTLIST_COLLECT_FACTS_IO_ERRORS_H

#include "lib/libvirt/driver.h"
#include "lib/libvirt/fact_reader.h"
#include "lib/libvirt/mailbox.h"
#include "lib/model/snapshot.h"

/* Takes the text of the listing before, if the domain is still paused and no event has come since. `old` is its
 * row in that listing, or NULL. Otherwise, no answer about an earlier pause is expected any more. */
void facts_io_errors_inherit(struct domain *domain, const struct domain *old, const struct mail *mail);

/* Asks for the text of the domains of a new listing that need it, unless libvirt does not support it. */
void facts_io_errors_ask(struct fact_reader *reader, const struct driver *driver, struct snapshot *snapshot);

/* Takes the answer about that domain. */
void facts_io_errors_take(struct fact_reader_result *result, struct domain *domain);

#endif
