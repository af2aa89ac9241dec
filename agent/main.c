/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the command line and the configuration, and starts what they ask for. */
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/daemon.h"
#include "agent/descriptors.h"
#include "agent/doctor/doctor.h"
#include "agent/once.h"
#include "agent/options.h"
#include "agent/snmp/config_file.h"
#include "agent/snmp/session.h"
#include "config.h"
#include "lib/base/cleanup.h"
#include "lib/libvirt/quiet.h"

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

static int main_fail(int status, const char *why)
{
    (void)fprintf(stderr, "guestlistd: %s%s", why, why[0] && why[strlen(why) - 1] == '\n' ? "" : "\n");
    return status;
}

static int main_print_version(void)
{
    (void)printf("guestlistd %s\nGUESTLIST-MIB at %s%s\n", PACKAGE_VERSION, GUESTLIST_ENTERPRISE_OID_STRING,
                 GUESTLIST_OID_EXPERIMENTAL ? " (experimental: the project has no arc of its own yet)" : "");
    return EXIT_DONE;
}

static int main_list_directives(void)
{
    for (size_t i = 0; i < settings_directive_count; i++)
        (void)printf("%-22s %s\n", settings_directives[i].name, settings_directives[i].usage);
    (void)printf("and those of every AgentX subagent of net-snmp, such as agentXSocket and agentXPingInterval\n");
    return EXIT_DONE;
}

/* A failure and a domain that needs a look have the same status. Only a failure prints to stderr. */
static int main_print_once(const struct settings *settings, enum once_form form)
{
    char why[1024];
    enum once_result result = once_print(settings, form, stdout, why, sizeof(why));

    if (result == ONCE_FAILED)
        return main_fail(EXIT_FAILED, why);
    return result == ONCE_FOUND ? EXIT_FAILED : EXIT_DONE;
}

static int main_run(const struct options *options, const struct settings *settings)
{
    if (options->task == TASK_ONCE)
        return main_print_once(settings, options->once_form);
    return daemon_run(options, settings) ? EXIT_DONE : EXIT_FAILED;
}

/* glibc gives each thread memory of its own, and a large part of it stays unused: XML that a thread reads for a
 * moment lies between facts that are kept. The threads of the agent allocate little at the same time, so they can
 * share one memory, which grows only as much as all of them need. */
static void main_share_memory(void)
{
    (void)mallopt(M_ARENA_MAX, 1);
}

int main(int argc, char **argv)
{
    CLEANUP(options_free) struct options options = { .task = TASK_SERVE };
    struct settings settings;
    char why[4096], complaints[4096];

    /* No other user may write to the log or the files of the agent, whatever mask it inherits. */
    (void)umask(umask(0) | S_IWGRP | S_IWOTH);
    main_share_memory();
    if (!options_parse(&options, argc, argv, session_take_log_option, why, sizeof(why)))
        return main_fail(EXIT_USAGE, why);
    if (options.task == TASK_HELP) {
        options_usage(stdout);
        return EXIT_DONE;
    }
    if (options.task == TASK_VERSION)
        return main_print_version();
    if (options.task == TASK_DIRECTIVES)
        return main_list_directives();

    if (!descriptors_check(DESCRIPTORS_ONCE, why))
        return main_fail(EXIT_FAILED, why);
    if (!options_make_absolute(&options, why, sizeof(why)))
        return main_fail(EXIT_FAILED, why);
    /* Otherwise the agent would end without a message if the master, or the reader of its output, ends during a
     * write. */
    (void)signal(SIGPIPE, SIG_IGN);
    quiet_libvirt();
    settings_default(&settings);
    session_prepare(&options);
    config_file_register();
    if (!config_file_read(&options, &settings, complaints, sizeof(complaints)) && options.task != TASK_CHECK)
        return main_fail(EXIT_USAGE, complaints);
    if (!options_apply(&options, &settings, why, sizeof(why)))
        return main_fail(EXIT_USAGE, why);
    if (options.task == TASK_CHECK)
        return doctor_run(&options, &settings, complaints, stdout) ? EXIT_DONE : EXIT_FAILED;
    return main_run(&options, &settings);
}
