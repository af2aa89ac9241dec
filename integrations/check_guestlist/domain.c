/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mode domain: checks that all domains with these names fit the criteria, or that their number is in the ranges.
 */
#include "integrations/check_guestlist/verdict.h"
#include "lib/base/cleanup.h"

static void domain_judge_row(const struct arguments *arguments, const struct facts_row *row, struct report *report)
{
    enum tristate fits = criteria_fit(&arguments->criteria, row);
    char name[ROW_NAME_MAX], state[ROW_STATE_MAX];

    (void)row_name(row, name);
    if (fits == TRISTATE_UNKNOWN)
        report_problem(report, STATUS_UNKNOWN, "it is not known whether %s is %s", name, arguments->criteria.text);
    else if (fits == TRISTATE_FALSE)
        report_problem(report, STATUS_CRITICAL, "%s is %s, expected: %s", name, row_state(row, state),
                       arguments->criteria.text);
}

static bool domain_is_there(const struct facts *facts, const struct selection *selection)
{
    for (size_t i = 0; i < facts->count; i++)
        if (facts->rows[i].text[COLUMN_NAME] && selection_wants(selection, facts->rows[i].text[COLUMN_NAME]))
            return true;
    return false;
}

/* If no domain has the name, a guest that should exist is missing. */
static void domain_find(const char *text, const struct facts *facts, struct report *report)
{
    CLEANUP(selection_clear) struct selection selection = { 0 };
    char quoted[ROW_NAME_MAX], ignored[8];

    report_quote(text, quoted, sizeof(quoted));
    if (!selection_add(&selection, text, ignored, sizeof(ignored)))
        report_problem(report, STATUS_UNKNOWN, "out of memory");
    else if (!domain_is_there(facts, &selection))
        report_problem(report, STATUS_CRITICAL, "there is no domain %s", quoted);
}

static void domain_judge_ranges(const struct arguments *arguments, const struct row_counts *counts,
                                struct report *report)
{
    double fit = (double)counts->fit;

    if (counts->unknown > 0)
        report_problem(report, STATUS_UNKNOWN, "of %zu %s it is not known whether they are %s", counts->unknown,
                       row_noun(counts->unknown), arguments->criteria.text);
    else if (range_alarms(&arguments->critical, fit))
        report_problem(report, STATUS_CRITICAL, "%zu of %zu are %s", counts->fit, counts->domains,
                       arguments->criteria.text);
    else if (range_alarms(&arguments->warning, fit))
        report_problem(report, STATUS_WARNING, "%zu of %zu are %s", counts->fit, counts->domains,
                       arguments->criteria.text);
}

/* For one domain, the text has its state; for several domains, it has how many of them fit. */
static void domain_summarize(const struct arguments *arguments, const struct facts *facts,
                             const struct row_counts *counts, struct report *report)
{
    char name[ROW_NAME_MAX], state[ROW_STATE_MAX];

    if (counts->domains > 1)
        report_summary(report, "%zu of %zu domains are %s", counts->fit, counts->domains,
                       arguments->criteria.text);
    for (size_t i = 0; counts->domains == 1 && report->count == 0 && i < facts->count; i++)
        if (row_is_wanted(arguments, &facts->rows[i]))
            report_summary(report, "%s is %s", row_name(&facts->rows[i], name), row_state(&facts->rows[i], state));
}

void domain_judge(const struct arguments *arguments, const struct facts *facts, struct report *report)
{
    bool has_ranges = arguments->warning.text || arguments->critical.text;
    struct row_counts counts = row_count(arguments, facts);

    if (!hypervisor_judge(arguments, facts, report))
        return;
    for (size_t i = 0; i < arguments->domain_count; i++)
        domain_find(arguments->domains[i], facts, report);
    for (size_t i = 0; !has_ranges && i < facts->count; i++)
        if (row_is_wanted(arguments, &facts->rows[i]))
            domain_judge_row(arguments, &facts->rows[i], report);
    if (has_ranges && counts.domains > 0)
        domain_judge_ranges(arguments, &counts, report);
    if (counts.domains == 0 && report->count == 0)
        report_problem(report, STATUS_UNKNOWN, "every domain of -d is ignored");
    if (!has_ranges || report->count == 0)
        domain_summarize(arguments, facts, &counts, report);
    report_perfdata(report, "domains", (double)counts.domains, "", NULL, NULL);
    report_perfdata(report, "as_expected", (double)counts.fit, "", &arguments->warning, &arguments->critical);
}
