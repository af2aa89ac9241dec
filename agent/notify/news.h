/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is to be told of one hypervisor's domains, from the threads that see it to the main thread, in its order.
 * Bounded: what is too much is counted, and where it went missing is known. Every function locks and none
 * blocks. */
#ifndef GUESTLIST_AGENT_NOTIFY_NEWS_H
#define GUESTLIST_AGENT_NOTIFY_NEWS_H

#include <stdbool.h>
#include <stddef.h>

#include "agent/notify/change.h"

enum { NEWS_MAX = 32768 };

enum news_kind {
    NEWS_CHANGE,  /* `change` */
    NEWS_REFUSED, /* what a SET wanted of the domain in `change` could not be done */
    NEWS_LOST,    /* `lost` others stood here */
};

struct news_item {
    enum news_kind kind;
    unsigned lost;
    char *why;            /* of what was refused: the action and the reason */
    struct change change; /* owns its name */
};

struct news;

/* NULL if out of memory. */
struct news *news_new(void);
void news_free(struct news *news);

/* Takes over the names of all of `changes`, which are cleared, and counts what they say is lost. */
void news_put_changes(struct news *news, struct changes *changes);

/* What was ordered of the domain of that UUID could not be done; `why` names the action and the reason. */
void news_put_refused(struct news *news, const unsigned char uuid[DOMAIN_UUID_BYTES], const char *why);

/* Moves the oldest into `item`, which the caller releases with news_item_clear(). False if there is none. */
bool news_take(struct news *news, struct news_item *item);
void news_item_clear(struct news_item *item);

#endif
