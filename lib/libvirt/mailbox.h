/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libvirt's callbacks and other threads use a mailbox to send events and wake-ups to the thread of a collector.
 * Every function may be called on any thread, and none but mailbox_wait() blocks. Reference-counted, because
 * libvirt may still call back after a connection was closed. */
#ifndef GUESTLIST_LIBVIRT_MAILBOX_H
#define GUESTLIST_LIBVIRT_MAILBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/model/domain.h"
#include "lib/model/domain_event.h"

/* What an event means for its domain. */
enum mail_kind {
    MAIL_CHANGED = 1 << 0,     /* its state or persistence: list again */
    MAIL_XML_CHANGED = 1 << 1, /* its XML: read it again */
    MAIL_JOB = 1 << 2,         /* a job of it may have begun or ended: ask for it */
};

enum {
    MAIL_MAX = 4096,         /* domains between two mailbox_take() */
    MAIL_EVENTS_MAX = 16384, /* lifecycle events between two mailbox_take() */
};

struct mail_item {
    unsigned char uuid[UUID_BYTES]; /* first, for lib/base/uuid.h */
    uint32_t kinds;                 /* enum mail_kind, added up */
};

/* What came in since the last mailbox_take(). */
struct mail {
    int64_t first_boot_ms; /* when the first event came; 0: none */
    size_t count;
    struct mail_item *items; /* sorted by UUID, each UUID once */
    bool overflowed;         /* events touched more than MAIL_MAX domains: some are missing */
    size_t event_count;
    struct domain_event *events; /* lifecycle events in the order in which they came */
    uint32_t events_lost;        /* how many more there were, which are not in `events` */
};

struct mailbox;

/* The caller has the reference. NULL if out of memory. */
struct mailbox *mailbox_new(void);
struct mailbox *mailbox_ref(struct mailbox *mailbox);

/* The last one frees it. Takes NULL. */
void mailbox_unref(struct mailbox *mailbox);

/* An event about one domain came in. Wakes the collector. */
void mailbox_put_event(struct mailbox *mailbox, const unsigned char uuid[UUID_BYTES], uint32_t kinds);

/* A lifecycle event, with libvirt's numbers. Wakes no thread and is not counted: mailbox_put_event() follows. */
void mailbox_put_domain_event(struct mailbox *mailbox, const unsigned char uuid[UUID_BYTES], int type, int detail);

/* Asks the collector to end. */
void mailbox_put_stop(struct mailbox *mailbox);

/* Wakes the collector, because something other than an event has changed: settings, results, the connection. */
void mailbox_put_wake(struct mailbox *mailbox);

/* Blocks until the boot clock reads `until_boot_ms`, or until another thread puts something in. Returns at once if
 * that happened since the last call. True if the collector is asked to end. */
bool mailbox_wait(struct mailbox *mailbox, int64_t until_boot_ms);

/* When the first event since the last mailbox_take() came in; 0: none has. */
int64_t mailbox_first_event(struct mailbox *mailbox);

/* Moves all mail to the caller, who frees it with mail_clear(). */
struct mail mailbox_take(struct mailbox *mailbox);

/* Copies the mail without its lifecycle events, and leaves it in the mailbox. The caller frees the copy with
 * mail_clear(). If out of memory, the copy has no items. */
struct mail mailbox_peek(struct mailbox *mailbox);

/* Puts `mail` back, because the listing that should have used it failed: its lifecycle events in front of those
 * that came since, and the kinds of events about each domain. They do not count as a first event, and wake no
 * thread. */
void mailbox_return(struct mailbox *mailbox, struct mail *mail);
void mail_clear(struct mail *mail);

/* The kinds of events about that domain, added up; 0: no event was about it. */
uint32_t mail_kinds(const struct mail *mail, const unsigned char uuid[UUID_BYTES]);

/* How many events have come in since the mailbox was made. */
uint32_t mailbox_event_count(struct mailbox *mailbox);

#endif
