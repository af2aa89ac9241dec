/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A statistics poller with mock_libvirt.h. It polls when a test wants it to. For test_stats_poller*.c, which must
 * not define names of this file. */
#ifndef GUESTLIST_TESTS_UNIT_STATS_POLLER_STAGE_H
#define GUESTLIST_TESTS_UNIT_STATS_POLLER_STAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/libvirt/stats_poller.h"
#include "tests/unit/libvirt/mock_libvirt.h"

enum { INTERVAL_MS = 60 * 60 * 1000, FAR_MS = 60 * 1000 };

static struct stats_poller *poller;
static struct mailbox *mailbox;
static struct driver *driver;

static inline int stage_begin(unsigned domains)
{
    if (!mock_begin(domains))
        return -1;
    driver = driver_new();
    mailbox = mailbox_new();
    poller = driver && mailbox ? stats_poller_new(MOCK_URI, false, driver, mailbox) : NULL;
    return poller ? 0 : -1;
}

/* Releases all calls that hang. */
static inline int stage_end(void)
{
    for (unsigned i = 0; i < MOCK_DOMAINS_MAX; i++)
        mock_hang(i, false);
    gate_open(&mock.active_stats);
    gate_open(&mock.inactive_stats);
    gate_open(&mock.opening);
    (void)stats_poller_stop(poller, FAR_MS);
    mailbox_unref(mailbox);
    driver_unref(driver);
    return mock_end() ? 0 : -1;
}

static inline void poll_now(void)
{
    stats_poller_start(poller, 0, INTERVAL_MS);
}

#endif
