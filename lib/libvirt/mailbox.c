/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/mailbox.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/array.h"
#include "lib/base/clock.h"
#include "lib/base/refcount.h"
#include "lib/base/thread.h"

struct mailbox {
    struct refcount refcount; /* for mailbox_ref() and mailbox_unref() alone */
    pthread_mutex_t lock;
    pthread_cond_t woken;
    bool is_woken, is_stopping;
    uint32_t events;
    struct mail mail; /* its items are not sorted here */
};

struct mailbox *mailbox_new(void)
{
    struct mailbox *mailbox = calloc(1, sizeof(*mailbox));

    if (!mailbox)
        return NULL;
    refcount_init(&mailbox->refcount);
    if (!thread_condition_init(&mailbox->woken)) {
        free(mailbox);
        return NULL;
    }
    (void)pthread_mutex_init(&mailbox->lock, NULL); /* cannot fail for a default mutex */
    return mailbox;
}

struct mailbox *mailbox_ref(struct mailbox *mailbox)
{
    refcount_take(&mailbox->refcount);
    return mailbox;
}

void mailbox_unref(struct mailbox *mailbox)
{
    if (!mailbox || !refcount_drop(&mailbox->refcount))
        return;
    mail_clear(&mailbox->mail);
    (void)pthread_cond_destroy(&mailbox->woken);
    (void)pthread_mutex_destroy(&mailbox->lock);
    free(mailbox);
}

static void mailbox_lock(struct mailbox *mailbox)
{
    (void)pthread_mutex_lock(&mailbox->lock); /* fails only for a lock that is broken already */
}

static void mailbox_unlock(struct mailbox *mailbox)
{
    (void)pthread_mutex_unlock(&mailbox->lock);
}

static void mailbox_wake(struct mailbox *mailbox)
{
    mailbox->is_woken = true;
    (void)pthread_cond_signal(&mailbox->woken);
}

static void mailbox_merge_items(struct mail *mail)
{
    size_t kept = 0;

    if (mail->count == 0)
        return;
    qsort(mail->items, mail->count, sizeof(*mail->items), uuid_compare);
    for (size_t i = 1; i < mail->count; i++) {
        if (uuid_compare(&mail->items[kept], &mail->items[i]) == 0)
            mail->items[kept].kinds |= mail->items[i].kinds;
        else
            mail->items[++kept] = mail->items[i];
    }
    mail->count = kept + 1;
}

static void mailbox_add_item(struct mail *mail, const unsigned char uuid[UUID_BYTES], uint32_t kinds)
{
    struct mail_item *items = NULL;

    /* One action on a domain often leads to several events in a row. Only these are merged here; mailbox_take()
     * merges the rest. */
    if (mail->count > 0 && uuid_is_same(mail->items[mail->count - 1].uuid, uuid)) {
        mail->items[mail->count - 1].kinds |= kinds;
        return;
    }
    if (mail->count == MAIL_MAX && !mail->overflowed)
        mailbox_merge_items(mail); /* many events of few domains do not overflow */
    if (mail->count < MAIL_MAX)
        items = array_grow(mail->items, mail->count, 1, sizeof(*items));
    if (!items) {
        mail->overflowed = true;
        return;
    }
    mail->items = items;
    memcpy(items[mail->count].uuid, uuid, UUID_BYTES);
    items[mail->count++].kinds = kinds;
}

void mailbox_put_event(struct mailbox *mailbox, const unsigned char uuid[UUID_BYTES], uint32_t kinds)
{
    mailbox_lock(mailbox);
    mailbox->events++;
    if (mailbox->mail.first_boot_ms == 0)
        mailbox->mail.first_boot_ms = clock_boot_ms();
    mailbox_add_item(&mailbox->mail, uuid, kinds);
    mailbox_wake(mailbox);
    mailbox_unlock(mailbox);
}

/* Makes room for one more lifecycle event. If there is none, counts it as lost and returns false. */
static bool mailbox_grow_events(struct mail *mail)
{
    struct domain_event *events = NULL;

    if (mail->event_count < MAIL_EVENTS_MAX)
        events = array_grow(mail->events, mail->event_count, 1, sizeof(*events));
    if (events)
        mail->events = events;
    else
        mail->events_lost++;
    return events != NULL;
}

void mailbox_put_domain_event(struct mailbox *mailbox, const unsigned char uuid[UUID_BYTES], int type, int detail)
{
    struct domain_event event = { .event = type, .detail = detail, .boot_ms = clock_boot_ms() };

    memcpy(event.uuid, uuid, UUID_BYTES);
    mailbox_lock(mailbox);
    if (mailbox_grow_events(&mailbox->mail))
        mailbox->mail.events[mailbox->mail.event_count++] = event;
    mailbox_unlock(mailbox);
}

void mailbox_return(struct mailbox *mailbox, struct mail *mail)
{
    struct mail *newer = &mailbox->mail;

    mailbox_lock(mailbox);
    for (size_t i = 0; i < newer->event_count; i++)
        if (mailbox_grow_events(mail))
            mail->events[mail->event_count++] = newer->events[i];
    free(newer->events);
    newer->events = mail->events;
    newer->event_count = mail->event_count;
    newer->events_lost += mail->events_lost;
    newer->overflowed |= mail->overflowed;
    for (size_t i = 0; i < mail->count; i++)
        mailbox_add_item(newer, mail->items[i].uuid, mail->items[i].kinds);
    mailbox_unlock(mailbox);
    mail->events = NULL;
    mail->event_count = mail->events_lost = 0;
}

void mailbox_put_stop(struct mailbox *mailbox)
{
    mailbox_lock(mailbox);
    mailbox->is_stopping = true;
    mailbox_wake(mailbox);
    mailbox_unlock(mailbox);
}

void mailbox_put_wake(struct mailbox *mailbox)
{
    mailbox_lock(mailbox);
    mailbox_wake(mailbox);
    mailbox_unlock(mailbox);
}

bool mailbox_wait(struct mailbox *mailbox, int64_t until_boot_ms)
{
    bool stop;

    mailbox_lock(mailbox);
    while (!mailbox->is_woken && !mailbox->is_stopping)
        if (!thread_wait(&mailbox->woken, &mailbox->lock, until_boot_ms))
            break;
    mailbox->is_woken = false;
    stop = mailbox->is_stopping;
    mailbox_unlock(mailbox);
    return stop;
}

int64_t mailbox_first_event(struct mailbox *mailbox)
{
    int64_t first;

    mailbox_lock(mailbox);
    first = mailbox->mail.first_boot_ms;
    mailbox_unlock(mailbox);
    return first;
}

struct mail mailbox_take(struct mailbox *mailbox)
{
    struct mail mail;

    mailbox_lock(mailbox);
    mail = mailbox->mail;
    mailbox->mail = (struct mail){ 0 };
    mailbox_unlock(mailbox);
    mailbox_merge_items(&mail);
    return mail;
}

struct mail mailbox_peek(struct mailbox *mailbox)
{
    struct mail mail;

    mailbox_lock(mailbox);
    mail = mailbox->mail;
    mail.events = NULL;
    mail.event_count = 0;
    mail.items = array_grow(NULL, 0, mail.count, sizeof(*mail.items));
    if (!mail.items)
        mail.count = 0;
    if (mail.count > 0)
        memcpy(mail.items, mailbox->mail.items, mail.count * sizeof(*mail.items));
    mailbox_unlock(mailbox);
    mailbox_merge_items(&mail);
    return mail;
}

void mail_clear(struct mail *mail)
{
    free(mail->items);
    free(mail->events);
    *mail = (struct mail){ 0 };
}

uint32_t mail_kinds(const struct mail *mail, const unsigned char uuid[UUID_BYTES])
{
    const struct mail_item *found = uuid_find(mail->items, mail->count, sizeof(*found), uuid);

    return found ? found->kinds : 0;
}

uint32_t mailbox_event_count(struct mailbox *mailbox)
{
    uint32_t events;

    mailbox_lock(mailbox);
    events = mailbox->events;
    mailbox_unlock(mailbox);
    return events;
}
