/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/doctor/running_module.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/doctor/processes.h"
#include "lib/base/cleanup.h"

static bool running_module_is_snmpd(const char *process)
{
    AUTO_FCLOSE FILE *file = processes_open(process, "comm");
    char name[32];

    return file && fgets(name, sizeof(name), file) && strcmp(name, "snmpd\n") == 0;
}

/* A line ends with the path, and with " (deleted)" if the file has no name any more. */
enum running_module running_module_parse(const char *line, const char *path)
{
    const char *found = strchr(line, '/');
    size_t length = strlen(path);

    if (!found || strncmp(found, path, length) != 0)
        return RUNNING_MODULE_UNSEEN;
    if (strcmp(found + length, " (deleted)\n") == 0)
        return RUNNING_MODULE_REPLACED;
    return strcmp(found + length, "\n") == 0 ? RUNNING_MODULE_SAME : RUNNING_MODULE_UNSEEN;
}

static enum running_module running_module_read(const char *process, const char *path)
{
    AUTO_FCLOSE FILE *file = processes_open(process, "maps");
    enum running_module result = RUNNING_MODULE_UNSEEN;
    char line[PATH_MAX + 128];

    while (file && result == RUNNING_MODULE_UNSEEN && fgets(line, sizeof(line), file))
        result = running_module_parse(line, path);
    return result;
}

struct running_module_search {
    char path[PATH_MAX];
    enum running_module result;
    pid_t process;
};

static bool running_module_visit(const char *process, void *data)
{
    struct running_module_search *search = data;

    if (!running_module_is_snmpd(process))
        return true;
    search->result = running_module_read(process, search->path);
    search->process = (pid_t)strtol(process, NULL, 10);
    return search->result == RUNNING_MODULE_UNSEEN;
}

enum running_module running_module_find(const char *path, pid_t *process)
{
    struct running_module_search search = { .result = RUNNING_MODULE_UNSEEN };

    if (!realpath(path, search.path)) /* the kernel knows no links */
        (void)snprintf(search.path, sizeof(search.path), "%s", path);
    processes_visit(running_module_visit, &search);
    *process = search.process;
    return search.result;
}
