/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/detailing.h"

#include <stdlib.h>

#include "core/clock.h"

/* A call for details that takes this long, or four times as long as the last one, hangs in a domain. */
enum { PATIENCE_MIN_MS = 500, PATIENCE_MAX_MS = 5000, PATIENCE_FIRST_MS = 2000 };

enum { ALL_DOMAINS_MS = 60 * 1000 };

struct detailing {
    struct details *details;
    bool is_empty;   /* the driver has none: not asked again */
    int64_t took_ms; /* the last call; 0: none yet */
    int64_t all_boot_ms;
};

struct detailing *detailing_new(const char *uri, bool with_events)
{
    struct detailing *detailing = calloc(1, sizeof(*detailing));

    if (!detailing)
        return NULL;
    detailing->details = details_new(uri, with_events);
    if (detailing->details)
        return detailing;
    free(detailing);
    return NULL;
}

bool detailing_free(struct detailing *detailing, int64_t patience_ms)
{
    bool ended;

    if (!detailing)
        return true;
    ended = details_stop(detailing->details, patience_ms);
    free(detailing);
    return ended;
}

void detailing_begin(struct detailing *detailing)
{
    detailing->is_empty = false;
    detailing->all_boot_ms = clock_boot_ms();
}

static int64_t patience_of(const struct detailing *detailing)
{
    int64_t patience = 4 * detailing->took_ms;

    if (detailing->took_ms == 0)
        return PATIENCE_FIRST_MS;
    if (patience < PATIENCE_MIN_MS)
        return PATIENCE_MIN_MS;
    return patience > PATIENCE_MAX_MS ? PATIENCE_MAX_MS : patience;
}

/* Of active domains every time. Of those that are off libvirt sends no event when their memory or vCPUs are
 * configured anew, so once in a while all are asked. */
struct asked detailing_ask(struct detailing *detailing, bool has_bulk_stats, uint32_t filter)
{
    struct asked asked = { .boot_ms = clock_boot_ms(), .scope = DETAILS_ACTIVE };

    if (detailing->is_empty || !has_bulk_stats)
        return asked;
    if (asked.boot_ms - detailing->all_boot_ms > ALL_DOMAINS_MS) {
        asked.scope = DETAILS_ALL;
        detailing->all_boot_ms = asked.boot_ms;
    }
    asked.ticket = details_request(detailing->details, filter, asked.scope);
    return asked;
}

static bool has_facts(const struct details_result *result)
{
    for (size_t i = 0; i < result->count; i++)
        if (result->rows[i].numbers.facts)
            return true;
    return result->count == 0;
}

static void use(struct detailing *detailing, struct snapshot *snapshot, struct details_result *result)
{
    detailing->is_empty = !has_facts(result);
    snapshot->calls += result->calls;
    details_merge(result, snapshot->domains, snapshot->count);
    details_clear(result);
}

/* If a domain hangs the call, it is left behind, and a second one passes the domain by. */
static void wait_for(struct detailing *detailing, struct snapshot *snapshot, const struct asked *asked)
{
    struct details_result result = { 0 };
    int64_t patience = patience_of(detailing), asked_boot_ms = asked->boot_ms;
    enum details_outcome outcome =
        details_wait(detailing->details, asked->ticket, asked_boot_ms + patience, &result);

    if (outcome == DETAILS_LATE) {
        uint64_t ticket = details_request(detailing->details, snapshot->filter, asked->scope);

        asked_boot_ms = clock_boot_ms();
        if (ticket)
            outcome = details_wait(detailing->details, ticket, asked_boot_ms + patience, &result);
    }
    if (outcome != DETAILS_CAME)
        return;
    detailing->took_ms = clock_boot_ms() - asked_boot_ms + 1;
    use(detailing, snapshot, &result);
}

void detailing_add(struct detailing *detailing, struct snapshot *snapshot, const struct asked *asked)
{
    if (asked->ticket)
        wait_for(detailing, snapshot, asked);
    /* A driver that has no details leaves none of its domains' out. */
    for (size_t i = 0; detailing->is_empty && i < snapshot->count; i++)
        snapshot->domains[i].answered = true;
    snapshot->duration_us = (uint32_t)(clock_boot_us() - snapshot->taken_boot_ms * 1000);
}
