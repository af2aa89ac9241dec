/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Judges the facts of a hypervisor. Pure. */
#ifndef GUESTLIST_CHECK_VERDICT_H
#define GUESTLIST_CHECK_VERDICT_H

#include "integrations/check_guestlist/facts.h"
#include "integrations/check_guestlist/arguments.h"
#include "integrations/check_guestlist/report.h"

/* Judges the facts as the mode of `arguments` requires, and fills `report`, which must be zeroed. */
void verdict_judge(const struct arguments *arguments, const struct facts *facts, struct report *report);

/* The functions below are parts of verdict_judge(). */

/* True if the rows are complete and up to date. Otherwise it adds the problem: in mode health with the status of
 * the hypervisor's problem, in other modes as UNKNOWN, because only mode health alarms about the hypervisor. */
bool hypervisor_judge(const struct arguments *arguments, const struct facts *facts, struct report *report);

/* Adds the agent's filter to the text, if it has one. */
void hypervisor_report_filter(const struct facts *facts, struct report *report);

void health_judge(const struct arguments *arguments, const struct facts *facts, struct report *report);
void domain_judge(const struct arguments *arguments, const struct facts *facts, struct report *report);
void count_judge(const struct arguments *arguments, const struct facts *facts, struct report *report);

enum { ROW_NAME_MAX = 120 };

/* The name of a row as printable text, which may be cut. Returns `out`. */
const char *row_name(const struct facts_row *row, char out[ROW_NAME_MAX]);

/* True if the command line selects this row. */
bool row_is_wanted(const struct arguments *arguments, const struct facts_row *row);

struct row_counts {
    size_t domains, fit, unknown;
};

/* The number of rows that the command line selects, how many of them fit the criteria, and of how many this is not
 * known. */
struct row_counts row_count(const struct arguments *arguments, const struct facts *facts);

enum { ROW_STATE_MAX = 200 };

/* The state of a row, with the reason if it is known: "paused (I/O error)". Returns `out`. */
const char *row_state(const struct facts_row *row, char out[ROW_STATE_MAX]);

/* "domain" if `count` is 1, otherwise "domains". */
const char *row_noun(size_t count);

#endif
