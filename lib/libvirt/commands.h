/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands to domains, such as start and shutdown. Only this module changes anything at the hypervisor, and only
 * it opens connections that are not read-only. A guest can delay its command for any time: a process that hangs
 * never answers. So commands are carried out by at most four threads, each with a connection of its own. A thread
 * starts with the first command or try, and ends after half a minute without one. A connection that was lost is
 * opened again for the next command.
 *
 * Commands to one domain are carried out one after the other. A domain that hangs delays its own commands only, as
 * long as a thread is free. The fourth thread is kept for destroy. A destroy does not wait for an earlier command
 * that has been under way for more than 5 s: destroying the domain ends that command as well. */
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
    COMMANDS_ACCESS_DENIED, /* refused by libvirt, by polkit or by the mode of the socket */
    COMMANDS_ACCESS_FAILED, /* no connection for another reason, such as a libvirtd that does not run */
};

/* The functions are called on the threads of this module, without a lock. They are not called any more once
 * commands_stop() has returned, whatever it returned. */
struct commands_host {
    /* A command could not be carried out. `why` is the reason, on one line without passwords. */
    void (*failed)(void *data, const unsigned char uuid[UUID_BYTES], enum command_action action, const char *why);
    /* The access or its reason `why` changed. Not called if the first try finds that access is granted. */
    void (*access)(void *data, enum commands_access access, const char *why);
    void *data;
    const struct log_sink *log; /* gets a line for each command that was carried out; outlives struct commands */
};

struct commands;

/* `uri` and `with_events` as for worker_pool_new(). No thread runs and nothing is opened before the first command
 * or commands_try(). NULL if out of memory. */
struct commands *commands_new(const char *uri, bool with_events, const struct commands_host *host);

/* Drops the commands that have not begun, and logs how many there were. Waits at most `patience_ms` for the
 * threads. Then it waits for those functions of the host that are running, however long they take. Frees
 * `commands`, which may be NULL. False if a thread still hangs in libvirt: it frees what it uses when it returns.
 */
bool commands_stop(struct commands *commands, int64_t patience_ms);

/* Puts a command into the queue. False if 64 wait or are under way, if commands_stop() was called, or if no thread
 * can be started. Any thread may call this and the next three, and none of them blocks. */
bool commands_put(struct commands *commands, const unsigned char uuid[UUID_BYTES], enum command_action action);

/* Makes a thread open a connection that may change domains, to find out whether libvirt gives one. */
void commands_try(struct commands *commands);

/* The same, if the last try failed and some time has passed since: a minute if access was denied, else 5 s. To be
 * called often. */
void commands_retry(struct commands *commands);

/* True if libvirt gave the connection that was opened last, by commands_try() or for a command. */
bool commands_may(struct commands *commands);

/* virsh's word for it: "suspend", "start --paused". */
const char *commands_action_word(enum command_action action);

#endif
