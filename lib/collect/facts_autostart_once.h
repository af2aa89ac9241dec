/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When to read which domains start once, at the next boot of the host (lib/libvirt/autostart_once.h). A pass asks
 * about all persistent domains. It is made after events that may have changed the answer, and at most once a
 * minute without them. The pauses grow with the time that a pass takes. */
#ifndef GUESTLIST_COLLECT_FACTS_AUTOSTART_ONCE_H
#define GUESTLIST_COLLECT_FACTS_AUTOSTART_ONCE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/libvirt/autostart_once.h"
#include "lib/libvirt/driver.h"
#include "lib/libvirt/fact_reader.h"
#include "lib/libvirt/mailbox.h"
#include "lib/model/snapshot.h"

/* All is zero if nothing was asked yet. facts_autostart_once_clear() frees what it points to. */
struct facts_autostart_once {
    struct autostart_once *answer; /* of the last pass; NULL: none yet */
    bool is_pending, is_outdated;  /* outdated: true also makes the next pass come early */
    int64_t early_boot_ms;         /* the next pass, if there was an event */
    int64_t due_boot_ms;           /* the next pass, if there was none */
};

void facts_autostart_once_clear(struct facts_autostart_once *once);

/* Asks for a pass, if one is due. `mail` has the events since the listing before. */
void facts_autostart_once_ask(struct facts_autostart_once *once, struct fact_reader *reader, struct driver *driver,
                              const struct snapshot *snapshot, const struct mail *mail);

/* Takes the answer of a pass. */
void facts_autostart_once_take(struct facts_autostart_once *once, struct fact_reader_result *result);

#endif
