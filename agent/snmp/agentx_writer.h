/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes an AgentX PDU in network byte order: RFC 2741, sections 5 and 6.1. Pure. If the PDU does not fit into its
 * buffer, nothing more is written, and agentx_writer_end() says so. */
#ifndef GUESTLIST_AGENT_SNMP_AGENTX_WRITER_H
#define GUESTLIST_AGENT_SNMP_AGENTX_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/mib/mib.h"

struct agentx_writer {
    uint8_t *octets; /* the caller's */
    size_t size, length;
    bool is_full;
};

/* The numbers in the header of a PDU. */
struct agentx_numbers {
    uint32_t session, transaction, packet;
};

/* Writes the header. `octets` must have room for it. */
struct agentx_writer agentx_writer_begin(uint8_t *octets, size_t size, uint8_t type, uint8_t flags,
                                         const struct agentx_numbers *numbers);

/* Four octets. */
void agentx_writer_octets(struct agentx_writer *writer, uint8_t a, uint8_t b, uint8_t c, uint8_t d);

void agentx_writer_number(struct agentx_writer *writer, uint32_t number);
void agentx_writer_number64(struct agentx_writer *writer, uint64_t number);

/* An Octet String, padded with zeros. */
void agentx_writer_string(struct agentx_writer *writer, const void *text, size_t length);

/* An Object Identifier. `length` is at most MIB_OID_MAX. */
void agentx_writer_name(struct agentx_writer *writer, const mib_subid *name, size_t length);

/* Enters the length into the header. Returns the length of the PDU, or 0 if it did not fit. */
size_t agentx_writer_end(struct agentx_writer *writer);

#endif
