/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The agent's settings and the directives that set them. One table serves the configuration file and the
 * command line. Pure. */
#ifndef GUESTLIST_AGENT_SETTINGS_H
#define GUESTLIST_AGENT_SETTINGS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/instance.h"

enum {
    SETTINGS_HYPERVISORS_MAX = 16,
    SETTINGS_CONTEXT_MAX = 32, /* octets, as vacmContextName has (RFC 3415) */
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
    size_t hypervisor_count; /* 0: one, libvirt's default */
    struct settings_hypervisor hypervisors[SETTINGS_HYPERVISORS_MAX];
    uint32_t filter;
    long interval_s;
    long stale_after_s; /* 0: three intervals, at least SETTINGS_STALE_MIN_S */
    long walk_hold_s;
    struct switches notifications;
    struct answer_settings answer;
    char state_directory[PATH_MAX];
};

struct settings_directive {
    const char *name;
    const char *usage; /* what follows the name, for -H */
    /* False with what was expected in `why`; the settings are then as before. */
    bool (*set)(struct settings *settings, const char *value, char *why, size_t size);
};

extern const struct settings_directive settings_directives[];
extern const size_t settings_directive_count;

void settings_default(struct settings *settings);

/* Sets one directive by its name (whatever its case, as net-snmp reads them). On an unknown one or a bad
 * value false, with a sentence in `why` that names the value and what was expected. */
bool settings_set(struct settings *settings, const char *name, const char *value, char *why, size_t size);

/* How many hypervisors are served: without a line for one, libvirt's default. */
size_t settings_hypervisors(const struct settings *settings);

/* Whether both list the same hypervisors, in the same contexts and order. */
bool settings_same_hypervisors(const struct settings *one, const struct settings *other);

/* What each hypervisor that is served needs of them. */
struct instance_settings settings_for_instance(const struct settings *settings);

#endif
