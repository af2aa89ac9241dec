/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/snmp/trap_sender.h"

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/agent/net-snmp-agent-includes.h>
#include <net-snmp/agent/agent_callbacks.h>
#include <stdlib.h>
#include <string.h>

#include "agent/snmp/agentx_pdu.h"
#include "agent/snmp/trap_varbinds.h"
#include "lib/base/array.h"

enum {
    UNACKNOWLEDGED_MAX = 32, /* the buffer of a socket has room for many more */
    /* After this time, net-snmp would send the notification again, and the master would send it twice. So the time
     * is very long. Pings detect a dead master. */
    ANSWER_SECONDS = 2000,
};

struct trap_sender {
    netsnmp_session *session; /* NULL while there is no master */
    unsigned unacknowledged;
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
    sender->unacknowledged = 0;
    return 0;
}

static int trap_sender_on_session_stop(int major, int minor, void *session, void *data)
{
    struct trap_sender *sender = data;

    (void)major;
    (void)minor;
    (void)session;
    if (sender->unacknowledged > 0)
        log_say(sender->log, LOG_LEVEL_WARNING,
                "the AgentX master is gone before it acknowledged %u notifications; they may be lost",
                sender->unacknowledged);
    sender->session = NULL;
    sender->unacknowledged = 0;
    return 0;
}

static const struct {
    int minor;
    SNMPCallback *callback;
} callbacks[] = {
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
    for (size_t i = 0; i < ARRAY_COUNT(callbacks); i++)
        if (snmp_register_callback(SNMP_CALLBACK_APPLICATION, callbacks[i].minor, callbacks[i].callback, sender)) {
            trap_sender_stop(sender);
            trap_sender_free(sender);
            return NULL;
        }
    return sender;
}

void trap_sender_stop(struct trap_sender *sender)
{
    for (size_t i = 0; i < ARRAY_COUNT(callbacks); i++)
        (void)snmp_unregister_callback(SNMP_CALLBACK_APPLICATION, callbacks[i].minor, callbacks[i].callback,
                                       sender, 1);
    sender->session = NULL;
}

void trap_sender_free(struct trap_sender *sender)
{
    free(sender);
}

bool trap_sender_is_ready(void *data)
{
    const struct trap_sender *sender = data;

    return sender->session && sender->unacknowledged < UNACKNOWLEDGED_MAX;
}

/* net-snmp calls this once for each notification: when it is acknowledged, when it could not be sent (which
 * net-snmp logs), or when its session ends, after trap_sender_on_session_stop(). */
static int trap_sender_on_end(int operation, netsnmp_session *session, int reqid, netsnmp_pdu *pdu, void *data)
{
    struct trap_sender *sender = data;

    (void)reqid;
    (void)pdu;
    if (session != sender->session || sender->unacknowledged == 0 || operation == NETSNMP_CALLBACK_OP_RESEND)
        return 1;
    sender->unacknowledged--;
    if (operation == NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE &&
        sender->unacknowledged % (UNACKNOWLEDGED_MAX / 2) == 0)
        sender->ready(sender->data);
    return 1;
}

static netsnmp_pdu *trap_sender_make_pdu(const struct notification *notification, const char *context)
{
    netsnmp_pdu *pdu = snmp_pdu_create(TYPE_NOTIFY);
    bool complete = pdu && trap_varbinds_add(&pdu->variables, notification);

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

/* Sends it as net-snmp sends its own notifications, but with a callback. */
static bool trap_sender_send_pdu(struct trap_sender *sender, netsnmp_pdu *pdu)
{
    pdu->version = sender->session->version;
    pdu->sessid = sender->session->sessid;
    pdu->reqid = snmp_get_next_reqid();
    pdu->msgid = snmp_get_next_msgid();
    pdu->flags |= UCD_MSG_FLAG_PDU_TIMEOUT;
    pdu->time = ANSWER_SECONDS;
    sender->unacknowledged++;
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
