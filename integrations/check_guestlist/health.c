/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mode health: domains that should run but do not, and domains with an error. A domain that does not start at boot
 * may be off. */
#include "integrations/check_guestlist/verdict.h"
#include "lib/base/array.h"

/* libvirt's numbers of reasons. */
enum { PAUSED_IO_ERROR = 5, PAUSED_WATCHDOG = 6, PAUSED_POSTCOPY_FAILED = 13, PAUSED_API_ERROR = 14 };
enum { RUNNING_POSTCOPY_FAILED = 11, SHUTOFF_MIGRATED = 4 };

enum { JUST_STARTED_CS = 1000 };

struct health_counts {
    size_t domains, running, paused, off, crashed, should_run, not_answering, unreadable;
};

/* A row, and what the rules need to judge it. */
struct health_case {
    const struct facts *facts;
    const struct facts_row *row;
    char name[ROW_NAME_MAX], state[ROW_STATE_MAX];
    struct report *report;
};

/* Returns true if the row has the problem; then it has reported it. */
typedef bool health_rule(const struct health_case *judged);

static bool health_is(const struct facts_row *row, enum facts_column column, int64_t number)
{
    return row->number[column] == number;
}

static bool health_is_unreadable(const struct facts_row *row)
{
    return health_is(row, COLUMN_OPER, OPER_UNKNOWN) || health_is(row, COLUMN_OPER, FACTS_MISSING);
}

static bool health_crashed(const struct health_case *judged)
{
    if (!health_is(judged->row, COLUMN_OPER, OPER_CRASHED))
        return false;
    report_problem(judged->report, STATUS_CRITICAL, "%s %s", judged->name, judged->state);
    return true;
}

static bool health_broken(const struct health_case *judged)
{
    int64_t reason = judged->row->number[COLUMN_REASON];
    bool is_broken = false;

    if (health_is(judged->row, COLUMN_STATE, STATE_RUNNING))
        is_broken = reason == RUNNING_POSTCOPY_FAILED;
    else if (health_is(judged->row, COLUMN_STATE, STATE_PAUSED))
        is_broken = reason == PAUSED_IO_ERROR || reason == PAUSED_WATCHDOG || reason == PAUSED_POSTCOPY_FAILED ||
                    reason == PAUSED_API_ERROR;
    if (is_broken)
        report_problem(judged->report, STATUS_CRITICAL, "%s is %s", judged->name, judged->state);
    return is_broken;
}

/* With VM-MIB alone, vmAdminState shows that nobody paused the guest. It may still be suspended by its own power
 * management, or be paused for a moment by libvirt, so it is only a warning. */
static bool health_paused_unexpectedly(const struct health_case *judged)
{
    bool has_vm_mib_only = health_is(judged->row, COLUMN_STATE, FACTS_MISSING);

    if (!has_vm_mib_only || !health_is(judged->row, COLUMN_OPER, OPER_PAUSED) ||
        !health_is(judged->row, COLUMN_ADMIN, ADMIN_RUNNING))
        return false;
    report_problem(judged->report, STATUS_WARNING, "%s is paused, but nobody paused it, and VM-MIB has no reason",
                   judged->name);
    return true;
}

static bool health_off(const struct health_case *judged)
{
    const struct facts_row *row = judged->row;
    enum tristate starts = facts_starts_at_boot(row);

    if (facts_is_active(row) != TRISTATE_FALSE || starts == TRISTATE_FALSE)
        return false;
    if (starts == TRISTATE_UNKNOWN)
        report_problem(judged->report, STATUS_UNKNOWN, "%s is off, and it is not known whether it starts at boot",
                       judged->name);
    else if (health_is(row, COLUMN_STATE, STATE_SHUTOFF) && health_is(row, COLUMN_REASON, SHUTOFF_MIGRATED))
        report_problem(judged->report, STATUS_WARNING, "%s migrated away, but still starts at boot here",
                       judged->name);
    else
        report_problem(judged->report, STATUS_CRITICAL, "%s starts at boot but is %s", judged->name,
                       judged->state);
    return true;
}

/* Reports a guest that somebody paused, or that suspended itself. If libvirt pauses a guest for a moment, as for a
 * dump, its vmAdminState remains running. */
static bool health_paused(const struct health_case *judged)
{
    bool is_asleep = health_is(judged->row, COLUMN_STATE, STATE_PMSUSPENDED);
    bool is_for_a_moment = health_is(judged->row, COLUMN_ADMIN, ADMIN_RUNNING) && !is_asleep;

    if (!health_is(judged->row, COLUMN_OPER, OPER_PAUSED) || is_for_a_moment ||
        facts_starts_at_boot(judged->row) != TRISTATE_TRUE)
        return false;
    report_problem(judged->report, STATUS_WARNING, "%s starts at boot but %s%s", judged->name,
                   is_asleep ? "sleeps" : "is ", is_asleep ? "" : judged->state);
    return true;
}

/* The statistics of a domain that has just started are partial until they are read the next time. */
static bool health_has_just_started(const struct facts *facts, const struct facts_row *row)
{
    int64_t up = row->number[COLUMN_UP_TIME], age = facts->number[SCALAR_STATISTICS_AGE];

    return up != FACTS_MISSING && up < (age == FACTS_MISSING ? 0 : age) + JUST_STARTED_CS;
}

static bool health_is_silent(const struct facts *facts, const struct facts_row *row)
{
    return health_is(row, COLUMN_DETAILS, DETAILS_PARTIAL) && facts_is_active(row) == TRISTATE_TRUE &&
           !health_has_just_started(facts, row);
}

static bool health_not_answering(const struct health_case *judged)
{
    if (!health_is_silent(judged->facts, judged->row))
        return false;
    report_problem(judged->report, STATUS_WARNING, "%s does not answer the hypervisor: its process may hang",
                   judged->name);
    return true;
}

/* A row has at most one problem: the first rule that returns true decides. */
static health_rule *const health_rules[] = {
    health_crashed, health_broken, health_paused_unexpectedly, health_off, health_paused, health_not_answering,
};

static void health_judge_row(const struct facts *facts, const struct facts_row *row, struct report *report)
{
    struct health_case judged = { .facts = facts, .row = row, .report = report };

    (void)row_name(row, judged.name);
    (void)row_state(row, judged.state);
    for (size_t i = 0; i < ARRAY_COUNT(health_rules); i++)
        if (health_rules[i](&judged))
            return;
}

static void health_count_row(const struct facts *facts, const struct facts_row *row, struct health_counts *counts)
{
    bool is_off = facts_is_active(row) == TRISTATE_FALSE;

    counts->domains++;
    counts->unreadable += health_is_unreadable(row);
    counts->running += health_is(row, COLUMN_OPER, OPER_RUNNING) || health_is(row, COLUMN_OPER, OPER_MIGRATING);
    counts->paused += health_is(row, COLUMN_OPER, OPER_PAUSED);
    counts->crashed += health_is(row, COLUMN_OPER, OPER_CRASHED);
    counts->off += is_off && !health_is(row, COLUMN_OPER, OPER_CRASHED);
    counts->should_run += is_off && facts_starts_at_boot(row) == TRISTATE_TRUE;
    counts->not_answering += health_is_silent(facts, row);
}

static void health_report_unreadable(const struct health_counts *counts, struct report *report)
{
    if (counts->unreadable > 0)
        report_problem(report, STATUS_UNKNOWN, "the state of %zu of %zu %s cannot be read", counts->unreadable,
                       counts->domains, row_noun(counts->domains));
}

/* Judges the age by -w and -c alone. hypervisor_judge() has reported a listing that is too old to judge its rows.
 */
static void health_judge_age(const struct arguments *arguments, const struct facts *facts, struct report *report)
{
    double age_s = (double)facts->number[SCALAR_AGE] / 100;

    if (facts->number[SCALAR_AGE] == FACTS_MISSING) {
        if (arguments->warning.text || arguments->critical.text)
            report_problem(report, STATUS_UNKNOWN,
                           "-w and -c need the listing's age, which the agent does not report");
    } else if (range_alarms(&arguments->critical, age_s)) {
        report_problem(report, STATUS_CRITICAL, "the listing is %.2f s old", age_s);
    } else if (range_alarms(&arguments->warning, age_s)) {
        report_problem(report, STATUS_WARNING, "the listing is %.2f s old", age_s);
    }
}

static void health_report_age(const struct arguments *arguments, const struct facts *facts, struct report *report)
{
    if (facts->number[SCALAR_AGE] != FACTS_MISSING)
        report_perfdata(report, "age", (double)facts->number[SCALAR_AGE] / 100, "s", &arguments->warning,
                        &arguments->critical);
}

static void health_report_counts(const struct facts *facts, const struct health_counts *counts,
                                 struct report *report)
{
    report_summary(report, "%zu %s, %zu running", counts->domains, row_noun(counts->domains), counts->running);
    report_perfdata(report, "domains", (double)counts->domains, "", NULL, NULL);
    report_perfdata(report, "running", (double)counts->running, "", NULL, NULL);
    report_perfdata(report, "paused", (double)counts->paused, "", NULL, NULL);
    report_perfdata(report, "off", (double)counts->off, "", NULL, NULL);
    report_perfdata(report, "crashed", (double)counts->crashed, "", NULL, NULL);
    report_perfdata(report, "should_run", (double)counts->should_run, "", NULL, NULL);
    if (facts_has_guestlist_mib(facts))
        report_perfdata(report, "not_answering", (double)counts->not_answering, "", NULL, NULL);
}

static void health_judge_rows(const struct arguments *arguments, const struct facts *facts, struct report *report)
{
    struct health_counts counts = { 0 };

    for (size_t i = 0; i < facts->count; i++) {
        if (!row_is_wanted(arguments, &facts->rows[i]))
            continue;
        health_count_row(facts, &facts->rows[i], &counts);
        if (!health_is_unreadable(&facts->rows[i]))
            health_judge_row(facts, &facts->rows[i], report);
    }
    health_judge_age(arguments, facts, report);
    health_report_unreadable(&counts, report);
    health_report_counts(facts, &counts, report);
    if (!facts_has_guestlist_mib(facts))
        report_summary(report,
                       "no GUESTLIST-MIB: the age of the listing and the status of the hypervisor are not known");
}

void health_judge(const struct arguments *arguments, const struct facts *facts, struct report *report)
{
    if (hypervisor_judge(arguments, facts, report))
        health_judge_rows(arguments, facts, report);
    health_report_age(arguments, facts, report);
}
