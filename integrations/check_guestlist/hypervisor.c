/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "integrations/check_guestlist/verdict.h"

static double hypervisor_age_s(const struct facts *facts)
{
    return (double)facts->number[SCALAR_AGE] / 100;
}

/* Only mode health alarms about the hypervisor. In other modes, the result is UNKNOWN. */
static enum status hypervisor_status(const struct arguments *arguments, enum status status)
{
    return arguments->mode == MODE_HEALTH ? status : STATUS_UNKNOWN;
}

static const char *hypervisor_error(const struct facts *facts, char *out, size_t size)
{
    const char *error = facts->text[SCALAR_LAST_ERROR];

    report_quote(error && *error ? error : "no reason is given", out, size);
    return out;
}

static bool hypervisor_report_lost(const struct arguments *arguments, const struct facts *facts,
                                   struct report *report)
{
    enum status status = hypervisor_status(arguments, STATUS_CRITICAL);
    char error[256];

    (void)hypervisor_error(facts, error, sizeof(error));
    if (facts->number[SCALAR_AGE] == FACTS_MISSING)
        report_problem(report, status, "the hypervisor has not answered since the agent started: %s", error);
    else
        report_problem(report, status, "the hypervisor does not answer, the listing is %.0f s old: %s",
                       hypervisor_age_s(facts), error);
    return false;
}

/* True if the hypervisor answers, but all listings since the agent started have failed. Then there is no listing,
 * and its age is missing. */
static bool hypervisor_was_never_listed(const struct facts *facts)
{
    const char *error = facts->text[SCALAR_LAST_ERROR];
    bool is_connected =
        facts->number[SCALAR_STATUS] == HYPERVISOR_CONNECTED || facts->number[SCALAR_STATUS] == HYPERVISOR_STALE;

    return is_connected && facts->number[SCALAR_AGE] == FACTS_MISSING && facts->number[SCALAR_NUMBER] == 0 &&
           error && *error;
}

static bool hypervisor_report_never_listed(const struct arguments *arguments, const struct facts *facts,
                                           struct report *report)
{
    char error[256];

    report_problem(report, hypervisor_status(arguments, STATUS_CRITICAL),
                   "the hypervisor is connected, but every listing since the agent started has failed: %s",
                   hypervisor_error(facts, error, sizeof(error)));
    return false;
}

static bool hypervisor_report_stale(const struct arguments *arguments, const struct facts *facts,
                                    struct report *report)
{
    bool has_age = facts->number[SCALAR_AGE] != FACTS_MISSING;
    bool is_critical = has_age && range_alarms(&arguments->critical, hypervisor_age_s(facts));
    enum status status = hypervisor_status(arguments, is_critical ? STATUS_CRITICAL : STATUS_WARNING);

    if (has_age)
        report_problem(report, status, "the listing is %.0f s old: the hypervisor is connected, but is late",
                       hypervisor_age_s(facts));
    else
        report_problem(report, status, "the listing is too old: the hypervisor is connected, but is late");
    return false;
}

static size_t hypervisor_rows(const struct facts *facts, bool with_name)
{
    size_t rows = 0;

    for (size_t i = 0; i < facts->count; i++)
        rows += facts->rows[i].number[COLUMN_OPER] != FACTS_MISSING &&
                (!with_name || facts->rows[i].text[COLUMN_NAME]);
    return rows;
}

static bool hypervisor_shows(const struct facts *facts, bool with_name, struct report *report)
{
    int64_t number = facts->number[SCALAR_NUMBER];
    size_t rows = hypervisor_rows(facts, with_name);

    if ((int64_t)rows >= number)
        return true;
    report_problem(report, STATUS_UNKNOWN,
                   "the agent counts %lld %s, but shows the %s of %zu: its view hides a part of 1.3.6.1.2.1.236",
                   (long long)number, row_noun((size_t)number), with_name ? "name" : "state", rows);
    return false;
}

/* If the agent counts domains, their states must be visible; their names also, if -d or -i selects by name. */
static bool hypervisor_shows_rows(const struct arguments *arguments, const struct facts *facts,
                                  struct report *report)
{
    bool needs_names = arguments->selected.count > 0 || arguments->ignored.count > 0;

    return hypervisor_shows(facts, false, report) && (!needs_names || hypervisor_shows(facts, true, report));
}

/* VM-MIB has no status of the hypervisor. But an agent that was never connected reports no domains, and no name of
 * the hypervisor's software. */
static bool hypervisor_judge_vm_mib(const struct arguments *arguments, const struct facts *facts,
                                    struct report *report)
{
    const char *software = facts->text[SCALAR_SOFTWARE];

    if (facts->number[SCALAR_NUMBER] > 0 || (software && *software))
        return hypervisor_shows_rows(arguments, facts, report);
    report_problem(report, STATUS_UNKNOWN, "the agent shows no domain and no hypervisor");
    return false;
}

bool hypervisor_judge(const struct arguments *arguments, const struct facts *facts, struct report *report)
{
    if (facts->number[SCALAR_NUMBER] == FACTS_MISSING) {
        report_problem(
            report, STATUS_UNKNOWN,
            "no VM-MIB: no agent such as guestlistd serves 1.3.6.1.2.1.236 there, or snmpd's view hides it");
        return false;
    }
    if (!facts_has_guestlist_mib(facts))
        return hypervisor_judge_vm_mib(arguments, facts, report);
    if (hypervisor_was_never_listed(facts))
        return hypervisor_report_never_listed(arguments, facts, report);
    switch (facts->number[SCALAR_STATUS]) {
    case HYPERVISOR_CONNECTED:
        return hypervisor_shows_rows(arguments, facts, report);
    case HYPERVISOR_STALE:
        return hypervisor_report_stale(arguments, facts, report);
    case HYPERVISOR_CONNECTING:
    case HYPERVISOR_DISCONNECTED:
        return hypervisor_report_lost(arguments, facts, report);
    default:
        report_problem(report, STATUS_UNKNOWN, "glHypervisorStatus is %lld, which this plugin does not know",
                       (long long)facts->number[SCALAR_STATUS]);
        return false;
    }
}

void hypervisor_report_filter(const struct facts *facts, struct report *report)
{
    const char *filter = facts->text[SCALAR_FILTER];
    char quoted[200];

    if (filter && *filter) {
        report_quote(filter, quoted, sizeof(quoted));
        report_summary(report, "the agent lists only: %s", quoted);
    }
}
