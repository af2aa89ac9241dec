/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "config.h"
#include "integrations/check_guestlist/deadline.h"
#include "integrations/check_guestlist/arguments.h"
#include "integrations/check_guestlist/reader.h"
#include "integrations/check_guestlist/verdict.h"
#include "lib/base/clock.h"

/* net-snmp gives up before the deadline ends the process, so that the result has a reason. */
enum { MARGIN_MS = 200 };

enum { WHY_MAX = 1000 };

static void main_check(const struct arguments *arguments, int64_t deadline_ms, struct report *report)
{
    struct facts facts;
    char why[WHY_MAX] = "", quoted[WHY_MAX];

    facts_init(&facts);
    if (reader_read(arguments, deadline_ms, &facts, why, sizeof(why)))
        verdict_judge(arguments, &facts, report);
    else {
        report_quote(why, quoted, sizeof(quoted));
        report_problem(report, STATUS_UNKNOWN, "%s", quoted);
    }
    facts_clear(&facts);
}

/* Returns the exit status of the process. */
static int main_run(const struct arguments *arguments)
{
    int64_t deadline_ms = clock_boot_ms() + arguments->timeout_s * 1000 - MARGIN_MS;
    struct report report = { 0 };
    struct deadline deadline;
    int status;

    if (!deadline_start(&deadline, arguments->timeout_s)) {
        (void)puts("GUESTLIST UNKNOWN - no thread can be started");
        return STATUS_UNKNOWN;
    }
    main_check(arguments, deadline_ms, &report);
    deadline_end(&deadline);
    status = report_print(&report, stdout) ? (int)report.status : STATUS_UNKNOWN;
    report_clear(&report);
    return status;
}

/* `why` quotes the command line, which may have a "|" in a regular expression. Monitoring systems would read the
 * text after it as performance data. */
static void main_refuse(const char *why)
{
    char quoted[WHY_MAX];

    report_quote(why, quoted, sizeof(quoted));
    (void)printf("GUESTLIST UNKNOWN - %s\n", quoted);
}

static int main_print_version(void)
{
    (void)puts("check_guestlist " PACKAGE_VERSION ", GUESTLIST-MIB at " GUESTLIST_ENTERPRISE_OID_STRING);
    return STATUS_UNKNOWN;
}

int main(int argc, char **argv)
{
    struct arguments arguments;
    char why[WHY_MAX];
    int status = STATUS_UNKNOWN;

    if (!arguments_parse(&arguments, argc, argv, why, sizeof(why)))
        main_refuse(why);
    else if (arguments.task == TASK_HELP)
        usage_print(stdout);
    else if (arguments.task == TASK_VERSION)
        status = main_print_version();
    else
        status = main_run(&arguments);
    arguments_clear(&arguments);
    return status;
}
