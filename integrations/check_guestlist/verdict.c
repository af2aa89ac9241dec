/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "integrations/check_guestlist/verdict.h"

static void verdict_list(const struct arguments *arguments, const struct facts *facts, struct report *report)
{
    for (size_t i = 0; i < facts->count; i++) {
        static const char *const boots[] = { [TRISTATE_TRUE] = "starts at boot",
                                             [TRISTATE_FALSE] = "does not start at boot",
                                             [TRISTATE_UNKNOWN] = "may start at boot" };
        const struct facts_row *row = &facts->rows[i];
        char name[ROW_NAME_MAX], state[ROW_STATE_MAX];

        report_line(report, "%s: %s, %s%s", row_name(row, name), row_state(row, state),
                    boots[facts_starts_at_boot(row)], row_is_wanted(arguments, row) ? "" : ", not checked");
    }
}

static void verdict_add_requests(const struct facts *facts, struct report *report)
{
    report_summary(report, "%u %s in %.3f s", facts->requests, facts->requests == 1 ? "request" : "requests",
                   (double)facts->took_ms / 1000);
}

void verdict_judge(const struct arguments *arguments, const struct facts *facts, struct report *report)
{
    static void (*const modes[])(const struct arguments *, const struct facts *, struct report *) = {
        [MODE_HEALTH] = health_judge,
        [MODE_DOMAIN] = domain_judge,
        [MODE_COUNT] = count_judge,
    };

    modes[arguments->mode](arguments, facts, report);
    hypervisor_report_filter(facts, report);
    if (arguments->verbosity > 0)
        verdict_add_requests(facts, report);
    if (arguments->verbosity > 1)
        verdict_list(arguments, facts, report);
}
