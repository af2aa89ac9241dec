/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/doctor/other_agents.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/doctor/processes.h"
#include "agent/snmp/session.h"
#include "lib/base/cleanup.h"

enum { COMMAND_MAX = 8192 };

static size_t other_agents_read(const char *process, const char *name, char *text, size_t size)
{
    AUTO_FCLOSE FILE *file = processes_open(process, name);
    size_t length = file ? fread(text, 1, size - 1, file) : 0;

    text[length] = '\0';
    return length;
}

/* Each word of /proc/PID/cmdline ends in NUL. */
static bool other_agents_serves(const char *command, size_t length)
{
    for (const char *word = command; word < command + length; word += strlen(word) + 1)
        if (strcmp(word, "--check") == 0 || strncmp(word, "--once", 6) == 0)
            return false;
    return true;
}

static bool other_agents_has_address(const char *command, size_t length, const char *address)
{
    const char *found = NULL;

    for (const char *word = command; word < command + length; word += strlen(word) + 1) {
        if (strncmp(word, "-x", 2) != 0)
            continue;
        found = word[2] ? word + 2 : word + 3; /* the value is in the same word or in the next one */
        if (found >= command + length)
            found = NULL;
    }
    return found && address ? strcmp(found, address) == 0 : found == address;
}

static bool other_agents_matches(const char *process, const char *address)
{
    char text[COMMAND_MAX];
    size_t length;

    if (strtol(process, NULL, 10) == (long)getpid())
        return false;
    (void)other_agents_read(process, "comm", text, sizeof(text));
    text[strcspn(text, "\n")] = '\0';
    if (strcmp(text, SESSION_NAME) != 0 && strncmp(text, "lt-", 3) != 0)
        return false;
    length = other_agents_read(process, "cmdline", text, sizeof(text));
    return strstr(text, SESSION_NAME) && other_agents_serves(text, length) &&
           other_agents_has_address(text, length, address);
}

struct other_agents_search {
    const char *address;
    char *list;
    size_t size, used, count;
};

static bool other_agents_visit(const char *process, void *data)
{
    struct other_agents_search *search = data;
    const char *separator = search->count > 0 ? ", " : "";

    if (!other_agents_matches(process, search->address))
        return true;
    if (search->used < search->size)
        search->used += (size_t)snprintf(search->list + search->used, search->size - search->used, "%s%.20s",
                                         separator, process);
    search->count++;
    return true;
}

size_t other_agents_find(const char *address, char *list, size_t size)
{
    struct other_agents_search search = { .address = address, .list = list, .size = size };

    list[0] = '\0';
    processes_visit(other_agents_visit, &search);
    return search.count;
}
