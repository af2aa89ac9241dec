/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/snmp/wire.h"

#include <errno.h>
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/agent/net-snmp-agent-includes.h>
#include <net-snmp/agent/agent_callbacks.h>
#include <net-snmp/library/large_fd_set.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "agent/snmp/agentx_pdu.h"
#include "agent/snmp/guard.h"
#include "agent/snmp/session.h"
#include "lib/base/clock.h"
#include "lib/base/log_throttle.h"

/* Less than the time that a service manager waits for an end. */
enum { SEND_SECONDS = 3, WAITS_MAX = 1000, ALIGNMENT = 16 };

/* What all sessions share. Net-SNMP frees it with its callbacks at the end. */
struct wire_watch {
    struct log_throttle throttle;
    struct responder *responder;
    netsnmp_session *session; /* the open one; NULL: none */
};

/* One session. Net-SNMP gives its transport functions no argument of ours, so this is behind the transport's own
 * data, and is freed with it. */
struct wire {
    int (*send)(netsnmp_transport *transport, const void *octets, int size, void **opaque, int *opaque_length);
    struct wire_watch *watch;
    struct guard guard;
    bool is_closing;
    unsigned waits;                /* rounds since the last step of a SET */
    size_t length;                 /* of what has been read of the next PDUs */
    uint8_t octets[GUARD_PDU_MAX]; /* the next PDU is at its beginning */
};

static size_t wire_place(const netsnmp_transport *transport)
{
    return ((size_t)transport->data_length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static struct wire *wire_of(const netsnmp_transport *transport)
{
    return (struct wire *)(void *)((uint8_t *)transport->data + wire_place(transport));
}

/* Makes the library believe that the master has closed the connection. */
static void wire_close(struct wire *wire, const netsnmp_transport *transport, const char *fault)
{
    wire->is_closing = true;
    (void)shutdown(transport->sock, SHUT_RDWR);
    log_throttle_say(&wire->watch->throttle, &session_log, clock_boot_ms(),
                     "the connection to the AgentX master is closed: %s", fault);
}

/* The library keeps each SET until it ends, even after the end of the session. And if a session ends while the
 * library waits for an answer, it uses callbacks that it has freed. So before the session ends, the library gets
 * PDUs that end each SET, and an answer to its request. */
static int wire_end(struct wire *wire, uint8_t *octets)
{
    size_t length = guard_end_set(&wire->guard, octets);

    wire->is_closing = true;
    if (length == 0)
        length = guard_end_request(&wire->guard, octets);
    return length > 0 ? (int)length : -1;
}

/* What arrived is no complete PDU yet, but not the end of the connection either. */
static int wire_wait(netsnmp_transport *transport)
{
    transport->flags |= NETSNMP_TRANSPORT_FLAG_EMPTY_PKT;
    return 0;
}

/* The length of the next PDU, or of its header as long as this is incomplete. */
static size_t wire_wanted(const struct wire *wire, const char **fault)
{
    size_t length = guard_pdu_length(wire->octets, wire->length, fault);

    return length > 0 ? length : AGENTX_HEADER_OCTETS;
}

/* Reads all octets that have arrived, to save a system call for each PDU. But while the library waits for an
 * answer, it waits for the socket, so the octets of the answer must stay there. False if there are no more octets
 * now (errno is EAGAIN) or ever (another errno). */
static bool wire_read(struct wire *wire, int fd, size_t wanted)
{
    size_t most = wire->guard.is_asking ? wanted : sizeof(wire->octets);
    ssize_t count;

    errno = 0;
    count = recv(fd, wire->octets + wire->length, most - wire->length, MSG_DONTWAIT);
    if (count <= 0)
        return false;
    wire->length += (size_t)count;
    return true;
}

static void wire_drop(struct wire *wire, size_t length)
{
    wire->length -= length;
    memmove(wire->octets, wire->octets + length, wire->length);
}

static int wire_pass(struct wire *wire, uint8_t *octets, size_t length)
{
    memcpy(octets, wire->octets, length);
    wire_drop(wire, length);
    return (int)length;
}

/* If the library gets a step of a SET before it has answered the step before, it frees a SET that it still needs.
 * So the next step waits for that answer, which comes in one of the next rounds. The limit applies if the answer
 * does not come. */
static bool wire_must_wait(struct wire *wire)
{
    if (wire->guard.is_stepping && wire->waits++ < WAITS_MAX)
        return true;
    wire->guard.is_stepping = false;
    wire->waits = 0;
    return false;
}

/* Reads until the next PDU is complete. Returns its length, or 0: then there is a fault, or nothing more to read
 * now (errno is EAGAIN) or ever. */
static size_t wire_read_pdu(struct wire *wire, int fd, const char **fault)
{
    size_t wanted = wire_wanted(wire, fault);

    while (!*fault && wire->length < wanted) {
        if (!wire_read(wire, fd, wanted))
            return 0;
        wanted = wire_wanted(wire, fault);
    }
    return *fault ? 0 : wanted;
}

/* False if the master does not read what the agent sends. The time limit of the socket applies to each call of the
 * loop. */
static bool wire_put(struct wire *wire, netsnmp_transport *transport, const uint8_t *octets, size_t size)
{
    void *opaque = NULL;
    int opaque_length = 0;
    size_t sent = 0;

    while (sent < size) {
        int count = wire->send(transport, octets + sent, (int)(size - sent), &opaque, &opaque_length);

        if (count <= 0) {
            wire_close(wire, transport, "it does not read what the agent sends");
            return false;
        }
        sent += (size_t)count;
    }
    return true;
}

/* Answers the next PDU, and writes the response into `room`. False if the library must handle the PDU: if -D asks
 * for a trace of the protocol, because the library prints it, and if the PDU is not for the open session. */
static bool wire_answer(struct wire *wire, netsnmp_transport *transport, size_t length, uint8_t *room)
{
    const struct wire_watch *watch = wire->watch;
    size_t response;

    if (!watch->session || snmp_get_do_debugging() ||
        agentx_pdu_header_number(wire->octets, AGENTX_SESSION_AT) != (uint32_t)watch->session->sessid)
        return false;
    response = responder_answer(watch->responder, wire->octets, length, room, GUARD_PDU_MAX);
    if (response == 0)
        return false;
    wire_drop(wire, length);
    (void)wire_put(wire, transport, room, response);
    return true;
}

static bool wire_holds_pdu(const struct wire *wire)
{
    const char *fault = NULL;

    return !wire->is_closing && wire->length >= wire_wanted(wire, &fault);
}

/* Answers the PDUs that the responder knows, and uses the library's buffer for the responses. Passes on one PDU at
 * a time to the library: if it got more, it would queue them, and would search its queue for each of them. */
static int wire_receive(netsnmp_transport *transport, void *octets, int size, void **opaque, int *opaque_length)
{
    struct wire *wire = wire_of(transport);

    *opaque = NULL;
    *opaque_length = 0;
    if (wire_must_wait(wire))
        return wire_wait(transport);
    if (size < GUARD_PDU_MAX || wire->is_closing)
        return wire_end(wire, octets);
    do {
        const char *fault = NULL;
        size_t length = wire_read_pdu(wire, transport->sock, &fault);

        if (length == 0 && !fault)
            return errno == EAGAIN || errno == EINTR ? wire_wait(transport) : wire_end(wire, octets);
        if (!fault)
            fault = guard_receive(&wire->guard, wire->octets, length);
        if (fault) {
            wire_close(wire, transport, fault);
            return wire_end(wire, octets);
        }
        if (!wire_answer(wire, transport, length, octets))
            return wire_pass(wire, octets, length);
    } while (wire_holds_pdu(wire));
    return wire_wait(transport);
}

static int wire_send(netsnmp_transport *transport, const void *octets, int size, void **opaque, int *opaque_length)
{
    struct wire *wire = wire_of(transport);

    (void)opaque;
    (void)opaque_length;
    guard_send(&wire->guard, octets, (size_t)size);
    if (wire->is_closing || !wire_put(wire, transport, octets, (size_t)size))
        return -1;
    return size;
}

static bool wire_extend(netsnmp_transport *transport, struct wire_watch *watch)
{
    size_t place = wire_place(transport);
    uint8_t *data = calloc(1, place + sizeof(struct wire));

    if (!data)
        return false;
    if (transport->data)
        memcpy(data, transport->data, (size_t)transport->data_length);
    free(transport->data);
    transport->data = data;
    *wire_of(transport) = (struct wire){ .send = transport->f_send, .watch = watch };
    transport->f_recv = wire_receive;
    transport->f_send = wire_send;
    return true;
}

static int wire_on_start(int major, int minor, void *session, void *data)
{
    const struct timeval limit = { .tv_sec = SEND_SECONDS };
    netsnmp_transport *transport = snmp_sess_transport(snmp_sess_pointer(session));
    struct wire_watch *watch = data;

    (void)major;
    (void)minor;
    watch->session = session;
    if (transport && wire_extend(transport, watch) &&
        setsockopt(transport->sock, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) == 0)
        return 0;
    snmp_log(LOG_WARNING, "what the AgentX master sends cannot be checked: %s\n", strerror(errno));
    return 0;
}

static int wire_on_stop(int major, int minor, void *session, void *data)
{
    struct wire_watch *watch = data;

    (void)major;
    (void)minor;
    if (watch->session == session)
        watch->session = NULL;
    return 0;
}

/* The transport of the session, if its PDUs are checked here, otherwise NULL. */
static netsnmp_transport *wire_transport(netsnmp_session *session)
{
    netsnmp_transport *transport = session ? snmp_sess_transport(snmp_sess_pointer(session)) : NULL;

    return transport && transport->f_recv == wire_receive ? transport : NULL;
}

bool wire_is_closing(netsnmp_session *session)
{
    const netsnmp_transport *transport = wire_transport(session);

    return transport && wire_of(transport)->is_closing;
}

void wire_give_up(netsnmp_session *session, const char *fault)
{
    netsnmp_transport *transport = wire_transport(session);

    if (transport && !wire_of(transport)->is_closing)
        wire_close(wire_of(transport), transport, fault);
}

bool wire_has_rest(const struct wire_watch *watch)
{
    const netsnmp_transport *transport = watch ? wire_transport(watch->session) : NULL;

    return transport && wire_holds_pdu(wire_of(transport));
}

void wire_read_rest(struct wire_watch *watch)
{
    const netsnmp_transport *transport = watch ? wire_transport(watch->session) : NULL;
    netsnmp_large_fd_set fds;

    if (!transport || !wire_holds_pdu(wire_of(transport)))
        return;
    netsnmp_large_fd_set_init(&fds, FD_SETSIZE);
    netsnmp_large_fd_setfd(transport->sock, &fds);
    (void)snmp_sess_read2(snmp_sess_pointer(watch->session), &fds);
    netsnmp_large_fd_set_cleanup(&fds);
}

struct wire_watch *wire_watch(struct responder *responder)
{
    struct wire_watch *watch = calloc(1, sizeof(*watch));

    if (!watch)
        return NULL;
    watch->responder = responder;
    if (netsnmp_register_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_INDEX_START, wire_on_start, watch,
                                  NETSNMP_CALLBACK_HIGHEST_PRIORITY) == SNMPERR_SUCCESS &&
        netsnmp_register_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_INDEX_STOP, wire_on_stop, watch,
                                  NETSNMP_CALLBACK_HIGHEST_PRIORITY) == SNMPERR_SUCCESS)
        return watch;
    return NULL;
}
