/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "integrations/check_guestlist/verdict.h"

static double hypervisor_age_s(const struct facts *facts)
{
    return (double)facts->number[SCALAR_AGE] / 100;
}

/* What cannot be believed is an alarm in mode health, and there alone. */
static enum status hypervisor_status(const struct options *options, enum status status)
{
    return options->mode == MODE_HEALTH ? status : STATUS_UNKNOWN;
}

static const char *hypervisor_error(const struct facts *facts, char *out, size_t size)
{
    const char *error = facts->text[SCALAR_LAST_ERROR];

    report_quote(error && *error ? error : "no reason is given", out, size);
    return out;
}

static bool hypervisor_is_lost(const struct options *options, const struct facts *facts, struct report *report)
{
    enum status status = hypervisor_status(options, STATUS_CRITICAL);
    char error[256];

    (void)hypervisor_error(facts, error, sizeof(error));
    if (facts->number[SCALAR_AGE] == FACTS_MISSING)
        report_problem(report, status, "the hypervisor has not answered since the agent started: %s", error);
    else
        report_problem(report, status, "the hypervisor does not answer, the listing is %.0f s old: %s",
                       hypervisor_age_s(facts), error);
    return false;
}

static bool hypervisor_is_stale(const struct options *options, const struct facts *facts, struct report *report)
{
    enum status status =
        range_alarms(&options->critical, hypervisor_age_s(facts)) ? STATUS_CRITICAL : STATUS_WARNING;

    report_problem(report, hypervisor_status(options, status),
                   "the listing is %.0f s old: the hypervisor is connected, but is late", hypervisor_age_s(facts));
    return false;
}

static size_t hypervisor_states(const struct facts *facts)
{
    size_t states = 0;

    for (size_t i = 0; i < facts->count; i++)
        states += facts->rows[i].number[COLUMN_OPER] != FACTS_MISSING;
    return states;
}

/* States must be there if the agent counts domains. */
static bool hypervisor_shows_rows(const struct facts *facts, struct report *report)
{
    int64_t number = facts->number[SCALAR_NUMBER];
    size_t states = hypervisor_states(facts);

    if ((int64_t)states >= number)
        return true;
    report_problem(
        report, STATUS_UNKNOWN,
        "the agent counts %lld %s, but shows the state of %zu: its view hides a part of 1.3.6.1.2.1.236",
        (long long)number, row_noun((size_t)number), states);
    return false;
}

/* VM-MIB alone does not say whether the hypervisor answers, but an agent that never saw one knows not even its
 * name. */
static bool hypervisor_is_there(const struct facts *facts, struct report *report)
{
    const char *software = facts->text[SCALAR_SOFTWARE];

    if (facts->number[SCALAR_NUMBER] > 0 || (software && *software))
        return hypervisor_shows_rows(facts, report);
    report_problem(report, STATUS_UNKNOWN, "the agent shows no domain and no hypervisor");
    return false;
}

bool hypervisor_judge(const struct options *options, const struct facts *facts, struct report *report)
{
    if (facts->number[SCALAR_NUMBER] == FACTS_MISSING) {
        report_problem(
            report, STATUS_UNKNOWN,
            "no VM-MIB: no agent such as guestlistd serves 1.3.6.1.2.1.236 there, or snmpd's view hides it");
        return false;
    }
    if (!facts_has_guestlist_mib(facts))
        return hypervisor_is_there(facts, report);
    switch (facts->number[SCALAR_STATUS]) {
    case HYPERVISOR_CONNECTED:
        return hypervisor_shows_rows(facts, report);
    case HYPERVISOR_STALE:
        return hypervisor_is_stale(options, facts, report);
    case HYPERVISOR_CONNECTING:
    case HYPERVISOR_DISCONNECTED:
        return hypervisor_is_lost(options, facts, report);
    default:
        report_problem(report, STATUS_UNKNOWN, "glHypervisorStatus is %lld, which this plugin does not know",
                       (long long)facts->number[SCALAR_STATUS]);
        return false;
    }
}

void hypervisor_note(const struct facts *facts, struct report *report)
{
    const char *filter = facts->text[SCALAR_FILTER];
    char quoted[200];

    if (filter && *filter) {
        report_quote(filter, quoted, sizeof(quoted));
        report_summary(report, "the agent lists only: %s", quoted);
    }
}
