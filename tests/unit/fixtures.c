/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/fixtures.h"

#include "lib/model/filter.h"

#define UUID(number) .uuid = { 0x47, 0x4c, [13] = (number) >> 16 & 0xff, (number) >> 8 & 0xff, (number)&0xff }
#define STATE(now, why)                                                                                           \
    .state = (now), .reason = (why), .last_state = (now), .last_reason = (why),                                   \
    .state_since_real_ms = 1700000000000
#define PERSISTENT .persistent = TRISTATE_TRUE
#define NO_EXTRAS  .managed_save = TRISTATE_FALSE, .snapshot = TRISTATE_FALSE, .checkpoint = TRISTATE_FALSE
#define AUTOSTART  .autostart = TRISTATE_TRUE, .autostart_once = TRISTATE_FALSE
#define NOT_AT_ALL .autostart = TRISTATE_FALSE, .autostart_once = TRISTATE_FALSE /* no autostart */
#define PLAIN      PERSISTENT, NO_EXTRAS, NOT_AT_ALL
#define ON(number) .id = (number), .started_boot_ms = 1000 * (number)
#define OFF        .id = DOMAIN_ID_INACTIVE

/* clang-format off: a row a line. */
const struct domain fixture_guests[GUEST_HOSTILE_NAME] = {
    [GUEST_NOSTATE] = { UUID(GUEST_NOSTATE), STATE(DOMAIN_NOSTATE, 0), ON(1), PLAIN, .name = "nostate" },
    [GUEST_RUNNING] = { UUID(GUEST_RUNNING), STATE(DOMAIN_RUNNING, 1), ON(2), PERSISTENT, NO_EXTRAS, AUTOSTART,
                        .name = "running" },
    [GUEST_BLOCKED] = { UUID(GUEST_BLOCKED), STATE(DOMAIN_BLOCKED, 0), ON(3), PLAIN, .name = "blocked" },
    [GUEST_PAUSED] = { UUID(GUEST_PAUSED), STATE(DOMAIN_PAUSED, 1), ON(4), PLAIN, .name = "paused" },
    [GUEST_SHUTDOWN] = { UUID(GUEST_SHUTDOWN), STATE(DOMAIN_SHUTDOWN, 1), ON(5), PLAIN, .name = "shutdown" },
    [GUEST_SHUTOFF] = { UUID(GUEST_SHUTOFF), STATE(DOMAIN_SHUTOFF, 1), OFF, PLAIN, .name = "shutoff" },
    [GUEST_CRASHED] = { UUID(GUEST_CRASHED), STATE(DOMAIN_CRASHED, 1), ON(6), PLAIN, .name = "crashed" },
    [GUEST_PMSUSPENDED] = { UUID(GUEST_PMSUSPENDED), STATE(DOMAIN_PMSUSPENDED, 0), ON(7), PLAIN,
                            .name = "pmsuspended" },
    [GUEST_TRANSIENT] = { UUID(GUEST_TRANSIENT), STATE(DOMAIN_RUNNING, 1), ON(8), NO_EXTRAS,
                          .persistent = TRISTATE_FALSE, NOT_AT_ALL, .name = "transient" },
    [GUEST_CRASHED_OFF] = { UUID(GUEST_CRASHED_OFF), STATE(DOMAIN_CRASHED, 0), OFF, PLAIN, .name = "crashed-off" },
    [GUEST_SAVED] = { UUID(GUEST_SAVED), STATE(DOMAIN_SHUTOFF, 5), OFF, PERSISTENT, .managed_save = TRISTATE_TRUE,
                      .snapshot = TRISTATE_FALSE, .checkpoint = TRISTATE_FALSE, NOT_AT_ALL, .name = "saved" },
    [GUEST_BOOTS] = { UUID(GUEST_BOOTS), STATE(DOMAIN_SHUTOFF, 0), OFF, PERSISTENT, NO_EXTRAS, AUTOSTART,
                      .name = "boots" },
    [GUEST_SNAPSHOT] = { UUID(GUEST_SNAPSHOT), STATE(DOMAIN_RUNNING, 4), ON(9), PERSISTENT,
                         .managed_save = TRISTATE_FALSE, .snapshot = TRISTATE_TRUE, .checkpoint = TRISTATE_TRUE,
                         NOT_AT_ALL, .name = "snapshot" },
    [GUEST_UNTOLD] = { UUID(GUEST_UNTOLD), STATE(DOMAIN_RUNNING, 0), ON(10), .name = "untold" },
    [GUEST_UNREAD] = { UUID(GUEST_UNREAD), STATE(DOMAIN_STATE_UNREAD, 0), ON(11), PLAIN, .name = "unread" },
    [GUEST_LATER] = { UUID(GUEST_LATER), STATE(DOMAIN_STATES + 1, 99), ON(12), PLAIN, .name = "later" },
    [GUEST_HUNG] = { UUID(GUEST_HUNG), STATE(DOMAIN_RUNNING, 1), ON(13), PLAIN, .name = "hung" },
    [GUEST_BOOTS_ONCE] = { UUID(GUEST_BOOTS_ONCE), STATE(DOMAIN_SHUTOFF, 1), OFF, PERSISTENT, NO_EXTRAS,
                           .autostart = TRISTATE_FALSE, .autostart_once = TRISTATE_TRUE, .name = "boots-once" },
    [GUEST_ONCE_UNTOLD] = { UUID(GUEST_ONCE_UNTOLD), STATE(DOMAIN_SHUTOFF, 1), OFF, PERSISTENT, NO_EXTRAS,
                            .autostart = TRISTATE_FALSE, .autostart_once = TRISTATE_UNKNOWN,
                            .name = "once-untold" },
};
/* clang-format on */

#define TEN(text)     text text text text text text text text text text
#define HUNDRED(text) TEN(TEN(text))

const char *const fixture_hostile_names[FIXTURE_HOSTILE_NAMES] = {
    "new\nline",
    "\x1b[2J\x1b]0;title\x07",
    "back\\slash\"quote'",
    "not\xff\xfeutf8\xc3",
    "\xed\xa0\x80surrogate",
    "\xe2\x80\xaetxt.exe", /* written from right to left */
    " leading and trailing ",
    "../../etc/passwd",
    "-rf",
    "%s%n%n",
    "comma,semi;colon:equals=",
    HUNDRED("long") "\xf0\x9f\x98\x80 end",
};

void fixture_uuid(unsigned number, unsigned char uuid[UUID_BYTES])
{
    const struct domain made = { UUID(number) };

    memcpy(uuid, made.uuid, UUID_BYTES);
}

struct domain fixture_domain(unsigned number, int id)
{
    struct domain domain = fixture_guests[id == DOMAIN_ID_INACTIVE ? GUEST_SHUTOFF : GUEST_RUNNING];

    fixture_uuid(number, domain.uuid);
    domain.id = id;
    domain.autostart = TRISTATE_FALSE;
    domain.started_boot_ms = 0;
    domain.state_since_real_ms = 0;
    return domain;
}

struct snapshot *fixture_snapshot(const struct domain *domains, size_t count)
{
    struct snapshot *snapshot = snapshot_new(count);

    assert_non_null(snapshot);
    for (size_t i = 0; i < count; i++) {
        snapshot->domains[i] = domains[i];
        snapshot->domains[i].name = snapshot_keep(snapshot, domains[i].name);
        assert_non_null(snapshot->domains[i].name);
    }
    snapshot->count = count;
    if (count > 0)
        qsort(snapshot->domains, count, sizeof(*snapshot->domains), uuid_compare);
    return snapshot;
}

struct snapshot *fixture_all_guests(void)
{
    struct domain domains[FIXTURE_GUESTS];

    memcpy(domains, fixture_guests, sizeof(fixture_guests));
    for (unsigned i = 0; i < FIXTURE_HOSTILE_NAMES; i++) {
        domains[GUEST_HOSTILE_NAME + i] = fixture_domain(GUEST_HOSTILE_NAME + i, 100 + (int)i);
        domains[GUEST_HOSTILE_NAME + i].name = fixture_hostile_names[i];
    }
    return fixture_snapshot(domains, FIXTURE_GUESTS);
}

size_t fixture_count(const struct snapshot *snapshot, uint32_t filter)
{
    size_t count = 0;

    for (size_t i = 0; i < snapshot->count; i++)
        count += filter_fits(filter, &snapshot->domains[i]);
    return count;
}
