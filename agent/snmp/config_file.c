/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/snmp/config_file.h"

#include <errno.h>
#include <fcntl.h>
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/agent/ds_agent.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/snmp/log_listener.h"
#include "agent/snmp/session.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/base/uri.h"

enum { WHY_MAX = 1024 };

/* The data of the callbacks, because net-snmp's parser passes none to them. config_file_read() sets and clears it,
 * on the main thread. */
static struct reading {
    struct settings *settings;
    char *complaints;
    size_t size;
} reading;

/* Collects net-snmp's log lines about the configuration, because only they name file and line. Adds the list of
 * known directives to the line about an unknown one. */
static int config_file_on_log(int major, int minor, void *server, void *client)
{
    const struct snmp_log_message *message = server;
    AUTO_FREE char *shown = NULL;
    char line[WHY_MAX];
    size_t used;

    (void)major;
    (void)minor;
    (void)client;
    if (!reading.complaints || message->priority > LOG_WARNING)
        return 0;
    used = strlen(reading.complaints);
    shown = strdup(message->msg);
    if (shown)
        uri_conceal(NULL, shown); /* a URI may be in the place of a directive */
    (void)text_line(shown ? shown : "out of memory", line, sizeof(line)); /* net-snmp quotes the file as it is */
    (void)snprintf(reading.complaints + used, reading.size - used, "%s\n", line);
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

static void config_file_on_directive(const char *name, char *value)
{
    char why[WHY_MAX];

    /* init_snmp() reads the same files again later. Then `settings` is NULL, and there is nothing to do. */
    if (reading.settings && !settings_set(reading.settings, name, value, why, sizeof(why)))
        netsnmp_config_error("%s", why);
}

void config_file_register(void)
{
    for (size_t i = 0; i < settings_directive_count; i++)
        (void)register_config_handler(SESSION_NAME, settings_directives[i].name, config_file_on_directive, NULL,
                                      settings_directives[i].usage);
}

const char *config_file_problem(const char *path)
{
    AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat status;

    if (fd < 0)
        return strerror(errno);
    if (fstat(fd, &status) < 0)
        return strerror(errno);
    return S_ISDIR(status.st_mode) ? "is a directory, expected a file" : NULL;
}

/* net-snmp ignores a file that it cannot read, without a message. The agent would then use the defaults, and the
 * administrator would not notice. */
static void config_file_read_one(void *data, const char *path)
{
    const char *problem = config_file_problem(path);
    size_t used = strlen(reading.complaints);

    (void)data;
    if (problem)
        (void)snprintf(reading.complaints + used, reading.size - used, "%s: %s\n", path, problem);
    else
        read_config_with_type(path, SESSION_NAME);
}

static void config_file_read_existing(void *data, const char *path)
{
    if (access(path, F_OK) == 0)
        config_file_read_one(data, path);
}

void config_file_visit(const char *name, config_file_visitor *visit, void *data)
{
    const char *wanted = getenv("SNMPCONFPATH"); /* as in net-snmp, it replaces the default directories */
    AUTO_FREE char *path = strdup(wanted ? wanted : get_configuration_directory());
    char *rest = path;

    for (char *directory; path && (directory = strsep(&rest, ":")) != NULL;) {
        char file[PATH_MAX];

        (void)snprintf(file, sizeof(file), "%s/%s.conf", directory, name);
        visit(data, file);
        (void)snprintf(file, sizeof(file), "%s/%s.local.conf", directory, name);
        visit(data, file);
    }
}

bool config_file_read(const struct options *options, struct settings *settings, char *complaints, size_t size)
{
    struct log_listener listener;

    complaints[0] = '\0';
    if (!log_listener_begin(&listener, LOG_WARNING) ||
        snmp_register_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_LOGGING, config_file_on_log, NULL)) {
        (void)snprintf(complaints, size, "out of memory\n");
        return false;
    }
    reading = (struct reading){ settings, complaints, size };
    if (!options->no_configuration)
        config_file_visit(SESSION_NAME, config_file_read_existing, NULL);
    if (options->configuration)
        config_file_read_one(NULL, options->configuration);
    reading = (struct reading){ 0 };
    if (options->agentx) /* the files may have replaced it by an agentXSocket */
        (void)netsnmp_ds_set_string(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_X_SOCKET, options->agentx);
    (void)snmp_unregister_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_LOGGING, config_file_on_log, NULL, 0);
    log_listener_end(&listener);
    return complaints[0] == '\0';
}
