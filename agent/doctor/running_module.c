/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/doctor/running_module.h"

#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cleanup.h"

static FILE *running_module_open(const char *process, const char *name)
{
    char path[300];

    (void)snprintf(path, sizeof(path), "/proc/%.200s/%s", process, name);
    return fopen(path, "re");
}

static bool running_module_is_snmpd(const char *process)
{
    AUTO_FCLOSE FILE *file = running_module_open(process, "comm");
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
    AUTO_FCLOSE FILE *file = running_module_open(process, "maps");
    enum running_module result = RUNNING_MODULE_UNSEEN;
    char line[PATH_MAX + 128];

    while (file && result == RUNNING_MODULE_UNSEEN && fgets(line, sizeof(line), file))
        result = running_module_parse(line, path);
    return result;
}

enum running_module running_module_find(const char *path, pid_t *process)
{
    DIR *processes = opendir("/proc");
    enum running_module result = RUNNING_MODULE_UNSEEN;
    char real[PATH_MAX];

    if (!realpath(path, real)) /* the kernel knows no links */
        (void)snprintf(real, sizeof(real), "%s", path);
    for (const struct dirent *entry;
         processes && result == RUNNING_MODULE_UNSEEN && (entry = readdir(processes));) {
        if (strspn(entry->d_name, "0123456789") != strlen(entry->d_name) ||
            !running_module_is_snmpd(entry->d_name))
            continue;
        result = running_module_read(entry->d_name, real);
        *process = (pid_t)strtol(entry->d_name, NULL, 10);
    }
    if (processes)
        (void)closedir(processes);
    return result;
}
