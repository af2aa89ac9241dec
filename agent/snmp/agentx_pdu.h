/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The header of an AgentX PDU: RFC 2741, section 6.1. */
#ifndef GUESTLIST_AGENT_SNMP_AGENTX_PDU_H
#define GUESTLIST_AGENT_SNMP_AGENTX_PDU_H

#include <stdbool.h>
#include <stdint.h>

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

/* A number of four octets. */
static inline uint32_t agentx_pdu_number(const uint8_t *octets, bool network_order)
{
    if (network_order)
        return (uint32_t)octets[0] << 24 | (uint32_t)octets[1] << 16 | (uint32_t)octets[2] << 8 | octets[3];
    return (uint32_t)octets[3] << 24 | (uint32_t)octets[2] << 16 | (uint32_t)octets[1] << 8 | octets[0];
}

#endif
