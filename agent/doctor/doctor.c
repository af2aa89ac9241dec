/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/doctor/doctor.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/array.h"

const struct doctor_row doctor_rows[] = {
    { "configuration", false, finding_configuration },
    { "libvirt", true, finding_hypervisor },
    { "filter", true, finding_filter },
    { "state directory", false, finding_state_directory },
    { "snmpd's module", false, finding_module },
    { "AgentX master", false, finding_master },
    { "registration", true, finding_registration },
    { "snmpd's view", false, finding_view },
    { "MIB names", false, finding_names },
    { "control", true, finding_control },
    { "connections", true, finding_connections }, /* last, because a connection that hangs can block others */
};
const size_t doctor_row_count = ARRAY_COUNT(doctor_rows);

static const char *const doctor_marks[] = { [FINDING_FINE] = "ok", [FINDING_NOTE] = "--", [FINDING_WRONG] = "!!" };

void doctor_print(const struct finding_result *result, const char *name, const char *context, FILE *out)
{
    const char *line = result->remedy;

    (void)fprintf(out, "%s  %-15s  %s%s%s\n", doctor_marks[result->mark], name, context, *context ? ": " : "",
                  result->found);
    while (*line) {
        size_t length = strcspn(line, "\n");

        (void)fprintf(out, "    -> %.*s\n", (int)length, line);
        line += length + (line[length] != '\0');
    }
}

/* Runs one row for one hypervisor. A check that finds nothing to do prints no line. */
static bool doctor_run_row(const struct doctor_row *row, struct finding_case *input, const char *context,
                           FILE *out)
{
    struct finding_result *result = calloc(1, sizeof(*result));
    bool is_fine;

    if (!result)
        return false;
    row->run(input, result);
    is_fine = result->mark != FINDING_WRONG;
    if (*result->found)
        doctor_print(result, row->name, context, out);
    (void)fflush(out);
    free(result);
    return is_fine;
}

static void doctor_put_user(char *user, size_t size)
{
    const struct passwd *entry = getpwuid(geteuid());

    if (entry)
        (void)snprintf(user, size, "%s", entry->pw_name);
    else
        (void)snprintf(user, size, "uid %ld", (long)geteuid());
}

/* Later rows use what earlier rows found out about the same hypervisor. So each hypervisor has one case for all
 * rows. */
static bool doctor_run_all(struct finding_case *cases, size_t count, FILE *out)
{
    bool is_fine = true;

    for (size_t row = 0; row < doctor_row_count; row++)
        for (size_t i = 0; i < (doctor_rows[row].is_of_hypervisor ? count : 1); i++)
            is_fine &= doctor_run_row(&doctor_rows[row], &cases[i],
                                      doctor_rows[row].is_of_hypervisor ? cases[i].hypervisor->context : "", out);
    return is_fine;
}

bool doctor_run(const struct options *options, const struct settings *settings, const char *complaints, FILE *out)
{
    size_t count = settings_hypervisors(settings);
    struct finding_case *cases = calloc(count, sizeof(*cases));
    char user[64], file[PATH_MAX] = "guestlistd.conf";
    bool is_fine;

    if (!cases)
        return false;
    doctor_put_user(user, sizeof(user));
    for (size_t i = 0; i < count; i++)
        cases[i] = (struct finding_case){
            .options = options,
            .settings = settings,
            .complaints = complaints,
            .user = user,
            .hypervisor = &settings->hypervisors[i],
            .file = file,
        };
    is_fine = doctor_run_all(cases, count, out);
    (void)fprintf(out,
                  is_fine ? "Nothing is wrong, as far as %s can see.\n"
                          : "Something is wrong, as far as %s can see: fix the first line with !! first.\n",
                  user);
    free(cases);
    return is_fine && fflush(out) == 0 && !ferror(out);
}
