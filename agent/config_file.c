/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/config_file.h"

#include <errno.h>
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <string.h>
#include <unistd.h>

#include "agent/session.h"

enum { WHY_MAX = 1024 };

/* net-snmp's parser callbacks carry no data of the caller's, so what is being read stands here while it is:
 * set and cleared by config_file_read(), on the main thread. */
static struct reading {
    struct settings *settings;
    char *complaints;
    size_t size;
} reading;

/* A complaint arrives as the log line that net-snmp makes of it, which names file and line. */
static int on_log(int major, int minor, void *server, void *client)
{
    const struct snmp_log_message *message = server;
    size_t used;

    (void)major;
    (void)minor;
    (void)client;
    if (!reading.complaints || message->priority > LOG_WARNING)
        return 0;
    used = strlen(reading.complaints);
    (void)snprintf(reading.complaints + used, reading.size - used, "%s", message->msg);
    if (strstr(message->msg, "Unknown token")) {
        char expected[WHY_MAX];
        struct settings unused;

        settings_default(&unused);
        (void)settings_set(&unused, "", "", expected, sizeof(expected));
        used = strlen(reading.complaints);
        (void)snprintf(reading.complaints + used, reading.size - used, "  %s\n", strstr(expected, "expected"));
    }
    return 0;
}

static void on_directive(const char *name, char *value)
{
    char why[WHY_MAX];

    /* init_snmp() comes by the same files once more, when all is known already. */
    if (reading.settings && !settings_set(reading.settings, name, value, why, sizeof(why)))
        netsnmp_config_error("%s", why);
}

void config_file_register(void)
{
    for (size_t i = 0; i < settings_directive_count; i++)
        (void)register_config_handler(SESSION_NAME, settings_directives[i].name, on_directive, NULL,
                                      settings_directives[i].usage);
}

static void read_one(const char *path)
{
    if (access(path, F_OK) == 0)
        read_config_with_type(path, SESSION_NAME);
}

static void read_search_path(void)
{
    const char *wanted = getenv("SNMPCONFPATH"); /* as net-snmp itself does it: it replaces, not adds */
    char *path = strdup(wanted ? wanted : get_configuration_directory());
    char *rest = path;

    for (char *directory; path && (directory = strsep(&rest, ":")) != NULL;) {
        char file[PATH_MAX];

        (void)snprintf(file, sizeof(file), "%s/" SESSION_NAME ".conf", directory);
        read_one(file);
        (void)snprintf(file, sizeof(file), "%s/" SESSION_NAME ".local.conf", directory);
        read_one(file);
    }
    free(path);
}

bool config_file_read(const struct options *options, struct settings *settings, char *complaints, size_t size)
{
    netsnmp_log_handler *handler = netsnmp_register_loghandler(NETSNMP_LOGHANDLER_CALLBACK, LOG_WARNING);

    complaints[0] = '\0';
    if (!handler || snmp_register_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_LOGGING, on_log, NULL)) {
        (void)snprintf(complaints, size, "out of memory\n");
        return false;
    }
    reading = (struct reading){ settings, complaints, size };
    if (!options->no_configuration)
        read_search_path();
    if (options->configuration && access(options->configuration, R_OK) < 0)
        (void)snprintf(complaints, size, "%s: %s\n", options->configuration, strerror(errno));
    else if (options->configuration)
        read_one(options->configuration);
    reading = (struct reading){ 0 };
    (void)snmp_unregister_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_LOGGING, on_log, NULL, 0);
    (void)netsnmp_remove_loghandler(handler);
    return complaints[0] == '\0';
}
