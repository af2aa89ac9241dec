/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/snmp/session.h"

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/agent/net-snmp-agent-includes.h>
#include <net-snmp/agent/agent_callbacks.h>
#include <net-snmp/agent/sysORTable.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "agent/mib/guestlist_mib.h"
#include "agent/snmp/agentx.h"
#include "agent/snmp/query.h"
#include "agent/snmp/registration.h"
#include "lib/base/cleanup.h"

/* How often to look for a master that is not there: half a minute of "No Such Object" after snmpd's restart
 * would be net-snmp's 15 s taken twice. */
enum { RETRY_SECONDS = 5, MASTER_PATIENCE_MS = 1000 };

int session_take_log_option(char *words, int argc, char *const *argv)
{
    return snmp_log_options(words, argc, argv);
}

/* The command line beats the file. */
static int session_set_address(int major, int minor, void *server, void *address)
{
    (void)major;
    (void)minor;
    (void)server;
    (void)netsnmp_ds_set_string(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_X_SOCKET, address);
    return 0;
}

/* MIB modules are for managers, and for --check, which says whether they find names; reading them here would only
 * cost a second and complaints about the missing ones. Nothing that net-snmp could write down for us is worth
 * keeping either. */
void session_prepare(const struct options *options)
{
    if (options->task == TASK_CHECK)
        query_prepare_names();
    else
        (void)setenv("MIBS", "", 1);
    (void)netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_PERSIST_STATE, 1);
    (void)netsnmp_ds_set_boolean(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_NO_ROOT_ACCESS, 1);
    /* The library would repeat it at every attempt; session_connect() says it once. */
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
    /* The library reads the configuration once more and connects then, so this comes between the two. */
    if (options->agentx) /* it frees its argument at the end */
        (void)netsnmp_register_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_POST_READ_CONFIG, session_set_address,
                                        strdup(options->agentx), NETSNMP_CALLBACK_HIGHEST_PRIORITY);
}

/* True if the file is open. Its name is made one that holds in every directory. */
static bool session_settle_log_file(netsnmp_log_handler *handler)
{
    char *path = options_absolute(handler->token);

    if (path) {
        free((void *)(uintptr_t)handler->token); /* net-snmp's copy */
        handler->token = path;
    }
    return handler->magic != NULL;
}

/* What snmp_enable_stderrlog() and snmp_enable_syslog_ident() make gets nothing but emergencies since
 * Net-SNMP 5.9.5. */
static void session_log_by(const char *option)
{
    char words[] = { option[0], option[1], '\0' };

    (void)snmp_log_options(words, 0, NULL);
}

/* net-snmp says nothing of a file that it cannot open, and logs nowhere then. */
static bool session_settle_log_files(void)
{
    for (netsnmp_log_handler *handler = get_logh_head(); handler; handler = handler->next) {
        AUTO_FCLOSE FILE *again = NULL;

        if (handler->type != NETSNMP_LOGHANDLER_FILE || session_settle_log_file(handler))
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
        return session_settle_log_files();
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
        snmp_log(LOG_ERR, "cannot open %s anew, the old file goes on: %s\n", handler->token, strerror(errno));
        return;
    }
    (void)setvbuf(fresh, NULL, _IOLBF, BUFSIZ);
    handler->magic = fresh;
    if (old)
        (void)fclose(old);
}

/* net-snmp's own function forgets a file that cannot be opened just now, and all but the first. */
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

/* What sysORTable says of the agent: statements of GUESTLIST-CAPABILITIES, by their number. */
static const struct capability {
    mib_subid number;
    const char *text;
    size_t setting; /* a bool in struct answer_settings */
    bool wanted;    /* how it must be for the statement to hold */
} capabilities[] = {
    { 1, "VM-MIB (RFC 7666) of libvirt's domains, read-only", offsetof(struct answer_settings, writable_switches),
      false },
    { 2, "VM-MIB (RFC 7666) of libvirt's domains, its two switches writable",
      offsetof(struct answer_settings, writable_switches), true },
    { 3, "LIBVIRT-MIB, read-only", offsetof(struct answer_settings, allow_control), false },
    { 4, "LIBVIRT-MIB, starting and stopping domains", offsetof(struct answer_settings, allow_control), true },
};

static void session_advertise_one(const struct capability *capability, bool holds)
{
    oid name[MAX_OID_LEN]; /* copied */

    memcpy(name, guestlist_root, guestlist_root_length * sizeof(*name));
    name[guestlist_root_length] = 3;
    name[guestlist_root_length + 1] = capability->number;
    UNREGISTER_SYSOR_TABLE(name, guestlist_root_length + 2);
    if (holds)
        REGISTER_SYSOR_TABLE(name, guestlist_root_length + 2, capability->text);
}

void session_advertise(const struct answer_settings *settings)
{
    static const struct capability always = {
        .number = 5, .text = "GUESTLIST-MIB: the listing of libvirt's domains, and what VM-MIB cannot say of them"
    };

    for (size_t i = 0; i < sizeof(capabilities) / sizeof(*capabilities); i++) {
        bool is_set;

        memcpy(&is_set, (const char *)settings + capabilities[i].setting, sizeof(is_set));
        session_advertise_one(&capabilities[i], is_set == capabilities[i].wanted);
    }
    session_advertise_one(&always, true);
}

const char *session_address(const char *given)
{
    const char *configured = netsnmp_ds_get_string(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_X_SOCKET);

    if (given)
        return given;
    return configured ? configured : NETSNMP_AGENTX_SOCKET;
}

/* The library does not say why it has no session, so the address is tried once more. */
static void session_log_no_master(void)
{
    const char *address = session_address(NULL);
    int fd = agentx_connect(address, MASTER_PATIENCE_MS), why = errno;

    snmp_log(LOG_WARNING, "no AgentX master answers at %s: %s; trying again every %d s\n", address,
             fd < 0 ? strerror(why) : "it takes the connection, but no session",
             netsnmp_ds_get_int(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_AGENTX_PING_INTERVAL));
    if (fd >= 0)
        (void)close(fd);
}

void session_connect(const struct answer_settings *settings)
{
    bool is_open = false;

    if (!registration_watch())
        snmp_log(LOG_WARNING, "out of memory: a registration that the master refuses is not tried again\n");
    (void)snmp_register_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_INDEX_START, session_on_start,
                                 &is_open);
    init_snmp(SESSION_NAME);
    (void)snmp_unregister_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_INDEX_START, session_on_start,
                                   &is_open, 1);
    session_advertise(settings);
    if (!is_open)
        session_log_no_master();
}

void session_close(void)
{
    snmp_shutdown(SESSION_NAME);
    shutdown_agent();
}

bool session_daemonize(const struct options *options)
{
    if (netsnmp_daemonize(1, 0) != 0)
        return false;
    if (!options->has_log)
        snmp_disable_stderrlog(); /* nobody sees it any more */
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
