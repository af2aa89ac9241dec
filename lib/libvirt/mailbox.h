/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where libvirt's callbacks, and whoever else wants something of a collector, leave word for its
 * thread. The only thing that those threads share; every function locks and none blocks, but
 * mailbox_wait(). Reference-counted, because libvirt may call back after a connection was closed. */
#ifndef GUESTLIST_LIBVIRT_MAILBOX_H
#define GUESTLIST_LIBVIRT_MAILBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/model/domain.h"
#include "lib/model/domain_event.h"

/* What an event says of its domain. */
enum mail_kind {
    MAIL_CHANGED = 1 << 0,   /* list again */
    MAIL_DESCRIBED = 1 << 1, /* read its XML again */
    MAIL_JOB = 1 << 2,       /* ask for its job */
};

enum {
    MAIL_MAX = 4096, /* domains remembered between two looks; past it only `overflowed` */
    MAIL_EVENTS_MAX = 16384,
};

struct mail_item {
    unsigned char uuid[UUID_BYTES];
    uint32_t kinds;
};

/* What was left since the last look. */
struct mail {
    int64_t first_boot_ms; /* when the first event came; 0: none */
    size_t count;
    struct mail_item *items; /* sorted by UUID, each once */
    bool overflowed;         /* there were more domains than items can hold */
    size_t event_count;
    struct domain_event *events; /* in the order in which they came */
    uint32_t events_lost;        /* more than MAIL_EVENTS_MAX */
};

struct mailbox;

/* NULL if out of memory. The reference is the caller's. */
struct mailbox *mailbox_new(void);
struct mailbox *mailbox_ref(struct mailbox *mailbox);
void mailbox_unref(struct mailbox *mailbox);

/* An event about one domain came in. */
void mailbox_put_event(struct mailbox *mailbox, const unsigned char uuid[UUID_BYTES], uint32_t kinds);

/* The same event's words, for whoever wants to tell each change. Wakes nobody. */
void mailbox_put_domain_event(struct mailbox *mailbox, const unsigned char uuid[UUID_BYTES], int type, int detail);

/* Asks the collector to end, or to look at its settings again. */
void mailbox_put_stop(struct mailbox *mailbox);
void mailbox_put_wake(struct mailbox *mailbox);

/* Sleeps until the boot clock reads `until_boot_ms`, or until another thread leaves something: an event, a loss, a
 * request, or the word that statistics, XML or a connection has come. Returns at once if that was left before.
 * True if the collector is asked to end. */
bool mailbox_wait(struct mailbox *mailbox, int64_t until_boot_ms);
bool mailbox_stopping(struct mailbox *mailbox);

/* When the first event since the last mailbox_take() came in; 0: none did. */
int64_t mailbox_first_event(struct mailbox *mailbox);

/* Moves what was left to the caller, who releases it with mail_clear(). mailbox_peek() copies it, so that
 * it is still to be taken; lifecycles are not copied. */
struct mail mailbox_take(struct mailbox *mailbox);
struct mail mailbox_peek(struct mailbox *mailbox);

/* Puts back the lifecycles of `mail`, in front of those that came since: what was to tell them failed. */
void mailbox_return(struct mailbox *mailbox, struct mail *mail);
void mail_clear(struct mail *mail);

/* The kinds that `mail` holds for a domain, 0 if it was not touched. */
uint32_t mail_kinds(const struct mail *mail, const unsigned char uuid[UUID_BYTES]);

/* How many events ever came in. */
uint32_t mailbox_events(struct mailbox *mailbox);

#endif
