/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/session.h"

#include <assert.h>
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/agent/net-snmp-agent-includes.h>
#include <net-snmp/agent/agent_callbacks.h>
#include <net-snmp/agent/sysORTable.h>
#include <string.h>

#include "agent/guestlist_mib.h"
#include "agent/vm_mib.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* How often to look for a master that is not there: half a minute of "No Such Object" after snmpd's restart
 * would be net-snmp's 15 s taken twice. */
enum { RETRY_SECONDS = 5 };

static_assert(sizeof(mib_subid) == sizeof(oid), "mib_subid is net-snmp's oid");
static_assert((int)MIB_OID_MAX == (int)MAX_OID_LEN, "as long as SNMP's");

static const u_char wire_types[] = {
    [MIB_INTEGER] = ASN_INTEGER,     [MIB_OCTETS] = ASN_OCTET_STR,  [MIB_OID] = ASN_OBJECT_ID,
    [MIB_GAUGE32] = ASN_GAUGE,       [MIB_COUNTER32] = ASN_COUNTER, [MIB_COUNTER64] = ASN_COUNTER64,
    [MIB_TIMETICKS] = ASN_TIMETICKS,
};

/* One registered subtree of one hypervisor. */
struct region {
    const struct mib *mib;
    struct served *served;
};

static int put_value(netsnmp_variable_list *varbind, const struct mib_value *value)
{
    u_char type = wire_types[value->type];

    switch (value->type) {
    case MIB_INTEGER: {
        long number = value->integer;

        return snmp_set_var_typed_value(varbind, type, &number, sizeof(number));
    }
    case MIB_GAUGE32:
    case MIB_COUNTER32:
    case MIB_TIMETICKS: {
        u_long number = value->unsigned32;

        return snmp_set_var_typed_value(varbind, type, &number, sizeof(number));
    }
    case MIB_COUNTER64: {
        struct counter64 number = { .high = value->counter64 >> 32, .low = value->counter64 & 0xffffffff };

        return snmp_set_var_typed_value(varbind, type, &number, sizeof(number));
    }
    case MIB_OCTETS:
    case MIB_OID:
        break;
    }
    return snmp_set_var_typed_value(varbind, type, value->bytes, value->length);
}

static void get(const struct region *region, const struct answer *answer, netsnmp_agent_request_info *info,
                netsnmp_request_info *request)
{
    netsnmp_variable_list *varbind = request->requestvb;
    struct mib_value value;

    switch (mib_get(region->mib, answer, varbind->name, varbind->name_length, &value)) {
    case MIB_FOUND:
        if (put_value(varbind, &value) != 0)
            netsnmp_set_request_error(info, request, SNMP_ERR_RESOURCEUNAVAILABLE);
        break;
    case MIB_NO_INSTANCE:
        netsnmp_set_request_error(info, request, SNMP_NOSUCHINSTANCE);
        break;
    case MIB_NO_OBJECT:
        netsnmp_set_request_error(info, request, SNMP_NOSUCHOBJECT);
        break;
    }
}

/* At the end of the subtree the varbind stays as it is, and the library goes on to the next one. */
static void get_next(const struct region *region, const struct answer *answer, netsnmp_agent_request_info *info,
                     netsnmp_request_info *request)
{
    netsnmp_variable_list *varbind = request->requestvb;
    struct mib_value value;
    oid name[MAX_OID_LEN];
    size_t length;

    if (!mib_next(region->mib, answer, varbind->name, varbind->name_length, name, &length, &value))
        return;
    if (snmp_set_var_objid(varbind, name, length) != 0 || put_value(varbind, &value) != 0)
        netsnmp_set_request_error(info, request, SNMP_ERR_RESOURCEUNAVAILABLE);
}

static int handle(netsnmp_mib_handler *handler, netsnmp_handler_registration *registration,
                  netsnmp_agent_request_info *info, netsnmp_request_info *requests)
{
    const struct region *region = handler->myvoid;
    struct answer answer;

    (void)registration;
    if (info->mode != MODE_GET && info->mode != MODE_GETNEXT)
        return SNMP_ERR_NOERROR;
    /* One moment and one view for all of a request. */
    served_answer(region->served, info->mode == MODE_GETNEXT, region->mib == &guestlist_mib, &answer);
    for (netsnmp_request_info *request = requests; request; request = request->next) {
        if (request->processed)
            continue;
        if (info->mode == MODE_GET)
            get(region, &answer, info, request);
        else
            get_next(region, &answer, info, request);
    }
    return SNMP_ERR_NOERROR;
}

static bool register_region(struct served *served, const struct mib *mib, const char *name, const oid *root,
                            size_t length)
{
    struct region *region = calloc(1, sizeof(*region));
    netsnmp_handler_registration *registration =
        netsnmp_create_handler_registration(name, handle, root, length, HANDLER_CAN_RONLY);

    if (!region || !registration) {
        free(region);
        netsnmp_handler_registration_free(registration);
        return false;
    }
    *region = (struct region){ mib, served };
    registration->handler->myvoid = region;
    registration->handler->data_free = free;
    if (served_context(served))
        registration->contextName = strdup(served_context(served));
    if (served_context(served) && !registration->contextName) {
        netsnmp_handler_registration_free(registration);
        return false;
    }
    return netsnmp_register_handler(registration) == MIB_REGISTERED_OK;
}

bool session_serve(struct served *served)
{
    static const oid vm_root[] = { VM_MIB_OID };

    return register_region(served, &vm_mib, "vmMIB", vm_root, COUNT(vm_root)) &&
           register_region(served, &guestlist_mib, "guestlistMIB", guestlist_root, guestlist_root_length);
}

int session_take_log_option(char *words, int argc, char *const *argv)
{
    return snmp_log_options(words, argc, argv);
}

/* The command line beats the file. */
static int set_address(int major, int minor, void *server, void *address)
{
    (void)major;
    (void)minor;
    (void)server;
    (void)netsnmp_ds_set_string(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_X_SOCKET, address);
    return 0;
}

/* MIB modules are for managers; reading them here would only cost a second and complaints about the missing
 * ones. Nothing that net-snmp could write down for us is worth keeping either. */
void session_prepare(const struct options *options)
{
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
        (void)netsnmp_register_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_POST_READ_CONFIG, set_address,
                                        strdup(options->agentx), NETSNMP_CALLBACK_HIGHEST_PRIORITY);
}

void session_open_log(const struct options *options)
{
    if (options->has_log)
        return;
    if (options->foreground || options->task != TASK_SERVE)
        snmp_enable_stderrlog();
    else
        snmp_enable_syslog_ident(SESSION_NAME, LOG_DAEMON);
}

static int on_session(int major, int minor, void *session, void *data)
{
    (void)major;
    (void)minor;
    (void)session;
    *(bool *)data = true;
    return 0;
}

static void advertise(void)
{
    oid vm_root[] = { VM_MIB_OID }; /* copied */

    REGISTER_SYSOR_ENTRY(vm_root, "VM-MIB (RFC 7666) for libvirt's domains: hypervisor scalars and vmTable, "
                                  "read-only, by guestlistd");
}

void session_connect(void)
{
    bool is_open = false;
    const char *address;

    (void)snmp_register_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_INDEX_START, on_session, &is_open);
    init_snmp(SESSION_NAME);
    (void)snmp_unregister_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_INDEX_START, on_session, &is_open, 1);
    advertise();
    address = netsnmp_ds_get_string(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_X_SOCKET);
    if (!is_open)
        snmp_log(LOG_WARNING, "no AgentX master answers at %s; trying again every %d s\n",
                 address ? address : "net-snmp's default address",
                 netsnmp_ds_get_int(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_AGENTX_PING_INTERVAL));
}

void session_close(void)
{
    snmp_shutdown(SESSION_NAME);
    shutdown_agent();
}

bool session_daemonize(void)
{
    return netsnmp_daemonize(1, 0) == 0;
}

void session_log_line(enum log_level level, const char *line)
{
    (void)snmp_log((int)level, "%s\n", line);
}

static void write_line(void *data, enum log_level level, const char *line)
{
    (void)data;
    session_log_line(level, line);
}

const struct log_sink session_log = { write_line, NULL };
