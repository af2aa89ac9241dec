/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts from mock_libvirt.h, and listings that a test makes. For test_facts*.c, which must not define names of
 * this file. */
#ifndef GUESTLIST_TESTS_UNIT_FACTS_STAGE_H
#define GUESTLIST_TESTS_UNIT_FACTS_STAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/clock.h"
#include "lib/collect/facts.h"
#include "lib/collect/inherit.h"
#include "tests/unit/fixtures.h"
#include "tests/unit/libvirt/mock_libvirt.h"

enum { DOMAINS = 3 };

static struct facts *facts;
static struct mailbox *mailbox;
static struct driver *driver;
static struct snapshot *published;

static inline int stage_begin_with(const struct facts_settings *settings)
{
    if (!mock_begin(DOMAINS))
        return -1;
    driver = driver_new();
    mailbox = mailbox_new();
    facts = driver && mailbox ? facts_new(MOCK_URI, settings, driver, mailbox) : NULL;
    published = NULL;
    return facts ? 0 : -1;
}

static inline int stage_begin(bool states_only)
{
    const struct facts_settings settings = { .states_only = states_only };

    return stage_begin_with(&settings);
}

static inline int stage_end(void)
{
    (void)facts_stop(facts, 0);
    snapshot_unref(published);
    mailbox_unref(mailbox);
    driver_unref(driver);
    return mock_end() ? 0 : -1;
}

/* Publishes the snapshot, and takes over the caller's reference. */
static inline void publish(struct snapshot *snapshot)
{
    assert_non_null(snapshot);
    snapshot_unref(published);
    published = snapshot;
}

/* Publishes one more listing, with these domains. `mail` has the events before it. */
static inline void publish_listing(struct domain *domains, unsigned count, const struct mail *mail)
{
    struct snapshot *snapshot = fixture_snapshot(domains, count);

    snapshot->taken_boot_ms = clock_boot_ms();
    inherit_all(snapshot, published, mail, true);
    facts_complete(facts, snapshot, published, mail);
    publish(snapshot);
}

#endif
