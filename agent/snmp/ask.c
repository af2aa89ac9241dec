/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/snmp/ask.h"

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/agent/net-snmp-agent-includes.h>
#include <string.h>

enum { ASK_TIMEOUT_US = 1500000, ASK_RETRIES = 1 };

static netsnmp_session *ask_open(const char *peer, const char *community)
{
    netsnmp_session wanted;

    snmp_sess_init(&wanted);
    wanted.version = SNMP_VERSION_2c;
    wanted.peername = (char *)(uintptr_t)peer; /* snmp_open() copies both */
    wanted.community = (unsigned char *)(uintptr_t)community;
    wanted.community_len = strlen(community);
    wanted.timeout = ASK_TIMEOUT_US;
    wanted.retries = ASK_RETRIES;
    return snmp_open(&wanted);
}

static enum ask_answer ask_read(const netsnmp_pdu *response, const oid *name, size_t length)
{
    const netsnmp_variable_list *varbind = response->variables;

    if (response->errstat != SNMP_ERR_NOERROR || !varbind || varbind->name_length <= length ||
        memcmp(varbind->name, name, length * sizeof(*name)) != 0)
        return ASK_NOTHING;
    switch (varbind->type) {
    case SNMP_ENDOFMIBVIEW:
    case SNMP_NOSUCHOBJECT:
    case SNMP_NOSUCHINSTANCE:
        return ASK_NOTHING;
    default:
        return ASK_SOMETHING;
    }
}

enum ask_answer ask_below(const char *peer, const char *community, const uint32_t *subtree, size_t length)
{
    netsnmp_session *session = ask_open(peer, community);
    netsnmp_pdu *request = session ? snmp_pdu_create(SNMP_MSG_GETNEXT) : NULL, *response = NULL;
    enum ask_answer answer = ASK_SILENCE;
    oid name[MAX_OID_LEN];

    for (size_t i = 0; i < length && i < MAX_OID_LEN; i++)
        name[i] = subtree[i];
    if (request && snmp_add_null_var(request, name, length) &&
        snmp_synch_response(session, request, &response) == STAT_SUCCESS && response)
        answer = ask_read(response, name, length);
    snmp_free_pdu(response);
    if (session)
        (void)snmp_close(session);
    return answer;
}

/* The parser complains of much. What matters is the first module that it does not find. */
struct ask_complaint {
    char *why;
    size_t size;
};

static int ask_on_log(int major, int minor, void *server, void *client)
{
    const struct snmp_log_message *message = server;
    const struct ask_complaint *complaint = client;

    (void)major;
    (void)minor;
    if (!*complaint->why && strstr(message->msg, "Cannot find module"))
        (void)snprintf(complaint->why, complaint->size, "%.*s", (int)strcspn(message->msg, ":\n"), message->msg);
    return 0;
}

static bool ask_find(const char *module, const char *name)
{
    char text[256];
    oid found[MAX_OID_LEN];
    size_t length = MAX_OID_LEN;

    netsnmp_init_mib();
    (void)netsnmp_read_module(module);
    (void)snprintf(text, sizeof(text), "%s::%s", module, name);
    return get_node(text, found, &length) != 0;
}

bool ask_name(const char *module, const char *name, char *why, size_t size)
{
    netsnmp_log_handler *handler = netsnmp_register_loghandler(NETSNMP_LOGHANDLER_CALLBACK, LOG_WARNING);
    struct ask_complaint complaint = { why, size };
    bool is_found;

    why[0] = '\0';
    if (!handler ||
        snmp_register_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_LOGGING, ask_on_log, &complaint) != 0)
        return false;
    is_found = ask_find(module, name);
    (void)snmp_unregister_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_LOGGING, ask_on_log, &complaint, 1);
    (void)netsnmp_remove_loghandler(handler);
    return is_found;
}

const char *ask_mib_directories(void)
{
    return netsnmp_get_mib_directory();
}
