/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the payload of an AgentX PDU: RFC 2741, section 5. Pure. No function reads behind the end of the PDU. A
 * function that returns a fault returns NULL if all is well, else what is wrong, in words. */
#ifndef GUESTLIST_AGENT_SNMP_AGENTX_READER_H
#define GUESTLIST_AGENT_SNMP_AGENTX_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/mib/mib.h"

/* What is left of a PDU. */
struct agentx_reader {
    const uint8_t *at;
    size_t left;
    bool network_order;
};

/* A name in a range of a search. */
struct agentx_name {
    mib_subid subids[MIB_OID_MAX];
    size_t length;    /* 0: the null name */
    bool is_included; /* a search that begins at this name may also find this name */
};

/* Begins at the payload. `pdu` must have a complete header. */
struct agentx_reader agentx_reader_begin(const uint8_t *pdu, size_t length);

/* False if fewer octets are left: then nothing is skipped. */
bool agentx_reader_skip(struct agentx_reader *reader, size_t octets);

/* Skips a string, which is padded. Sets `*text`, which points into the PDU, and `*length`. Returns a fault. */
const char *agentx_reader_string(struct agentx_reader *reader, const uint8_t **text, size_t *length);

/* Skips a name. Returns a fault. */
const char *agentx_reader_skip_name(struct agentx_reader *reader);

/* Reads a name, of which only the sub-identifiers up to `length` are filled in. Returns a fault. */
const char *agentx_reader_name(struct agentx_reader *reader, struct agentx_name *name);

#endif
