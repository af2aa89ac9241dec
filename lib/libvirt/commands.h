/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Orders to domains: the only thing here that changes anything at the hypervisor, and that opens connections which
 * are not read-only. An order can take as long as its guest likes (a stopped process never answers), so they are
 * carried out by at most four threads, each with a connection of its own. Both come with the first order or try,
 * and go when there was none for half a minute. A connection that is lost is opened again for the next order.
 *
 * Orders to one domain are carried out one after the other. A domain that hangs holds up its own orders only, as
 * long as a thread is free; the fourth thread is kept for destroy. Where an order has been under way for more than
 * 5 s, a destroy does not wait for it: it ends the guest, and with it what hangs. */
#ifndef GUESTLIST_LIBVIRT_COMMANDS_H
#define GUESTLIST_LIBVIRT_COMMANDS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/log.h"
#include "lib/model/domain.h"

enum command_action {
    COMMAND_SUSPEND,
    COMMAND_RESUME,
    COMMAND_SHUTDOWN, /* asks the guest, which may ignore it */
    COMMAND_START,    /* from its managed-save image if it has one */
    COMMAND_START_PAUSED,
    COMMAND_DESTROY,
};

/* Whether libvirt gives connections that may change domains. */
enum commands_access {
    COMMANDS_ACCESS_UNKNOWN, /* not tried yet */
    COMMANDS_ACCESS_GRANTED,
    COMMANDS_ACCESS_DENIED, /* libvirt, polkit or the socket's mode said no */
    COMMANDS_ACCESS_FAILED, /* no connection for another reason, such as a libvirtd that is not there */
};

/* All functions are called on control's threads and, once control_stop() has returned, no more. */
struct commands_host {
    /* An order could not be carried out; `why` is libvirt's sentence, without passwords. */
    void (*failed)(void *data, const unsigned char uuid[UUID_BYTES], enum command_action action, const char *why);
    /* Access is another one than before, or `why` is. Not called when the first try finds it granted. */
    void (*access)(void *data, enum commands_access access, const char *why);
    void *data;
    const struct log_sink *log; /* hears of orders that were carried out; must outlive control */
};

struct commands;

/* `uri` and `with_events` as for connection_new(): true where libvirt's event loop runs. No thread runs and
 * nothing is opened before the first order or control_try(). NULL if out of memory. */
struct commands *commands_new(const char *uri, bool with_events, const struct commands_host *host);

/* Ends the threads and frees it. Orders that did not begin are dropped, and the log is told how many. False if a
 * thread still hangs after `patience_ms`: what it uses is freed when it returns. NULL does nothing. */
bool commands_stop(struct commands *commands, int64_t patience_ms);

/* Has a domain do something, as soon as a thread can see to it; any thread may call this and it never blocks.
 * False if 64 orders wait or are under way, or if there is neither a thread nor memory for one. */
bool commands_put(struct commands *commands, const unsigned char uuid[UUID_BYTES], enum command_action action);

/* Opens a connection that may change domains, to see whether libvirt gives one, as soon as a thread can see to it.
 * Any thread may call this and it never blocks. */
void commands_try(struct commands *commands);

/* The same if the last try did not succeed and some time has passed since: a minute if access was denied, 5 s if
 * there was no connection. Call it often. */
void commands_retry(struct commands *commands);

/* True if libvirt gave the connection that was tried last, by control_try() or for an order. Any thread; never
 * blocks. */
bool commands_may(struct commands *commands);

/* What virsh calls it: "suspend", "start --paused". */
const char *command_action_word(enum command_action action);

#endif
