/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Log lines of other threads. Only the main thread may use net-snmp's log, so lines wait in this queue until the
 * main thread takes them. Bounded: lines that do not fit are counted and dropped. */
#ifndef GUESTLIST_AGENT_LOGQUEUE_H
#define GUESTLIST_AGENT_LOGQUEUE_H

#include "lib/base/log.h"

struct logqueue;

/* NULL if out of memory or descriptors. */
struct logqueue *logqueue_new(void);

/* Call it when no thread uses the sink any more. Drops waiting lines. Takes NULL. */
void logqueue_free(struct logqueue *queue);

/* A sink that puts lines into the queue, for all threads. It never blocks. Lives as long as the queue. */
const struct log_sink *logqueue_sink(struct logqueue *queue);

/* Becomes readable when lines wait. Lives as long as the queue. */
int logqueue_fd(const struct logqueue *queue);

/* Passes all waiting lines to `write_line`, in order, then how many were dropped. Main thread. */
void logqueue_drain(struct logqueue *queue, void (*write_line)(enum log_level level, const char *line));

#endif
