/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answers the Get and GetNext PDUs of a master (RFC 2741, sections 7.2.3.1 and 7.2.3.2) without Net-SNMP's
 * library. The library would pass each request on to itself through two pipes, and would wait for its descriptors
 * three times. Almost all requests are of these two kinds. The library handles all others. Pure: it reads and
 * writes octets. Main thread only. */
#ifndef GUESTLIST_AGENT_SNMP_RESPONDER_H
#define GUESTLIST_AGENT_SNMP_RESPONDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/mib/mib.h"
#include "agent/mib/rows.h"
#include "agent/mib/walks.h"

struct instance;

struct responder_module {
    const struct mib *mib;
    size_t number; /* for walks_gaps() */
};

/* A hypervisor, and what is registered for it. The function is instance_answer(). */
struct responder_source {
    struct instance *instance;
    const char *context; /* SNMP context, NULL for the default one */
    struct walks *walks;
    int64_t (*answer)(struct instance *instance, bool with_status, struct answer *answer);
    struct responder_module modules[WALKS_MIBS_MAX];
    size_t module_count;
    const struct mib *with_status; /* the module whose answers need a status */
};

struct responder;

/* NULL if out of memory. */
struct responder *responder_new(void);
void responder_free(struct responder *responder); /* NULL does nothing */

/* Adds a hypervisor. What `source` points to must outlive the responder. False if out of memory. */
bool responder_add(struct responder *responder, const struct responder_source *source);

/* Answers one complete PDU that guard_receive() has accepted. Writes the response into `response`, and returns its
 * length. 0: the library must handle this PDU, because it is of another kind, is for a context that was not added,
 * or its response does not fit. */
size_t responder_answer(struct responder *responder, const uint8_t *pdu, size_t length, uint8_t *response,
                        size_t size);

#endif
