/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Domains for test_filter*.c. */
#ifndef GUESTLIST_TESTS_UNIT_MODEL_FILTER_STAGE_H
#define GUESTLIST_TESTS_UNIT_MODEL_FILTER_STAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include <stdbool.h>
#include <libvirt/libvirt.h>

#include <cmocka.h>

#include "lib/base/array.h"
#include "lib/model/filter.h"

/* With the shapes below: all combinations of the attributes that a filter uses. */
static const int states[] = { DOMAIN_RUNNING, DOMAIN_PAUSED, DOMAIN_SHUTOFF, DOMAIN_CRASHED };

enum { SHAPES = 2 * 2 * 4 * 2 * 2 * 2 * 2 };

static inline enum tristate bit(unsigned *shape)
{
    enum tristate truth = *shape % 2 ? TRISTATE_TRUE : TRISTATE_FALSE;

    *shape /= 2;
    return truth;
}

static inline struct domain make(unsigned shape)
{
    struct domain domain = { .id = bit(&shape) == TRISTATE_TRUE ? 5 : DOMAIN_ID_INACTIVE };

    domain.persistent = bit(&shape);
    domain.managed_save = bit(&shape);
    domain.autostart = bit(&shape);
    domain.snapshot = bit(&shape);
    domain.checkpoint = bit(&shape);
    domain.state = states[shape % 4];
    return domain;
}

static const struct {
    uint32_t mask;
    const char *name;
} word_groups[] = {
    { FILTER_ACTIVE | FILTER_INACTIVE, "active" },
    { FILTER_PERSISTENT | FILTER_TRANSIENT, "persistent" },
    { FILTER_STATE_RUNNING | FILTER_STATE_PAUSED | FILTER_STATE_SHUTOFF | FILTER_STATE_OTHER, "state" },
    { FILTER_WITH_MANAGED_SAVE | FILTER_WITHOUT_MANAGED_SAVE, "managed-save" },
    { FILTER_AUTOSTART | FILTER_NO_AUTOSTART, "autostart" },
    { FILTER_WITH_SNAPSHOT | FILTER_WITHOUT_SNAPSHOT, "snapshot" },
    { FILTER_WITH_CHECKPOINT | FILTER_WITHOUT_CHECKPOINT, "checkpoint" },
};

#endif
