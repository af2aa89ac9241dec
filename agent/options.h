/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line: net-snmp's daemons' letters and our own. */
#ifndef GUESTLIST_AGENT_OPTIONS_H
#define GUESTLIST_AGENT_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "agent/settings.h"

enum { OPTIONS_OVERRIDES_MAX = 64 };

enum options_task {
    TASK_SERVE,
    TASK_ONCE_TABLE,
    TASK_ONCE_JSON,
    TASK_CHECK,
    TASK_HELP,
    TASK_VERSION,
    TASK_DIRECTIVES
};

struct options {
    enum options_task task;
    bool foreground, no_configuration, has_log, log_to_terminal;
    const char *agentx, *configuration, *debug_tokens, *pid_file;
    char *settled[3]; /* the paths of options_settle_paths() that are its own */
    /* What overrides the configuration file, in its own terms and in the order given. */
    size_t override_count;
    struct {
        const char *directive, *value;
    } overrides[OPTIONS_OVERRIDES_MAX];
};

/* net-snmp's snmp_log_options(): takes -L's words, which may go on in the next arguments. */
typedef int options_log(char *words, int argc, char *const *argv);

/* Reads the command line. False with a sentence in `why` if it cannot be understood. */
bool options_parse(struct options *options, int argc, char **argv, options_log *log, char *why, size_t size);

/* Frees what options_settle_paths() made. */
void options_free(struct options *options);

/* Applies the overrides. False with a sentence in `why`. */
bool options_apply(const struct options *options, struct settings *settings, char *why, size_t size);

/* Makes the relative paths of -c, -p, -x and SNMPCONFPATH absolute, because the daemon goes to the root directory.
 * options_free() frees them. False with a sentence in `why`. */
bool options_settle_paths(struct options *options, char *why, size_t size);

/* A copy of `path` that holds in every directory, to be freed. NULL if out of memory or with an unknown directory.
 */
char *options_absolute(const char *path);

void options_usage(FILE *out);

#endif
