/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines that other threads want logged. net-snmp's log is the main thread's alone, so they wait here until
 * it comes by. Bounded: what does not fit is counted, never waited for. */
#ifndef GUESTLIST_AGENT_LOGQUEUE_H
#define GUESTLIST_AGENT_LOGQUEUE_H

#include "lib/base/log.h"

struct logqueue;

/* NULL if out of memory or descriptors. */
struct logqueue *logqueue_new(void);
void logqueue_free(struct logqueue *queue);

/* A sink that queues; usable on any thread for as long as the queue lives. */
const struct log_sink *logqueue_sink(struct logqueue *queue);

/* Becomes readable when lines wait. */
int logqueue_fd(const struct logqueue *queue);

/* Hands all waiting lines to `write_line`, in order. Main thread. */
void logqueue_drain(struct logqueue *queue, void (*write_line)(enum log_level level, const char *line));

#endif
