/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/snmp/agentx.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "agent/snmp/agentx_pdu.h"
#include "agent/snmp/agentx_writer.h"
#include "lib/base/clock.h"

enum {
    RESPONSE_BYTES = 8,
    PDU_MAX = 1024,
    PAYLOAD_MAX = 65536,
    SKIPPED_MAX = 64,
    TIMEOUT_S = 1,
    PRIORITY = 127,
    REASON_SHUTDOWN = 5
};

/* A PDU under construction. */
struct agentx_pdu {
    uint8_t octets[PDU_MAX];
    struct agentx_writer writer;
};

static bool agentx_parse_tcp(const char *text, struct agentx_address *address)
{
    const char *colon = strrchr(text, ':');
    size_t length = colon ? (size_t)(colon - text) : 0;

    if (*text && strspn(text, "0123456789") == strlen(text) && strlen(text) < sizeof(address->service)) {
        (void)snprintf(address->host, sizeof(address->host), "localhost");
        (void)snprintf(address->service, sizeof(address->service), "%s", text);
        return true;
    }
    if (length >= 2 && text[0] == '[' && text[length - 1] == ']') {
        text++;
        length -= 2;
    }
    if (length == 0 || length >= sizeof(address->host) || !colon[1] || strlen(colon) > sizeof(address->service))
        return false;
    (void)snprintf(address->host, sizeof(address->host), "%.*s", (int)length, text);
    (void)snprintf(address->service, sizeof(address->service), "%s", colon + 1);
    return true;
}

bool agentx_parse(const char *text, struct agentx_address *address)
{
    memset(address, 0, sizeof(*address));
    if (strncmp(text, "tcp:", 4) == 0 || strncmp(text, "tcp6:", 5) == 0)
        return agentx_parse_tcp(strchr(text, ':') + 1, address);
    address->is_unix = strncmp(text, "unix:", 5) == 0 || strchr(text, '/');
    if (!address->is_unix)
        return strchr(text, ':') && agentx_parse_tcp(text, address);
    text += strncmp(text, "unix:", 5) == 0 ? 5 : 0;
    (void)snprintf(address->path, sizeof(address->path), "%s", text);
    return *text && strlen(text) < sizeof(((struct sockaddr_un *)NULL)->sun_path);
}

/* Limits the next step to the time that is left for all steps. False, with errno, if none is left. */
static bool agentx_limit(const struct agentx_link *link)
{
    int64_t left_ms = link->until_boot_ms - clock_boot_ms();
    struct timeval limit = { .tv_sec = left_ms / 1000, .tv_usec = left_ms % 1000 * 1000 };

    if (left_ms <= 0) {
        errno = ETIMEDOUT;
        return false;
    }
    return setsockopt(link->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) == 0 &&
           setsockopt(link->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) == 0;
}

/* On Linux, the time limit for sending also applies to connect(). */
static bool agentx_connect_to(struct agentx_link *link, int family, const struct sockaddr *address,
                              socklen_t length)
{
    int why;

    link->fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (link->fd < 0)
        return false;
    if (agentx_limit(link) && connect(link->fd, address, length) == 0)
        return true;
    why = errno == EINPROGRESS || errno == EAGAIN ? ETIMEDOUT : errno;
    (void)close(link->fd);
    link->fd = -1;
    errno = why;
    return false;
}

static bool agentx_connect_tcp(struct agentx_link *link, const struct agentx_address *address)
{
    const struct addrinfo wanted = { .ai_socktype = SOCK_STREAM };
    struct addrinfo *found;
    bool is_open = false;
    int why = ENOENT;

    if (getaddrinfo(address->host, address->service, &wanted, &found) != 0) {
        errno = EADDRNOTAVAIL;
        return false;
    }
    for (const struct addrinfo *one = found; one && !is_open; one = one->ai_next) {
        is_open = agentx_connect_to(link, one->ai_family, one->ai_addr, one->ai_addrlen);
        why = errno;
    }
    freeaddrinfo(found);
    errno = why;
    return is_open;
}

bool agentx_connect(struct agentx_link *link, const char *text, int64_t patience_ms)
{
    struct sockaddr_un name = { .sun_family = AF_UNIX };
    struct agentx_address address;

    *link = (struct agentx_link){ -1, clock_boot_ms() + patience_ms };
    if (!agentx_parse(text, &address)) {
        errno = EINVAL;
        return false;
    }
    if (!address.is_unix)
        return agentx_connect_tcp(link, &address);
    memcpy(name.sun_path, address.path, strlen(address.path) + 1); /* agentx_parse() checked the length */
    return agentx_connect_to(link, AF_UNIX, (const struct sockaddr *)&name, sizeof(name));
}

void agentx_disconnect(struct agentx_link *link)
{
    if (link->fd >= 0)
        (void)close(link->fd);
    link->fd = -1;
}

static void agentx_begin(struct agentx_pdu *pdu, uint8_t type, uint8_t flags, uint32_t session)
{
    pdu->writer = agentx_writer_begin(pdu->octets, sizeof(pdu->octets), type, flags,
                                      &(struct agentx_numbers){ .session = session, .packet = type });
}

static bool agentx_send(const struct agentx_link *link, struct agentx_pdu *pdu)
{
    size_t length = agentx_writer_end(&pdu->writer);

    return length > 0 && agentx_limit(link) &&
           send(link->fd, pdu->octets, length, MSG_NOSIGNAL) == (ssize_t)length;
}

static bool agentx_receive(const struct agentx_link *link, unsigned char *bytes, size_t length)
{
    return agentx_limit(link) && recv(link->fd, bytes, length, MSG_WAITALL) == (ssize_t)length;
}

/* Reads one PDU: its header, and the beginning of its payload. Skips the rest of the payload. */
static bool agentx_receive_pdu(const struct agentx_link *link, unsigned char header[AGENTX_HEADER_OCTETS],
                               unsigned char payload[RESPONSE_BYTES])
{
    unsigned char rest[256];
    uint32_t left;

    if (!agentx_receive(link, header, AGENTX_HEADER_OCTETS))
        return false;
    left = agentx_pdu_header_number(header, AGENTX_LENGTH_AT);
    memset(payload, 0, RESPONSE_BYTES);
    if (left > PAYLOAD_MAX || !agentx_receive(link, payload, left < RESPONSE_BYTES ? left : RESPONSE_BYTES))
        return false;
    left -= left < RESPONSE_BYTES ? left : RESPONSE_BYTES;
    while (left > 0) {
        uint32_t next = left < sizeof(rest) ? left : (uint32_t)sizeof(rest);

        if (!agentx_receive(link, rest, next))
            return false;
        left -= next;
    }
    return true;
}

/* Sends the PDU and returns the error of the response. Skips requests that the master sends in between. */
static int agentx_request(const struct agentx_link *link, struct agentx_pdu *pdu, uint32_t *session)
{
    unsigned char header[AGENTX_HEADER_OCTETS], payload[RESPONSE_BYTES];
    unsigned skipped = 0;

    if (!agentx_send(link, pdu))
        return AGENTX_NO_ANSWER;
    do
        if (skipped++ == SKIPPED_MAX || !agentx_receive_pdu(link, header, payload))
            return AGENTX_NO_ANSWER;
    while (header[1] != TYPE_RESPONSE);
    if (session)
        *session = agentx_pdu_header_number(header, AGENTX_SESSION_AT);
    return (int)agentx_pdu_short(payload + 4, agentx_pdu_is_network_order(header)); /* behind sysUpTime */
}

int agentx_open(const struct agentx_link *link, uint32_t *session)
{
    static const char name[] = "guestlistd --check";
    struct agentx_pdu pdu;

    agentx_begin(&pdu, TYPE_OPEN, 0, 0);
    agentx_writer_octets(&pdu.writer, TIMEOUT_S, 0, 0, 0);
    agentx_writer_name(&pdu.writer, NULL, 0);
    agentx_writer_string(&pdu.writer, name, strlen(name));
    return agentx_request(link, &pdu, session);
}

int agentx_register(const struct agentx_link *link, uint32_t session, const char *context,
                    const mib_subid *subtree, size_t length)
{
    struct agentx_pdu pdu;

    if (strlen(context) > 255 || length > MIB_OID_MAX) {
        errno = EINVAL;
        return AGENTX_NO_ANSWER;
    }
    agentx_begin(&pdu, TYPE_REGISTER, *context ? FLAG_CONTEXT : 0, session);
    if (*context)
        agentx_writer_string(&pdu.writer, context, strlen(context));
    agentx_writer_octets(&pdu.writer, TIMEOUT_S, PRIORITY, 0, 0);
    agentx_writer_name(&pdu.writer, subtree, length);
    return agentx_request(link, &pdu, NULL);
}

void agentx_close(const struct agentx_link *link, uint32_t session)
{
    struct agentx_pdu pdu;

    agentx_begin(&pdu, TYPE_CLOSE, 0, session);
    agentx_writer_octets(&pdu.writer, REASON_SHUTDOWN, 0, 0, 0);
    (void)agentx_request(link, &pdu, NULL);
}
