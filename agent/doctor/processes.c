/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/doctor/processes.h"

#include <dirent.h>
#include <string.h>

void processes_visit(bool (*visit)(const char *process, void *data), void *data)
{
    DIR *processes = opendir("/proc");
    bool goes_on = processes != NULL;

    for (const struct dirent *entry; goes_on && (entry = readdir(processes));)
        if (strspn(entry->d_name, "0123456789") == strlen(entry->d_name))
            goes_on = visit(entry->d_name, data);
    if (processes)
        (void)closedir(processes);
}

FILE *processes_open(const char *process, const char *name)
{
    char path[300];

    (void)snprintf(path, sizeof(path), "/proc/%.200s/%s", process, name);
    return fopen(path, "re");
}
