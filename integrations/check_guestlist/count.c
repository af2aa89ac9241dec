/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mode count: how many domains match the criteria. */
#include "integrations/check_guestlist/verdict.h"

static void count_report(const struct arguments *arguments, const struct row_counts *counts, struct report *report)
{
    const char *criteria = arguments->criteria.text, *noun = row_noun(counts->domains);
    double number = (double)counts->fit;

    if (range_alarms(&arguments->critical, number))
        report_problem(report, STATUS_CRITICAL, "%zu of %zu %s: %s", counts->fit, counts->domains, noun, criteria);
    else if (range_alarms(&arguments->warning, number))
        report_problem(report, STATUS_WARNING, "%zu of %zu %s: %s", counts->fit, counts->domains, noun, criteria);
    else
        report_summary(report, "%zu of %zu %s: %s", counts->fit, counts->domains, noun, criteria);
    report_perfdata(report, criteria, number, "", &arguments->warning, &arguments->critical);
}

void count_judge(const struct arguments *arguments, const struct facts *facts, struct report *report)
{
    struct row_counts counts = row_count(arguments, facts);

    if (!hypervisor_judge(arguments, facts, report))
        return;
    /* A count without the unknown domains would be wrong. */
    if (counts.unknown > 0)
        report_problem(report, STATUS_UNKNOWN, "of %zu of %zu %s it is not known whether they are: %s%s",
                       counts.unknown, counts.domains, row_noun(counts.domains), arguments->criteria.text,
                       facts_has_guestlist_mib(facts) ? "" : ", no GUESTLIST-MIB");
    else
        count_report(arguments, &counts, report);
}
