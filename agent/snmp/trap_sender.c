/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/snmp/trap_sender.h"

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/agent/net-snmp-agent-includes.h>
#include <net-snmp/agent/agent_callbacks.h>
#include <stdlib.h>
#include <string.h>

#include "agent/snmp/varbind.h"

#include "lib/base/array.h"

enum {
    AGENTX_NOTIFY = 12, /* RFC 2741, section 6.1: agentx-Notify-PDU */
    UNDER_WAY_MAX = 32, /* a socket's buffer holds many times as many */
    /* The library would send it once more, and it would be told twice. Pings find a dead master long before. */
    ANSWER_SECONDS = 2000,
};

struct trap_sender {
    netsnmp_session *session; /* NULL while there is no master */
    unsigned under_way;
    void (*ready)(void *data);
    void *data;
    const struct log_sink *log;
};

static int trap_sender_on_session_start(int major, int minor, void *session, void *data)
{
    struct trap_sender *sender = data;

    (void)major;
    (void)minor;
    sender->session = session;
    sender->under_way = 0;
    return 0;
}

static int trap_sender_on_session_stop(int major, int minor, void *session, void *data)
{
    struct trap_sender *sender = data;

    (void)major;
    (void)minor;
    (void)session;
    if (sender->under_way > 0)
        log_say(sender->log, LOG_LEVEL_WARNING,
                "the AgentX master is gone before it acknowledged %u notifications; they may be lost",
                sender->under_way);
    sender->session = NULL;
    sender->under_way = 0;
    return 0;
}

static const struct {
    int minor;
    SNMPCallback *callback;
} watched[] = {
    { SNMPD_CALLBACK_INDEX_START, trap_sender_on_session_start },
    { SNMPD_CALLBACK_INDEX_STOP, trap_sender_on_session_stop },
};

struct trap_sender *trap_sender_new(void (*ready)(void *data), void *data, const struct log_sink *log)
{
    struct trap_sender *sender = calloc(1, sizeof(*sender));

    if (!sender)
        return NULL;
    sender->ready = ready;
    sender->data = data;
    sender->log = log;
    for (size_t i = 0; i < ARRAY_COUNT(watched); i++)
        if (snmp_register_callback(SNMP_CALLBACK_APPLICATION, watched[i].minor, watched[i].callback, sender)) {
            trap_sender_stop(sender);
            trap_sender_free(sender);
            return NULL;
        }
    return sender;
}

void trap_sender_stop(struct trap_sender *sender)
{
    for (size_t i = 0; i < ARRAY_COUNT(watched); i++)
        (void)snmp_unregister_callback(SNMP_CALLBACK_APPLICATION, watched[i].minor, watched[i].callback, sender,
                                       1);
    sender->session = NULL;
}

void trap_sender_free(struct trap_sender *sender)
{
    free(sender);
}

bool trap_sender_is_ready(void *data)
{
    const struct trap_sender *sender = data;

    return sender->session && sender->under_way < UNDER_WAY_MAX;
}

/* The library calls this once for the end of each, whatever that is: an answer, the end of its session, which was
 * told before, or that it could not be sent, which it says itself. */
static int trap_sender_on_end(int operation, netsnmp_session *session, int reqid, netsnmp_pdu *pdu, void *data)
{
    struct trap_sender *sender = data;

    (void)reqid;
    (void)pdu;
    if (session != sender->session || sender->under_way == 0 || operation == NETSNMP_CALLBACK_OP_RESEND)
        return 1;
    sender->under_way--;
    if (operation == NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE && sender->under_way % (UNDER_WAY_MAX / 2) == 0)
        sender->ready(sender->data);
    return 1;
}

static netsnmp_pdu *trap_sender_make_pdu(const struct notification *notification, const char *context)
{
    static const oid trap_oid[] = { SNMP_OID_SNMPMODULES, 1, 1, 4, 1, 0 }; /* snmpTrapOID.0 */
    const struct mib_value which = { .type = MIB_OID,
                                     .bytes = notification->oid,
                                     .length = notification->length * sizeof(*notification->oid) };
    netsnmp_pdu *pdu = snmp_pdu_create(AGENTX_NOTIFY);
    bool complete = pdu && varbind_add(&pdu->variables, trap_oid, ARRAY_COUNT(trap_oid), &which);

    for (size_t i = 0; complete && i < notification->count; i++) {
        const struct varbind *object = &notification->objects[i];

        complete = varbind_add(&pdu->variables, object->name, object->length, &object->value);
    }
    if (complete && context) {
        pdu->contextName = strdup(context);
        pdu->contextNameLen = strlen(context);
        complete = pdu->contextName != NULL;
    }
    if (complete)
        return pdu;
    snmp_free_pdu(pdu);
    return NULL;
}

/* As the library's own notifications go, but that it tells us of their end. */
static bool trap_sender_send_pdu(struct trap_sender *sender, netsnmp_pdu *pdu)
{
    pdu->version = sender->session->version;
    pdu->sessid = sender->session->sessid;
    pdu->reqid = snmp_get_next_reqid();
    pdu->msgid = snmp_get_next_msgid();
    pdu->flags |= UCD_MSG_FLAG_PDU_TIMEOUT;
    pdu->time = ANSWER_SECONDS;
    sender->under_way++;
    return snmp_async_send(sender->session, pdu, trap_sender_on_end, sender) != 0;
}

void trap_sender_send(void *data, const struct notification *notification, const char *context)
{
    struct trap_sender *sender = data;
    netsnmp_pdu *pdu = sender->session ? trap_sender_make_pdu(notification, context) : NULL;

    if (pdu && trap_sender_send_pdu(sender, pdu))
        return;
    snmp_free_pdu(pdu);
    log_say(sender->log, LOG_LEVEL_WARNING, "a notification could not be sent to the AgentX master");
}
