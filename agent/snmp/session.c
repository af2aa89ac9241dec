/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/snmp/session.h"

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/agent/net-snmp-agent-includes.h>
#include <net-snmp/agent/agent_callbacks.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/snmp/agentx.h"
#include "agent/snmp/capabilities.h"
#include "agent/snmp/query.h"
#include "agent/snmp/reconnect.h"
#include "agent/snmp/registration.h"
#include "agent/snmp/wire.h"
#include "lib/base/array.h"
#include "lib/base/cleanup.h"

/* How often the agent looks for a master. With net-snmp's default of 15 s, snmpd would answer "No Such Object" for
 * up to half a minute after its restart. */
enum { RETRY_SECONDS = 5, MASTER_PATIENCE_MS = 1000, SESSION_LOGS_MAX = 8 };

int session_take_log_option(char *words, int argc, char *const *argv)
{
    return snmp_log_options(words, argc, argv);
}

/* The command line has precedence over the configuration. */
static int session_set_address(int major, int minor, void *server, void *address)
{
    (void)major;
    (void)minor;
    (void)server;
    (void)netsnmp_ds_set_string(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_X_SOCKET, address);
    return 0;
}

/* The agent itself needs no MIB modules. Reading them takes a second, and net-snmp logs each module that it does
 * not find. Only --check reads them, to find out whether managers find names. The agent does not keep net-snmp's
 * persistent state either. */
void session_prepare(const struct options *options)
{
    if (options->task == TASK_CHECK)
        query_prepare_names();
    else
        (void)setenv("MIBS", "", 1);
    (void)netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_PERSIST_STATE, 1);
    (void)netsnmp_ds_set_boolean(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_NO_ROOT_ACCESS, 1);
    /* net-snmp would log a missing master at each attempt. session_connect() logs it once. */
    (void)netsnmp_ds_set_boolean(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_NO_CONNECTION_WARNINGS, 1);
    if (options->debug_tokens) {
        char *tokens = strdup(options->debug_tokens);

        if (tokens)
            debug_register_tokens(tokens);
        free(tokens);
        snmp_set_do_debugging(1);
    }
    if (options->configuration)
        (void)netsnmp_ds_set_string(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_OPTIONALCONFIG, options->configuration);
    if (options->no_configuration)
        (void)netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_READ_CONFIGS, 1);
    netsnmp_enable_subagent();
    (void)init_agent(SESSION_NAME);
    (void)netsnmp_ds_set_int(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_AGENTX_PING_INTERVAL, RETRY_SECONDS);
    /* init_snmp() reads the configuration again before it connects, so the address is set between the two.
     * net-snmp frees the copy at the end. */
    if (options->agentx)
        (void)netsnmp_register_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_POST_READ_CONFIG, session_set_address,
                                        strdup(options->agentx), NETSNMP_CALLBACK_HIGHEST_PRIORITY);
}

/* Makes the path absolute, because the agent changes its directory. True if net-snmp has opened the file. */
static bool session_prepare_log_file(netsnmp_log_handler *handler)
{
    char *path = options_absolute(handler->token);

    if (path) {
        free((void *)(uintptr_t)handler->token); /* owned by the handler, and const only by its type */
        handler->token = path;
    }
    return handler->magic != NULL;
}

/* Turns on a log by an option of -L. snmp_enable_stderrlog() and snmp_enable_syslog_ident() are no use: since
 * Net-SNMP 5.9.5, their handlers get only emergencies. */
static void session_log_by(const char *option)
{
    char words[] = { option[0], option[1], '\0' };

    (void)snmp_log_options(words, 0, NULL);
}

/* net-snmp reports no error if it cannot open a log file, and then logs nothing. */
static bool session_check_log_files(void)
{
    for (netsnmp_log_handler *handler = get_logh_head(); handler; handler = handler->next) {
        AUTO_FCLOSE FILE *again = NULL;

        if (handler->type != NETSNMP_LOGHANDLER_FILE || session_prepare_log_file(handler))
            continue;
        again = fopen(handler->token, "ae");
        session_log_by("e");
        snmp_log(LOG_ERR, "cannot start: cannot log to %s: %s\n", handler->token,
                 again ? "it could not be opened" : strerror(errno));
        return false;
    }
    return true;
}

bool session_open_log(const struct options *options)
{
    if (options->has_log)
        return session_check_log_files();
    if (!options->foreground && options->task == TASK_SERVE) {
        (void)snmp_log_syslogname(SESSION_NAME);
        session_log_by("sd");
    }
    session_log_by("e");
    return true;
}

static void session_reopen_log_file(netsnmp_log_handler *handler)
{
    FILE *fresh = fopen(handler->token, "ae"), *old = handler->magic;

    if (!fresh) {
        snmp_log(LOG_ERR, "cannot open %s again, the log goes on in the old file: %s\n", handler->token,
                 strerror(errno));
        return;
    }
    (void)setvbuf(fresh, NULL, _IOLBF, BUFSIZ);
    handler->magic = fresh;
    if (old)
        (void)fclose(old);
}

/* net-snmp's function for this reopens only the first file, and drops a file that it cannot open. */
void session_reopen_log(void)
{
    for (netsnmp_log_handler *handler = get_logh_head(); handler; handler = handler->next)
        if (handler->type == NETSNMP_LOGHANDLER_FILE && handler->enabled)
            session_reopen_log_file(handler);
}

static int session_on_start(int major, int minor, void *session, void *data)
{
    (void)major;
    (void)minor;
    (void)session;
    *(bool *)data = true;
    return 0;
}

const char *session_address(const char *given)
{
    const char *configured = netsnmp_ds_get_string(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_X_SOCKET);

    if (given)
        return given;
    return configured ? configured : NETSNMP_AGENTX_SOCKET;
}

/* net-snmp does not report why it has no session, so this connects once more to find out. */
static void session_log_no_master(void)
{
    const char *address = session_address(NULL);
    CLEANUP(agentx_disconnect) struct agentx_link link;
    bool is_open = agentx_connect(&link, address, MASTER_PATIENCE_MS);
    int why = errno;

    snmp_log(LOG_WARNING, "no AgentX master answers at %s: %s; trying again every %d s\n", address,
             !is_open ? strerror(why) : "it accepts the connection, but opens no session",
             netsnmp_ds_get_int(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_AGENTX_PING_INTERVAL));
}

struct wire_watch *session_connect(const struct answer_settings *settings, struct responder *responder)
{
    struct wire_watch *watch = wire_watch(responder);
    bool is_open = false;

    if (!registration_watch())
        snmp_log(LOG_WARNING, "out of memory: a registration that the master refuses is not tried again\n");
    if (!watch || !reconnect_watch())
        snmp_log(LOG_WARNING, "out of memory: what the AgentX master sends is not checked\n");
    (void)snmp_register_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_INDEX_START, session_on_start,
                                 &is_open);
    init_snmp(SESSION_NAME);
    (void)snmp_unregister_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_INDEX_START, session_on_start,
                                   &is_open, 1);
    capabilities_advertise(settings);
    if (!is_open)
        session_log_no_master();
    return watch;
}

/* A log that snmp_shutdown() is about to close. */
struct session_log_copy {
    netsnmp_log_handler handler;
    char *token;
};

static size_t session_copy_logs(struct session_log_copy copies[SESSION_LOGS_MAX])
{
    size_t count = 0;

    for (netsnmp_log_handler *handler = get_logh_head(); handler && count < SESSION_LOGS_MAX;
         handler = handler->next)
        if (handler->type != NETSNMP_LOGHANDLER_CALLBACK)
            copies[count++] =
                (struct session_log_copy){ *handler, handler->token ? strdup(handler->token) : NULL };
    return count;
}

/* Opens the log again. It takes over the copy's token. */
static void session_restore_log(struct session_log_copy *copy)
{
    netsnmp_log_handler *handler = netsnmp_register_loghandler(copy->handler.type, copy->handler.priority);

    if (!handler) {
        free(copy->token);
        return;
    }
    handler->enabled = copy->handler.enabled;
    handler->pri_max = copy->handler.pri_max;
    handler->token = copy->token;
    if (handler->type == NETSNMP_LOGHANDLER_FILE)
        session_reopen_log_file(handler);
    else if (handler->type == NETSNMP_LOGHANDLER_SYSLOG)
        handler->magic = copy->handler.magic; /* the facility */
}

/* Threads that end after the session still have something to say, and net-snmp closes the logs as well. */
void session_close(void)
{
    struct session_log_copy copies[SESSION_LOGS_MAX];
    size_t count = session_copy_logs(copies);

    snmp_shutdown(SESSION_NAME);
    shutdown_agent();
    for (size_t i = 0; i < count; i++)
        session_restore_log(&copies[i]);
}

bool session_daemonize(const struct options *options)
{
    mode_t mask = umask(0);
    bool is_done = netsnmp_daemonize(1, 0) == 0; /* it may set the mask to 0 */

    (void)umask(mask);
    if (!is_done)
        return false;
    if (!options->has_log)
        snmp_disable_stderrlog(); /* stderr leads nowhere any more */
    return true;
}

void session_log_line(enum log_level level, const char *line)
{
    (void)snmp_log((int)level, "%s\n", line);
}

static void session_write_line(void *data, enum log_level level, const char *line)
{
    (void)data;
    session_log_line(level, line);
}

const struct log_sink session_log = { session_write_line, NULL };
