/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What should run and does not, and what is broken. What is off on purpose is nobody's alarm: it does not start at
 * boot. */
#include "integrations/check_guestlist/verdict.h"

/* Numbers of libvirt's. */
enum { PAUSED_IO_ERROR = 5, PAUSED_WATCHDOG = 6, PAUSED_POSTCOPY_FAILED = 13 };
enum { RUNNING_POSTCOPY_FAILED = 11, SHUTOFF_MIGRATED = 4 };

enum { JUST_STARTED_CS = 1000 };

struct health_counts {
    size_t domains, running, paused, off, crashed, should_run, unreadable;
};

/* Whether the row has this problem, which is then reported. */
typedef bool health_rule(const struct facts *facts, const struct facts_row *row, const char *name,
                         struct report *report);

static bool health_is(const struct facts_row *row, enum facts_column column, int64_t number)
{
    return row->number[column] == number;
}

static bool health_is_unreadable(const struct facts_row *row)
{
    return health_is(row, COLUMN_OPER, OPER_UNKNOWN) || health_is(row, COLUMN_OPER, FACTS_MISSING);
}

static bool health_crashed(const struct facts *facts, const struct facts_row *row, const char *name,
                           struct report *report)
{
    char state[ROW_STATE_MAX];

    (void)facts;
    if (!health_is(row, COLUMN_OPER, OPER_CRASHED))
        return false;
    report_problem(report, STATUS_CRITICAL, "%s %s", name, row_state(row, state));
    return true;
}

static bool health_broken(const struct facts *facts, const struct facts_row *row, const char *name,
                          struct report *report)
{
    int64_t reason = row->number[COLUMN_REASON];
    bool is_paused = health_is(row, COLUMN_STATE, STATE_PAUSED),
         is_running = health_is(row, COLUMN_STATE, STATE_RUNNING);
    char state[ROW_STATE_MAX];

    (void)facts;
    if (!(is_paused &&
          (reason == PAUSED_IO_ERROR || reason == PAUSED_WATCHDOG || reason == PAUSED_POSTCOPY_FAILED)) &&
        !(is_running && reason == RUNNING_POSTCOPY_FAILED))
        return false;
    report_problem(report, STATUS_CRITICAL, "%s is %s", name, row_state(row, state));
    return true;
}

/* VM-MIB alone says that nobody paused it, but not whether it sleeps, or is paused for a moment. */
static bool health_paused_unexpectedly(const struct facts *facts, const struct facts_row *row, const char *name,
                                       struct report *report)
{
    (void)facts;
    if (!health_is(row, COLUMN_STATE, FACTS_MISSING) || !health_is(row, COLUMN_OPER, OPER_PAUSED) ||
        !health_is(row, COLUMN_ADMIN, ADMIN_RUNNING))
        return false;
    report_problem(report, STATUS_WARNING, "%s is paused, though nobody paused it, and why cannot be judged",
                   name);
    return true;
}

static bool health_autostart_off(const struct facts *facts, const struct facts_row *row, const char *name,
                                 struct report *report)
{
    char state[ROW_STATE_MAX];

    (void)facts;
    if (facts_starts_at_boot(row) != TRISTATE_TRUE || facts_is_active(row) != TRISTATE_FALSE)
        return false;
    if (health_is(row, COLUMN_STATE, STATE_SHUTOFF) && health_is(row, COLUMN_REASON, SHUTOFF_MIGRATED))
        report_problem(report, STATUS_WARNING, "%s migrated away, but still starts at boot here", name);
    else
        report_problem(report, STATUS_CRITICAL, "%s starts at boot but is %s", name, row_state(row, state));
    return true;
}

/* Paused by hand, or asleep. What is paused for a moment, as for a dump, has vmAdminState running. */
static bool health_autostart_paused(const struct facts *facts, const struct facts_row *row, const char *name,
                                    struct report *report)
{
    bool is_asleep = health_is(row, COLUMN_STATE, STATE_PMSUSPENDED);
    char state[ROW_STATE_MAX];

    (void)facts;
    if (facts_starts_at_boot(row) != TRISTATE_TRUE || !health_is(row, COLUMN_OPER, OPER_PAUSED) ||
        (health_is(row, COLUMN_ADMIN, ADMIN_RUNNING) && !is_asleep))
        return false;
    if (is_asleep)
        report_problem(report, STATUS_WARNING, "%s starts at boot but sleeps", name);
    else
        report_problem(report, STATUS_WARNING, "%s starts at boot but is %s", name, row_state(row, state));
    return true;
}

static bool health_autostart_unknown(const struct facts *facts, const struct facts_row *row, const char *name,
                                     struct report *report)
{
    (void)facts;
    if (facts_starts_at_boot(row) == TRISTATE_TRUE || facts_starts_at_boot(row) == TRISTATE_FALSE ||
        facts_is_active(row) != TRISTATE_FALSE)
        return false;
    report_problem(report, STATUS_UNKNOWN, "%s is off, and it is not known whether it starts at boot", name);
    return true;
}

/* The statistics of a domain that has just started are partial until the next ones are read. */
static bool health_has_just_started(const struct facts *facts, const struct facts_row *row)
{
    int64_t up = row->number[COLUMN_UP_TIME], age = facts->number[SCALAR_STATISTICS_AGE];

    return up != FACTS_MISSING && up < (age == FACTS_MISSING ? 0 : age) + JUST_STARTED_CS;
}

static bool health_not_answering(const struct facts *facts, const struct facts_row *row, const char *name,
                                 struct report *report)
{
    if (!health_is(row, COLUMN_DETAILS, DETAILS_PARTIAL) || facts_is_active(row) != TRISTATE_TRUE ||
        health_has_just_started(facts, row))
        return false;
    report_problem(report, STATUS_WARNING, "%s does not answer the hypervisor: its process may hang", name);
    return true;
}

/* The first rule that fits a row is its one problem. */
static health_rule *const health_rules[] = {
    health_crashed,       health_broken,           health_paused_unexpectedly,
    health_autostart_off, health_autostart_paused, health_autostart_unknown,
    health_not_answering,
};

static void health_judge_row(const struct facts *facts, const struct facts_row *row, struct report *report)
{
    char name[ROW_NAME_MAX];

    (void)row_name(row, name);
    for (size_t i = 0; i < sizeof(health_rules) / sizeof(*health_rules); i++)
        if (health_rules[i](facts, row, name, report))
            return;
}

static void health_count_row(const struct facts_row *row, struct health_counts *counts)
{
    bool is_off = facts_is_active(row) == TRISTATE_FALSE;

    counts->domains++;
    counts->unreadable += health_is_unreadable(row);
    counts->running += health_is(row, COLUMN_OPER, OPER_RUNNING) || health_is(row, COLUMN_OPER, OPER_MIGRATING);
    counts->paused += health_is(row, COLUMN_OPER, OPER_PAUSED);
    counts->crashed += health_is(row, COLUMN_OPER, OPER_CRASHED);
    counts->off += is_off && !health_is(row, COLUMN_OPER, OPER_CRASHED);
    counts->should_run += is_off && facts_starts_at_boot(row) == TRISTATE_TRUE;
}

static void health_report_unreadable(const struct health_counts *counts, struct report *report)
{
    if (counts->unreadable > 0)
        report_problem(report, STATUS_UNKNOWN, "the state of %zu of %zu %s cannot be read", counts->unreadable,
                       counts->domains, row_noun(counts->domains));
}

/* Of a listing that is too old to be believed, hypervisor_judge() has spoken. */
static void health_judge_age(const struct arguments *arguments, const struct facts *facts, struct report *report)
{
    double age_s = (double)facts->number[SCALAR_AGE] / 100;

    if (facts->number[SCALAR_AGE] == FACTS_MISSING) {
        if (arguments->warning.text || arguments->critical.text)
            report_problem(report, STATUS_UNKNOWN,
                           "-w and -c are about the listing's age, which the agent does not say");
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

static void health_report_counts(const struct health_counts *counts, struct report *report)
{
    report_summary(report, "%zu %s, %zu running", counts->domains, row_noun(counts->domains), counts->running);
    report_perfdata(report, "domains", (double)counts->domains, "", NULL, NULL);
    report_perfdata(report, "running", (double)counts->running, "", NULL, NULL);
    report_perfdata(report, "paused", (double)counts->paused, "", NULL, NULL);
    report_perfdata(report, "off", (double)counts->off, "", NULL, NULL);
    report_perfdata(report, "crashed", (double)counts->crashed, "", NULL, NULL);
    report_perfdata(report, "should_run", (double)counts->should_run, "", NULL, NULL);
}

void health_judge(const struct arguments *arguments, const struct facts *facts, struct report *report)
{
    bool is_reliable = hypervisor_judge(arguments, facts, report);
    struct health_counts counts = { 0 };

    for (size_t i = 0; is_reliable && i < facts->count; i++) {
        if (!row_is_wanted(arguments, &facts->rows[i]))
            continue;
        health_count_row(&facts->rows[i], &counts);
        if (!health_is_unreadable(&facts->rows[i]))
            health_judge_row(facts, &facts->rows[i], report);
    }
    if (is_reliable) {
        health_judge_age(arguments, facts, report);
        health_report_unreadable(&counts, report);
        health_report_counts(&counts, report);
        if (!facts_has_guestlist_mib(facts))
            report_summary(
                report, "no GUESTLIST-MIB: how old this is and whether the hypervisor answers cannot be judged");
    }
    health_report_age(arguments, facts, report);
}
