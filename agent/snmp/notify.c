/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/snmp/notify.h"

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/agent/net-snmp-agent-includes.h>
#include <net-snmp/agent/agent_callbacks.h>
#include <stdlib.h>
#include <string.h>

#include "agent/snmp/varbind.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

enum {
    AGENTX_NOTIFY = 12, /* RFC 2741, section 6.1: agentx-Notify-PDU */
    UNDER_WAY_MAX = 32, /* a socket's buffer holds many times as many */
    /* The library would send it once more, and it would be told twice. Pings find a dead master long before. */
    ANSWER_SECONDS = 2000,
};

struct notify {
    netsnmp_session *session; /* NULL while there is no master */
    unsigned under_way;
    void (*ready)(void *data);
    void *data;
    const struct log_sink *log;
};

static int on_session_start(int major, int minor, void *session, void *data)
{
    struct notify *notify = data;

    (void)major;
    (void)minor;
    notify->session = session;
    notify->under_way = 0;
    return 0;
}

static int on_session_stop(int major, int minor, void *session, void *data)
{
    struct notify *notify = data;

    (void)major;
    (void)minor;
    (void)session;
    if (notify->under_way > 0)
        log_say(notify->log, LOG_LEVEL_WARNING,
                "the AgentX master is gone before it acknowledged %u notifications; they may be lost",
                notify->under_way);
    notify->session = NULL;
    notify->under_way = 0;
    return 0;
}

static const struct {
    int minor;
    SNMPCallback *callback;
} watched[] = {
    { SNMPD_CALLBACK_INDEX_START, on_session_start },
    { SNMPD_CALLBACK_INDEX_STOP, on_session_stop },
};

struct notify *notify_new(void (*ready)(void *data), void *data, const struct log_sink *log)
{
    struct notify *notify = calloc(1, sizeof(*notify));

    if (!notify)
        return NULL;
    notify->ready = ready;
    notify->data = data;
    notify->log = log;
    for (size_t i = 0; i < COUNT(watched); i++)
        if (snmp_register_callback(SNMP_CALLBACK_APPLICATION, watched[i].minor, watched[i].callback, notify)) {
            notify_stop(notify);
            notify_free(notify);
            return NULL;
        }
    return notify;
}

void notify_stop(struct notify *notify)
{
    for (size_t i = 0; i < COUNT(watched); i++)
        (void)snmp_unregister_callback(SNMP_CALLBACK_APPLICATION, watched[i].minor, watched[i].callback, notify,
                                       1);
    notify->session = NULL;
}

void notify_free(struct notify *notify)
{
    free(notify);
}

bool notify_is_ready(void *data)
{
    const struct notify *notify = data;

    return notify->session && notify->under_way < UNDER_WAY_MAX;
}

/* The library calls this once for the end of each, whatever that is: an answer, the end of its session, which was
 * told before, or that it could not be sent, which it says itself. */
static int on_end(int operation, netsnmp_session *session, int reqid, netsnmp_pdu *pdu, void *data)
{
    struct notify *notify = data;

    (void)reqid;
    (void)pdu;
    if (session != notify->session || notify->under_way == 0 || operation == NETSNMP_CALLBACK_OP_RESEND)
        return 1;
    notify->under_way--;
    if (operation == NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE && notify->under_way % (UNDER_WAY_MAX / 2) == 0)
        notify->ready(notify->data);
    return 1;
}

static netsnmp_pdu *make_pdu(const struct notification *notification, const char *context)
{
    static const oid trap_oid[] = { SNMP_OID_SNMPMODULES, 1, 1, 4, 1, 0 }; /* snmpTrapOID.0 */
    const struct mib_value which = { .type = MIB_OID,
                                     .bytes = notification->oid,
                                     .length = notification->length * sizeof(*notification->oid) };
    netsnmp_pdu *pdu = snmp_pdu_create(AGENTX_NOTIFY);
    bool complete = pdu && varbind_add(&pdu->variables, trap_oid, COUNT(trap_oid), &which);

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
static bool send_pdu(struct notify *notify, netsnmp_pdu *pdu)
{
    pdu->version = notify->session->version;
    pdu->sessid = notify->session->sessid;
    pdu->reqid = snmp_get_next_reqid();
    pdu->msgid = snmp_get_next_msgid();
    pdu->flags |= UCD_MSG_FLAG_PDU_TIMEOUT;
    pdu->time = ANSWER_SECONDS;
    notify->under_way++;
    return snmp_async_send(notify->session, pdu, on_end, notify) != 0;
}

void notify_send(void *data, const struct notification *notification, const char *context)
{
    struct notify *notify = data;
    netsnmp_pdu *pdu = notify->session ? make_pdu(notification, context) : NULL;

    if (pdu && send_pdu(notify, pdu))
        return;
    snmp_free_pdu(pdu);
    log_say(notify->log, LOG_LEVEL_WARNING, "a notification could not be sent to the AgentX master");
}
