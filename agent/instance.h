/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One hypervisor as it is served: its collector, its vmIndex map and file, the views that requests are answered
 * from, what is to be told of its domains, and what SET wants of them. The collector's thread makes views and
 * news, the main thread takes them. */
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
    struct switches switches; /* as they are at the start */
};

/* Starts collecting. `context` is the SNMP context, NULL for the default one. The indexes belong to it from now
 * on, whether it starts or not. NULL if out of memory, threads or descriptors. */
struct instance *instance_start(const char *uri, const char *context, struct indexes *indexes,
                                const struct instance_settings *settings, const struct log_sink *log);

/* True if all is over and freed; false if a thread still hangs inside libvirt after `patience_ms`. */
bool instance_stop(struct instance *instance, int64_t patience_ms);

/* New settings. Switches that SET has turned stay so unless their setting is another one than before. */
void instance_change(struct instance *instance, const struct instance_settings *settings);

const char *instance_context(const struct instance *instance);

/* Becomes readable when a newer view waits. */
int instance_fd(const struct instance *instance);

/* Main thread: takes the newest view, if one has come, and lets SET's connection try again. */
void instance_refresh(struct instance *instance);

/* Main thread: what to answer from, now: the newest view, or NULL before the first one. `with_status`: fill in the
 * status as well. `may_control` is false: only SET needs it, see instance_may_control(). The view is borrowed
 * until the next instance_refresh(). Returns the moment of the answer, in microseconds of the boot clock. */
int64_t instance_answer(struct instance *instance, bool with_status, struct answer *answer);

/* Main thread: whether SET may act on domains now, by the settings and by what libvirt last said. */
bool instance_may_control(struct instance *instance);

/* Main thread: which view answers a GETNEXT instead. */
struct walks *instance_walks(struct instance *instance);

/* Main thread: how things stand, as instance_answer() says it. */
void instance_status(struct instance *instance, struct collector_status *status);

/* Main thread: what is to be told of its domains; main alone takes from it. instance_fd() rings for it as well. */
struct change_queue *instance_changes(struct instance *instance);

/* Main thread: asks for a listing if what is to be told of its domains needs one by now. Returns the boot clock at
 * which to call again, 0 if none is needed. A snapshot that is published may need one sooner. */
int64_t instance_list_when_due(struct instance *instance, int64_t now_boot_ms);

/* Main thread: which notifications are sent now. SET turns the switches of VM-MIB. */
struct switches instance_switches(const struct instance *instance);
void instance_turn(struct instance *instance, struct switches switches);

/* Main thread: what one SET wants of domains, order by order, and then all of it at once, because a start and a
 * suspend of one domain are a start as paused. Never blocks; what cannot be done becomes news. */
void instance_order(struct instance *instance, const unsigned char uuid[UUID_BYTES], enum command_action action);
void instance_carry_out(struct instance *instance);

/* Main thread, at the start: waits until the first view is there, at most `patience_ms`, so that a manager
 * that asks just then does not take "not listed yet" for "no domains". */
void instance_wait_first(struct instance *instance, int64_t patience_ms);

#endif
