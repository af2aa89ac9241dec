/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line: the options of all net-snmp daemons, and those of guestlistd. Pure, apart from the functions
 * for paths. */
#ifndef GUESTLIST_AGENT_OPTIONS_H
#define GUESTLIST_AGENT_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "agent/once.h"
#include "agent/settings.h"

enum { OPTIONS_OVERRIDES_MAX = 64 };

enum options_task { TASK_SERVE, TASK_ONCE, TASK_CHECK, TASK_HELP, TASK_VERSION, TASK_DIRECTIVES };

struct options {
    enum options_task task;
    enum once_form once_form; /* for TASK_ONCE */
    bool foreground, no_configuration, has_log;
    const char *agentx, *configuration, *debug_tokens, *pid_file;
    char *owned_paths[3]; /* made by options_make_absolute() */
    /* Directives that override those of the configuration file, in the order of the command line. */
    size_t override_count;
    struct {
        const char *directive, *value;
    } overrides[OPTIONS_OVERRIDES_MAX];
};

/* net-snmp's snmp_log_options(), for the value of -L, which may continue in the next arguments. */
typedef int options_log(char *words, int argc, char *const *argv);

/* Reads the command line. The options point into `argv`. False with a sentence in `why` if it is not valid. */
bool options_parse(struct options *options, int argc, char **argv, options_log *log, char *why, size_t size);

/* Frees the paths of options_make_absolute(). */
void options_free(struct options *options);

/* Sets the overrides in `settings`. False with a sentence in `why`. */
bool options_apply(const struct options *options, struct settings *settings, char *why, size_t size);

/* Makes the relative paths of -c, -p, -x and of the variable SNMPCONFPATH absolute, because the daemon changes to
 * the root directory. Needs options_free() afterwards, also if it fails. False with a sentence in `why`. */
bool options_make_absolute(struct options *options, char *why, size_t size);

/* The absolute form of `path`. The caller frees it. NULL, with errno, if out of memory or if the current directory
 * is not known. */
char *options_absolute(const char *path);

void options_usage(FILE *out);

#endif
