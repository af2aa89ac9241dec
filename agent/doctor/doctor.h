/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --check: why are there no rows? Runs the findings in order and prints each. */
#ifndef GUESTLIST_AGENT_DOCTOR_DOCTOR_H
#define GUESTLIST_AGENT_DOCTOR_DOCTOR_H

#include <stdbool.h>
#include <stdio.h>

#include "agent/doctor/finding.h"

struct doctor_row {
    const char *name;
    bool is_of_hypervisor; /* runs once for each */
    finding_run *run;
};

extern const struct doctor_row doctor_rows[];
extern const size_t doctor_row_count;

/* `complaints` are those of config_file_read(), empty if there are none. Prints to `out`. True if nothing is
 * wrong. */
bool doctor_run(const struct options *options, const struct settings *settings, const char *complaints, FILE *out);

/* Prints one finding: a line with mark, name and what was found, then a line for each thing to do. `context` of
 * its hypervisor, or an empty string. */
void doctor_print(const struct finding_result *result, const char *name, const char *context, FILE *out);

#endif
