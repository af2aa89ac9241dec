/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "agent/doctor/finding.h"
#include "agent/snmp/config_file.h"
#include "agent/snmp/session.h"

struct finding_configuration_files {
    char first[PATH_MAX]; /* the first path at which net-snmp looks for a file */
    char last[PATH_MAX];  /* the last file that is read: lines that are added there have precedence */
    char read[2048];      /* all files that are read */
    char closed[1024];    /* a path that this user cannot check, with the reason */
};

static void finding_configuration_add_file(struct finding_configuration_files *files, const char *path)
{
    size_t used = strlen(files->read);

    (void)snprintf(files->read + used, sizeof(files->read) - used, "%s%s", used > 0 ? ", " : "", path);
    (void)snprintf(files->last, sizeof(files->last), "%s", path);
}

static void finding_configuration_visit(void *data, const char *path)
{
    struct finding_configuration_files *files = data;
    struct stat status;
    int why = stat(path, &status) < 0 ? errno : 0;

    if (!*files->first)
        (void)snprintf(files->first, sizeof(files->first), "%s", path);
    if (!why && !config_file_problem(path))
        finding_configuration_add_file(files, path);
    else if (why == EACCES && !*files->closed)
        (void)snprintf(files->closed, sizeof(files->closed), "; %.900s: %s", path, strerror(why));
}

/* The complaints of config_file_read() have one line each. */
static void finding_configuration_wrong(const struct finding_case *input, struct finding_result *result)
{
    const char *line = input->complaints;

    finding_put(result, FINDING_WRONG, "%.*s", (int)strcspn(line, "\n"), line);
    while (*line) {
        size_t length = strcspn(line, "\n");

        if (line != input->complaints)
            finding_add_remedy(result, "also: %.*s", (int)length, line);
        line += length + (line[length] != '\0');
    }
    finding_add_remedy(result,
                       "guestlistd does not start with this: fix the file, or let %s read it (chmod, chgrp)",
                       input->user);
}

void finding_configuration(struct finding_case *input, struct finding_result *result)
{
    struct finding_configuration_files files = { .first = "" };

    if (!input->options->no_configuration)
        config_file_visit(SESSION_NAME, finding_configuration_visit, &files);
    if (input->options->configuration)
        finding_configuration_visit(&files, input->options->configuration);
    if (*files.first)
        (void)snprintf(input->file, PATH_MAX, "%s", *files.last ? files.last : files.first);
    if (*input->complaints)
        finding_configuration_wrong(input, result);
    else if (*files.read)
        finding_put(result, FINDING_FINE, "read %s%s", files.read, files.closed);
    else
        finding_put(result, FINDING_FINE,
                    "there is no file, so the defaults are used; the first one that is looked for "
                    "is %s%s",
                    *files.first ? files.first : "none (-C)", files.closed);
}
