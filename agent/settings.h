/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The settings of the agent, and the directives that set them. The configuration file and the command line use the
 * same table of directives. Pure. */
#ifndef GUESTLIST_AGENT_SETTINGS_H
#define GUESTLIST_AGENT_SETTINGS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/instance.h"

enum {
    SETTINGS_HYPERVISORS_MAX = 16,
    SETTINGS_CONTEXT_MAX = 32, /* octets, the limit of vacmContextName (RFC 3415) */
    SETTINGS_URI_MAX = 1023,
    SETTINGS_INTERVAL_S = 10,
    SETTINGS_STALE_MIN_S = 30,
    SETTINGS_WALK_HOLD_S = 30,
};

struct settings_hypervisor {
    char uri[SETTINGS_URI_MAX + 1];         /* empty: libvirt's default */
    char context[SETTINGS_CONTEXT_MAX + 1]; /* empty: the default context */
};

struct settings {
    size_t hypervisor_count; /* 0: none is given, so there is one, libvirt's default */
    struct settings_hypervisor hypervisors[SETTINGS_HYPERVISORS_MAX];
    uint32_t filter;
    long interval_s;
    long stale_after_s; /* 0: three intervals, at least SETTINGS_STALE_MIN_S */
    long walk_hold_s;
    struct switches notifications;
    struct answer_settings answer;
    struct metadata_rules metadata;
    char state_directory[PATH_MAX];
};

struct settings_directive {
    const char *name;
    const char *usage; /* the value, for -H */
    /* False with the expected value in `why`; then the settings are not changed. NULL for a directive that only
     * sets the member at `offset`: a bool if `low` and `high` are 0, otherwise a long, in seconds from `low` to
     * `high`. */
    bool (*set)(struct settings *settings, const char *value, char *why, size_t size);
    size_t offset;
    long low, high;
};

extern const struct settings_directive settings_directives[];
extern const size_t settings_directive_count;

void settings_default(struct settings *settings);

/* Sets one directive. Its name may be in upper or lower case, as in all files of net-snmp. If the name is unknown
 * or the value is wrong: false, with a sentence in `why` that has the value, without a password, and what was
 * expected. */
bool settings_set(struct settings *settings, const char *name, const char *value, char *why, size_t size);

/* How many hypervisors the agent serves, at least 1. */
size_t settings_hypervisors(const struct settings *settings);

/* Whether both have the same hypervisors in the same contexts, in the same order. */
bool settings_same_hypervisors(const struct settings *one, const struct settings *other);

/* The part of the settings that is the same for each hypervisor. */
struct instance_settings settings_for_instance(const struct settings *settings);

#endif
