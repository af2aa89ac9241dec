/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The header of an AgentX PDU: RFC 2741, section 6.1. */
#ifndef GUESTLIST_AGENT_SNMP_AGENTX_PDU_H
#define GUESTLIST_AGENT_SNMP_AGENTX_PDU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/mib/mib.h"

enum {
    TYPE_OPEN = 1,
    TYPE_CLOSE = 2,
    TYPE_REGISTER = 3,
    TYPE_GET = 5,
    TYPE_GETNEXT = 6,
    TYPE_GETBULK = 7,
    TYPE_TESTSET = 8,
    TYPE_COMMITSET = 9,
    TYPE_UNDOSET = 10,
    TYPE_CLEANUPSET = 11,
    TYPE_NOTIFY = 12,
    TYPE_RESPONSE = 18,
};

enum { FLAG_CONTEXT = 0x08, FLAG_NETWORK_ORDER = 0x10 };

enum { AGENTX_VERSION = 1, AGENTX_HEADER_OCTETS = 20 };

/* A name that begins with 1.3.6.1 and a number from 1 to 255 is sent with this number as its prefix, instead of
 * these five: RFC 2741, section 5.1. */
enum { AGENTX_PREFIX_SUBIDS = 5, AGENTX_PREFIX_MAX = 255 };
static const mib_subid agentx_pdu_internet[] = { 1, 3, 6, 1 };

/* Where the header has its numbers. Its first octets are the version, the type and the flags. */
enum { AGENTX_SESSION_AT = 4, AGENTX_TRANSACTION_AT = 8, AGENTX_PACKET_AT = 12, AGENTX_LENGTH_AT = 16 };

/* The type of a value: RFC 2741, section 5.4. */
enum {
    VALUE_INTEGER = 2,
    VALUE_STRING = 4,
    VALUE_NULL = 5,
    VALUE_NAME = 6,
    VALUE_IP_ADDRESS = 64,
    VALUE_COUNTER32 = 65,
    VALUE_GAUGE32 = 66,
    VALUE_TIMETICKS = 67,
    VALUE_OPAQUE = 68,
    VALUE_COUNTER64 = 70,
    VALUE_NO_OBJECT = 128,
    VALUE_NO_INSTANCE = 129,
    VALUE_END_OF_VIEW = 130,
};

static inline bool agentx_pdu_is_network_order(const uint8_t *pdu)
{
    return (pdu[2] & FLAG_NETWORK_ORDER) != 0;
}

/* A number of four octets. */
static inline uint32_t agentx_pdu_number(const uint8_t *octets, bool network_order)
{
    if (network_order)
        return (uint32_t)octets[0] << 24 | (uint32_t)octets[1] << 16 | (uint32_t)octets[2] << 8 | octets[3];
    return (uint32_t)octets[3] << 24 | (uint32_t)octets[2] << 16 | (uint32_t)octets[1] << 8 | octets[0];
}

/* A number of two octets. */
static inline uint32_t agentx_pdu_short(const uint8_t *octets, bool network_order)
{
    return network_order ? (uint32_t)octets[0] << 8 | octets[1] : (uint32_t)octets[1] << 8 | octets[0];
}

/* A number in the header. */
static inline uint32_t agentx_pdu_header_number(const uint8_t *pdu, size_t place)
{
    return agentx_pdu_number(pdu + place, agentx_pdu_is_network_order(pdu));
}

#endif
