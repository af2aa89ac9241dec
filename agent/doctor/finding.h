/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What --check finds out, one function for each row of its table (doctor.c). A function looks and changes nothing.
 * Each returns within seconds, whatever hangs, but for looking up the name of a host. Main thread only. */
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
    FINDING_NOTE, /* not looked at, or nothing that keeps rows away */
    FINDING_WRONG,
};

enum { FINDING_TEXT_MAX = 4096 };

struct finding_result {
    enum finding_mark mark;
    char found[FINDING_TEXT_MAX];  /* one line */
    char remedy[FINDING_TEXT_MAX]; /* lines: what to do and where; empty: nothing */
};

/* What is looked at, and what findings tell those after them. */
struct finding_case {
    const struct options *options;
    const struct settings *settings;
    const char *complaints; /* about the configuration files; empty: none */
    const char *user;       /* who looks */
    const struct settings_hypervisor *hypervisor;
    char *file;                 /* PATH_MAX bytes, of all cases: where a line is to be added */
    enum probe_outcome outcome; /* of the hypervisor */
    struct probe probe;
    bool is_registered; /* somebody serves VM-MIB at this master */
};

typedef void finding_run(struct finding_case *input, struct finding_result *result);

/* In the order in which they are run. Those of a hypervisor run once for each. */
finding_run finding_configuration;
finding_run finding_hypervisor, finding_filter, finding_control, finding_connections;
finding_run finding_state_directory;
finding_run finding_master, finding_registration;
finding_run finding_view, finding_names;

/* Puts a mark and a sentence, and adds lines to what is to be done. What others wrote is made printable first. */
void finding_put(struct finding_result *result, enum finding_mark mark, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void finding_add_remedy(struct finding_result *result, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
