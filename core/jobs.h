/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which domains are being migrated. libvirt does not change the state of a domain that migrates live before the
 * very last moment; only its job tells, and to ask each domain for it would cost a call a domain. So only those
 * are asked that an event, their state or the answer of the last time makes suspects. A guest that hangs lets the
 * question hang too: threads of their own ask (crew.h), a domain at a time. */
#ifndef GUESTLIST_CORE_JOBS_H
#define GUESTLIST_CORE_JOBS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/mailbox.h"
#include "core/snapshot.h"

enum {
    JOBS_MAX = 32, /* domains asked in one listing; the others have their turn in the next ones */
};

struct jobs;

/* `uri` and `with_events` as for hypervisor_new(). No thread runs before there is a suspect. NULL if out of
 * memory. */
struct jobs *jobs_new(const char *uri, bool with_events);

/* Ends the threads; false if one still hangs after `patience_ms`: what it uses is freed when it returns. NULL does
 * nothing. */
bool jobs_stop(struct jobs *jobs, int64_t patience_ms);

/* Completes the rows of a new listing before it is published. `before` is the one published last, or NULL; `mail`
 * what events said since. Who does not answer in time is taken to do what it did before. Waits at most
 * `patience_ms`, and not again for a domain that hung the last time. Called by the collector's thread. */
void jobs_find(struct jobs *jobs, struct snapshot *snapshot, const struct snapshot *before,
               const struct mail *mail, int64_t patience_ms);

#endif
