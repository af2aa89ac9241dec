/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mode count: how many domains match the criteria. */
#include "integrations/check_guestlist/verdict.h"

/* The caller does not call it if a domain may or may not match: the number would be wrong. */
static void count_report(const struct arguments *arguments, size_t fit, size_t all, struct report *report)
{
    double number = (double)fit;
    enum status status = range_alarms(&arguments->critical, number)  ? STATUS_CRITICAL
                         : range_alarms(&arguments->warning, number) ? STATUS_WARNING
                                                                     : STATUS_OK;

    if (status == STATUS_OK)
        report_summary(report, "%zu of %zu %s: %s", fit, all, row_noun(all), arguments->criteria.text);
    else
        report_problem(report, status, "%zu of %zu %s: %s", fit, all, row_noun(all), arguments->criteria.text);
    report_perfdata(report, arguments->criteria.text, number, "", &arguments->warning, &arguments->critical);
}

void count_judge(const struct arguments *arguments, const struct facts *facts, struct report *report)
{
    size_t fit = 0, unknown = 0, all = 0;

    if (!hypervisor_judge(arguments, facts, report))
        return;
    for (size_t i = 0; i < facts->count; i++) {
        enum tristate fits = criteria_fit(&arguments->criteria, &facts->rows[i]);

        if (!row_is_wanted(arguments, &facts->rows[i]))
            continue;
        all++;
        fit += fits == TRISTATE_TRUE;
        unknown += fits == TRISTATE_UNKNOWN;
    }
    if (unknown > 0)
        report_problem(report, STATUS_UNKNOWN, "of %zu of %zu %s it is not known whether they are: %s%s", unknown,
                       all, row_noun(all), arguments->criteria.text,
                       facts_has_guestlist_mib(facts) ? "" : ", no GUESTLIST-MIB");
    else
        count_report(arguments, fit, all, report);
}
