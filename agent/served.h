/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One hypervisor as it is served: its collector, its vmIndex map and file, and the view that requests are
 * answered from. The collector's thread makes views, the main thread takes the newest. */
#ifndef GUESTLIST_AGENT_SERVED_H
#define GUESTLIST_AGENT_SERVED_H

#include <stdbool.h>

#include "agent/view.h"
#include "core/collector.h"
#include "core/log.h"

struct served;

/* Starts collecting. `context` is the SNMP context, NULL for the default one; the index file's name ends
 * in it. NULL if out of memory, threads or descriptors. */
struct served *served_start(const char *uri, const char *context, const char *state_directory,
                            const struct collector_settings *settings, int64_t walk_hold_ms,
                            const struct log_sink *log);

/* True if all is over and freed; false if the collector still hangs inside libvirt after `patience_ms`. */
bool served_stop(struct served *served, int64_t patience_ms);

void served_change(struct served *served, const struct collector_settings *settings, int64_t walk_hold_ms);

const char *served_context(const struct served *served);

/* Becomes readable when a newer view waits. */
int served_fd(const struct served *served);

/* Main thread: takes the newest view, unless a walk is under way, which sees one view to its end (at most
 * walk_hold). Returns the milliseconds after which to call again, 0 if nothing waits. */
int64_t served_refresh(struct served *served);

/* Main thread: what to answer from, now. `is_walk`: the request is a GETNEXT; `with_status`: fill in the status as
 * well. The view is borrowed until the next served_refresh(). */
void served_answer(struct served *served, bool is_walk, bool with_status, struct answer *answer);

/* Main thread, at the start: waits until the first view is there, at most `patience_ms`, so that a manager
 * that asks just then does not take "not listed yet" for "no domains". */
void served_wait_first(struct served *served, int64_t patience_ms);

#endif
