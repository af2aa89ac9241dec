/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the facts of a hypervisor come to. Pure. */
#ifndef GUESTLIST_CHECK_VERDICT_H
#define GUESTLIST_CHECK_VERDICT_H

#include "integrations/check_guestlist/facts.h"
#include "integrations/check_guestlist/arguments.h"
#include "integrations/check_guestlist/report.h"

/* Judges the facts by the mode of `arguments`, into a report that is zeroed. */
void verdict_judge(const struct arguments *arguments, const struct facts *facts, struct report *report);

/* Its parts. */

/* Whether the rows can be believed. If not, it adds the problem: in mode health what is wrong with the hypervisor,
 * else UNKNOWN, because only mode health alarms about the hypervisor. */
bool hypervisor_judge(const struct arguments *arguments, const struct facts *facts, struct report *report);

/* Adds to the text which domains the agent lists, if its filter leaves some out. */
void hypervisor_report_filter(const struct facts *facts, struct report *report);

void health_judge(const struct arguments *arguments, const struct facts *facts, struct report *report);
void domain_judge(const struct arguments *arguments, const struct facts *facts, struct report *report);
void count_judge(const struct arguments *arguments, const struct facts *facts, struct report *report);

enum { ROW_NAME_MAX = 120 };

/* A row's name, fit to be printed; it may be cut. Returns `out`. */
const char *row_name(const struct facts_row *row, char out[ROW_NAME_MAX]);

/* Whether this row is to be looked at. */
bool row_is_wanted(const struct arguments *arguments, const struct facts_row *row);

enum { ROW_STATE_MAX = 200 };

/* A row's state with the reason, if one is known: "paused (I/O error)". Returns `out`. */
const char *row_state(const struct facts_row *row, char out[ROW_STATE_MAX]);

/* "domain" or "domains". */
const char *row_noun(size_t count);

#endif
