/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One hypervisor as it is served: its collector, its vmIndex map and file, the views that requests are answered
 * from, what is to be told of its domains, and what SET wants of them. The collector's thread makes views and
 * news, the main thread takes them. */
#ifndef GUESTLIST_AGENT_SERVED_H
#define GUESTLIST_AGENT_SERVED_H

#include <stdbool.h>

#include "agent/index/indexes.h"
#include "agent/mib/view.h"
#include "agent/mib/walks.h"
#include "agent/notify/news.h"
#include "lib/base/log.h"
#include "lib/collect/collector.h"
#include "lib/libvirt/commands.h"

struct served;

struct served_settings {
    struct collector_settings collector;
    int64_t walk_hold_ms;
    struct answer_settings answer;
    struct switches switches; /* as they are at the start */
};

/* Starts collecting. `context` is the SNMP context, NULL for the default one. The indexes belong to it from now
 * on, whether it starts or not. NULL if out of memory, threads or descriptors. */
struct served *served_start(const char *uri, const char *context, struct indexes *indexes,
                            const struct served_settings *settings, const struct log_sink *log);

/* True if all is over and freed; false if a thread still hangs inside libvirt after `patience_ms`. */
bool served_stop(struct served *served, int64_t patience_ms);

/* New settings. Switches that SET has turned stay so unless their setting is another one than before. */
void served_change(struct served *served, const struct served_settings *settings);

const char *served_context(const struct served *served);

/* Becomes readable when a newer view waits. */
int served_fd(const struct served *served);

/* Main thread: takes the newest view, if one has come, and lets SET's connection try again. */
void served_refresh(struct served *served);

/* Main thread: what to answer from, now: the newest view, or NULL before the first one. `with_status`: fill in the
 * status as well. `may_control` is false: only SET needs it, see served_may_control(). The view is borrowed until
 * the next served_refresh(). Returns the moment of the answer, in microseconds of the boot clock. */
int64_t served_answer(struct served *served, bool with_status, struct answer *answer);

/* Main thread: whether SET may act on domains now, by the settings and by what libvirt last said. */
bool served_may_control(struct served *served);

/* Main thread: which view answers a GETNEXT instead. */
struct walks *served_walks(struct served *served);

/* Main thread: how things stand, as served_answer() says it. */
void served_status(struct served *served, struct collector_status *status);

/* Main thread: what is to be told of its domains; main alone takes from it. served_fd() rings for it as well. */
struct news *served_news(struct served *served);

/* Main thread: asks for a listing if what is to be told of its domains needs one by now. Returns the boot clock at
 * which to call again, 0 if none is needed. A snapshot that is published may need one sooner. */
int64_t served_list_when_due(struct served *served, int64_t now_boot_ms);

/* Main thread: which notifications are sent now. SET turns the switches of VM-MIB. */
struct switches served_switches(const struct served *served);
void served_turn(struct served *served, struct switches switches);

/* Main thread: what one SET wants of domains, order by order, and then all of it at once, because a start and a
 * suspend of one domain are a start as paused. Never blocks; what cannot be done becomes news. */
void served_order(struct served *served, const unsigned char uuid[DOMAIN_UUID_BYTES], enum command_action action);
void served_carry_out(struct served *served);

/* Main thread, at the start: waits until the first view is there, at most `patience_ms`, so that a manager
 * that asks just then does not take "not listed yet" for "no domains". */
void served_wait_first(struct served *served, int64_t patience_ms);

#endif
