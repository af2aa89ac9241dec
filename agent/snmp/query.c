/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/snmp/query.h"

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/agent/net-snmp-agent-includes.h>
#include <string.h>

enum { QUERY_TIMEOUT_US = 1500000, QUERY_RETRIES = 1 };

static netsnmp_session *query_open(const char *peer, const char *community)
{
    netsnmp_session wanted;

    snmp_sess_init(&wanted);
    wanted.version = SNMP_VERSION_2c;
    wanted.peername = (char *)(uintptr_t)peer; /* snmp_open() copies both */
    wanted.community = (unsigned char *)(uintptr_t)community;
    wanted.community_len = strlen(community);
    wanted.timeout = QUERY_TIMEOUT_US;
    wanted.retries = QUERY_RETRIES;
    return snmp_open(&wanted);
}

static enum query_answer query_read(const netsnmp_pdu *response, const oid *name, size_t length)
{
    const netsnmp_variable_list *varbind = response->variables;

    if (response->errstat != SNMP_ERR_NOERROR || !varbind || varbind->name_length <= length ||
        memcmp(varbind->name, name, length * sizeof(*name)) != 0)
        return QUERY_EMPTY;
    switch (varbind->type) {
    case SNMP_ENDOFMIBVIEW:
    case SNMP_NOSUCHOBJECT:
    case SNMP_NOSUCHINSTANCE:
        return QUERY_EMPTY;
    default:
        return QUERY_FOUND;
    }
}

enum query_answer query_below(const char *peer, const char *community, const uint32_t *subtree, size_t length)
{
    netsnmp_session *session = query_open(peer, community);
    netsnmp_pdu *request = session ? snmp_pdu_create(SNMP_MSG_GETNEXT) : NULL, *response = NULL;
    enum query_answer answer = QUERY_NO_ANSWER;
    oid name[MAX_OID_LEN];

    for (size_t i = 0; i < length && i < MAX_OID_LEN; i++)
        name[i] = subtree[i];
    if (request && snmp_add_null_var(request, name, length) &&
        snmp_synch_response(session, request, &response) == STAT_SUCCESS && response)
        answer = query_read(response, name, length);
    snmp_free_pdu(response);
    if (session)
        (void)snmp_close(session);
    return answer;
}

void query_prepare_names(void)
{
    netsnmp_log_handler *no_log;

    /* Without this, net-snmp logs each module that it does not find, to stderr if there is no other log. */
    snmp_disable_log();
    no_log = netsnmp_register_loghandler(NETSNMP_LOGHANDLER_NONE, LOG_DEBUG);
    register_mib_handlers();
    read_premib_configs();
    netsnmp_init_mib();
    if (no_log)
        (void)netsnmp_remove_loghandler(no_log);
    for (netsnmp_log_handler *handler = get_logh_head(); handler; handler = handler->next)
        netsnmp_enable_this_loghandler(handler);
}

bool query_knows_name(const char *name)
{
    oid found[MAX_OID_LEN];
    size_t length = MAX_OID_LEN;

    return get_node(name, found, &length) != 0;
}
