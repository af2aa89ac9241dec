/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An open connection to mock_libvirt.h, for tests that must not define names of this file. */
#ifndef GUESTLIST_TESTS_UNIT_CONNECTION_STAGE_H
#define GUESTLIST_TESTS_UNIT_CONNECTION_STAGE_H

#include "lib/libvirt/connection.h"
#include "lib/libvirt/mailbox.h"
#include "tests/unit/libvirt/mock_libvirt.h"

static struct mailbox *mailbox;
static struct connection *connection;

/* After mock_begin(). False on failure. */
static inline bool connection_stage_begin(void)
{
    mailbox = mailbox_new();
    connection = mailbox ? connection_new(MOCK_URI, CONNECTION_WATCH_NOTHING, mailbox, NULL) : NULL;
    return connection && connection_open(connection);
}

static inline void connection_stage_end(void)
{
    connection_free(connection);
    mailbox_unref(mailbox);
}

#endif
