/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One hypervisor as the agent serves it: its collector, its indexes and their files, the rows that requests are
 * answered from, the queue of changes for notifications, and the commands of SET to its domains. The collector's
 * thread makes rows and changes, and the main thread takes them. All functions are for the main thread. Only
 * instance_stop() and instance_wait_first() block. */
#ifndef GUESTLIST_AGENT_INSTANCE_H
#define GUESTLIST_AGENT_INSTANCE_H

#include <stdbool.h>

#include "agent/index/indexes.h"
#include "agent/mib/rows.h"
#include "agent/mib/walks.h"
#include "agent/notify/change_queue.h"
#include "lib/base/log.h"
#include "lib/collect/collector.h"
#include "lib/libvirt/commands.h"

struct instance;

struct instance_settings {
    struct collector_settings collector;
    int64_t walk_hold_ms;
    struct answer_settings answer;
    struct switches switches; /* at the start */
};

/* Starts collecting. `context` is the SNMP context, NULL for the default one. Takes over `indexes`, even if it
 * fails. `log` is used by several threads and must outlive the instance. NULL if out of memory, threads or
 * descriptors. */
struct instance *instance_start(const char *uri, const char *context, struct indexes *indexes,
                                const struct instance_settings *settings, const struct log_sink *log);

/* Asks the threads to end and does not wait. Call this for several instances before instance_stop() for each, so
 * that they end at the same time. */
void instance_ask_to_stop(struct instance *instance);

/* Waits at most `patience_ms` for the thread that makes the rows, after instance_ask_to_stop(). False: it hangs
 * inside libvirt; this can be called again. */
bool instance_has_stopped(struct instance *instance, int64_t patience_ms);

/* Asks all threads to end and waits for them at most `patience_ms`. True: they have ended, and the instance is
 * freed. False: a thread still hangs inside libvirt. Then what the instance uses (such as the log) must not be
 * freed, because that thread may publish one more snapshot when libvirt returns: end the process soon. The
 * exception is an instance for which instance_has_stopped() is true, and whose settings never allowed SET to act
 * on domains: it is freed, and the threads that hang use memory of their own only. In any case, no command of SET
 * is reported as failed from here on. Call it once. NULL is true. */
bool instance_stop(struct instance *instance, int64_t patience_ms);

/* New settings. Switches that SET has changed stay as they are, unless their setting changed. */
void instance_change_settings(struct instance *instance, const struct instance_settings *settings);

/* NULL for the default context. Lives as long as the instance. */
const char *instance_context(const struct instance *instance);

/* Becomes readable when there are new rows or changes. Lives as long as the instance. */
int instance_fd(const struct instance *instance);

/* Call it when instance_fd() is readable: takes the newest rows, if there are any. */
void instance_refresh(struct instance *instance);

/* Fills in `answer`, from which requests are answered now. Its rows are NULL before the first listing, and are
 * borrowed until the next instance_refresh(). Its status is filled in only if `with_status`. Its `may_control` is
 * false: see instance_may_control(). Returns the time of the answer, in microseconds of the boot clock. */
int64_t instance_answer(struct instance *instance, bool with_status, struct answer *answer);

/* Whether SET may act on domains now, by the settings and by the last answer of libvirt. */
bool instance_may_control(struct instance *instance);

/* The walks in progress, which say from which rows a GETNEXT is answered. Lives as long as the instance. */
struct walks *instance_walks(struct instance *instance);

/* The state of the hypervisor now. */
void instance_status(struct instance *instance, struct collector_status *status);

/* Changes of its domains, with their vmIndex, for the notifier alone to take. Lives as long as the instance. */
struct change_queue *instance_change_queue(struct instance *instance);

/* Asks for a listing if notifications need one by now, see transitions_due(). Returns the time of the boot clock
 * at which to call it again, 0 if no listing is needed. Call it also after each instance_refresh(). */
int64_t instance_list_when_due(struct instance *instance, int64_t now_boot_ms);

/* Which notifications are sent now. SET changes the switches of VM-MIB. */
struct switches instance_switches(const struct instance *instance);
void instance_set_switches(struct instance *instance, struct switches switches);

/* The commands of one SET to domains: first add each with instance_add_command(), then start all of them with
 * instance_start_commands(). A command that fails becomes an item of the change queue. */
void instance_add_command(struct instance *instance, const unsigned char uuid[UUID_BYTES],
                          enum command_action action);
void instance_start_commands(struct instance *instance);

/* For the start: waits at most `patience_ms` for the first rows. Otherwise a manager that sends a request at once
 * would get an empty table. */
void instance_wait_first(struct instance *instance, int64_t patience_ms);

#endif
