/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The checks of --check, one function for each row of the table in doctor.c. They change nothing. Each returns
 * within seconds, even if libvirt or snmpd hangs; only the look-up of a host name can take longer. Main thread
 * only. */
#ifndef GUESTLIST_AGENT_DOCTOR_FINDING_H
#define GUESTLIST_AGENT_DOCTOR_FINDING_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "agent/options.h"
#include "agent/settings.h"
#include "lib/libvirt/probe.h"

enum finding_mark {
    FINDING_FINE,
    FINDING_NOTE, /* not checked, or not a reason for missing rows */
    FINDING_WRONG,
};

enum { FINDING_TEXT_MAX = 4096 };

struct finding_result {
    enum finding_mark mark;
    char found[FINDING_TEXT_MAX];  /* one line */
    char remedy[FINDING_TEXT_MAX]; /* lines: what to do, and where; empty: nothing to do */
};

/* The input of the checks of one hypervisor, and what earlier checks pass to later ones. */
struct finding_case {
    const struct options *options;
    const struct settings *settings;
    const char *complaints; /* about the configuration files; empty: none */
    const char *user;       /* the name of the user that runs --check */
    const struct settings_hypervisor *hypervisor;
    char *file; /* of PATH_MAX bytes, the same for all cases: the file to which remedies add lines */
    enum probe_outcome outcome; /* of finding_hypervisor() */
    struct probe probe;         /* the same */
    bool is_registered;         /* a subagent serves VM-MIB at this master */
};

typedef void finding_run(struct finding_case *input, struct finding_result *result);

/* In the order of the table in doctor.c. */
finding_run finding_configuration;
finding_run finding_hypervisor, finding_filter, finding_control, finding_connections;
finding_run finding_state_directory;
finding_run finding_module;
finding_run finding_master, finding_registration;
finding_run finding_view, finding_names;

/* The first sets the mark and the sentence. The second adds a line to the remedy. Both make the text printable,
 * because it can contain texts of libvirt or of a file. */
void finding_put(struct finding_result *result, enum finding_mark mark, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void finding_add_remedy(struct finding_result *result, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
