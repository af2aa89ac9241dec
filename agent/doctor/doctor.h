/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --check: finds out why there are no rows. Runs the checks in order and prints the finding of each. Main thread
 * only. */
#ifndef GUESTLIST_AGENT_DOCTOR_DOCTOR_H
#define GUESTLIST_AGENT_DOCTOR_DOCTOR_H

#include <stdbool.h>
#include <stdio.h>

#include "agent/doctor/finding.h"

struct doctor_row {
    const char *name;
    bool is_of_hypervisor; /* true: runs once for each hypervisor; false: once */
    finding_run *run;
};

extern const struct doctor_row doctor_rows[];
extern const size_t doctor_row_count;

/* Prints all findings to `out`. `complaints`: of config_file_read(), empty if there are none. True if nothing is
 * wrong. Blocks for some seconds. A thread that hangs inside libvirt can still run afterwards, so end the process
 * soon. */
bool doctor_run(const struct options *options, const struct settings *settings, const char *complaints, FILE *out);

/* Prints one finding: a line with its mark, its name and what was found, then a line for each remedy. `context`:
 * of the hypervisor, or empty. */
void doctor_print(const struct finding_result *result, const char *name, const char *context, FILE *out);

#endif
