/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks what a master sends on an AgentX session (RFC 2741). Net-SNMP's library trusts the master: it crashes, or
 * loses memory, if the steps of a SET come out of order, or if a request has the number of a request of the
 * library. Pure: it reads octets, and remembers which requests are not finished. Not thread-safe. */
#ifndef GUESTLIST_AGENT_SNMP_GUARD_H
#define GUESTLIST_AGENT_SNMP_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/snmp/agentx_pdu.h"

enum {
    GUARD_RESPONSE_OCTETS = 28, /* with no varbinds */
    GUARD_PDU_MAX = 65536,      /* with its header; Net-SNMP's own master sends no longer PDUs */
    GUARD_SETS_MAX = 16,        /* unfinished SETs; Net-SNMP's own master has only one at a time */
};

enum guard_step { GUARD_TESTING, GUARD_TESTED, GUARD_REFUSED, GUARD_COMMITTING };

/* A SET that has not ended. */
struct guard_set {
    uint32_t transaction, packet; /* `packet` is the number of its newest request */
    enum guard_step step;
};

/* What is known about one session. For a new session, all is zero. */
struct guard {
    bool is_asking;
    uint32_t asked;    /* the number of our request, while is_asking */
    bool is_stepping;  /* a step of a SET is not answered yet: the library must get no further one */
    uint32_t stepping; /* the number of that step, while is_stepping */
    size_t set_count;
    struct guard_set sets[GUARD_SETS_MAX];
};

/* How many octets the PDU has that begins at `octets`; 0 if its header is not complete yet. If this is not an
 * AgentX header, or if the PDU is too long, `*fault` is set to what is wrong, in words. */
size_t guard_pdu_length(const uint8_t *octets, size_t length, const char **fault);

/* Checks one complete PDU of the master. NULL if the master may send it now, else what is wrong, in words. */
const char *guard_receive(struct guard *guard, const uint8_t *pdu, size_t length);

/* Notes what the subagent sends: a complete PDU. */
void guard_send(struct guard *guard, const uint8_t *pdu, size_t length);

/* Writes a PDU that ends one of the unfinished SETs, as a master would send it, and forgets this SET. Returns its
 * length, AGENTX_HEADER_OCTETS, or 0 if there is no unfinished SET. */
size_t guard_end_set(struct guard *guard, uint8_t *octets);

/* Writes a response to our request, which says that the session is not open. Returns its length,
 * GUARD_RESPONSE_OCTETS, or 0 if no request of ours waits for a response. */
size_t guard_end_request(struct guard *guard, uint8_t *octets);

#endif
