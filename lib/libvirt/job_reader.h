/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the jobs of domains: migrations, saves, dumps and the like. Each job takes a call, and neither a list of
 * domains nor the bulk statistics have it. So a domain is asked only if an event, its state or its last answer
 * makes a job likely. virDomainGetControlInfo() is no help: during a job it reports one only for the moments in
 * which libvirtd sends a command to the process. A backup and an internal snapshot have no sign at their start. */
#ifndef GUESTLIST_LIBVIRT_JOB_READER_H
#define GUESTLIST_LIBVIRT_JOB_READER_H

#include <stdbool.h>

#include "lib/libvirt/connection.h"
#include "lib/libvirt/mailbox.h"
#include "lib/model/domain.h"
#include "lib/model/job_stats.h"

/* Whether to ask for the domain's job. `domain` still has the job that was read last. `old` is its row in the
 * listing before, or NULL. `mail` has the events since then. Pure. */
bool job_reader_is_likely(const struct domain *domain, const struct domain *old, const struct mail *mail);

/* Asks for the job of one domain over an open connection. `*stats` becomes the job, which the caller unrefs, or
 * NULL if the domain has none. A process that hangs can block this for ever, so only the threads of fact_reader.h
 * call it. False if it failed; `*stats` is then NULL. */
bool job_reader_read(struct connection *connection, const unsigned char uuid[UUID_BYTES],
                     struct job_stats **stats);

#endif
