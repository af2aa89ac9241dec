/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/snmp/guard.h"

#include <string.h>

#include "agent/mib/mib.h"
#include "agent/snmp/agentx_pdu.h"
#include "lib/base/array.h"

enum { TRANSACTION_AT = 8, PACKET_AT = 12, LENGTH_AT = 16, ERROR_AT = 24 };

enum { ERROR_NOT_OPEN = 257 }; /* RFC 2741, section 6.2.16 */

enum { PREFIX_SUBIDS = 5 }; /* 1.3.6.1 and the prefix itself */

/* What is left of a PDU. */
struct reader {
    const uint8_t *at;
    size_t left;
    bool network_order;
};

static uint32_t guard_short(const uint8_t *octets, bool network_order)
{
    return network_order ? (uint32_t)octets[0] << 8 | octets[1] : (uint32_t)octets[1] << 8 | octets[0];
}

static bool guard_is_network_order(const uint8_t *pdu)
{
    return (pdu[2] & FLAG_NETWORK_ORDER) != 0;
}

static uint32_t guard_header_number(const uint8_t *pdu, size_t place)
{
    return agentx_pdu_number(pdu + place, guard_is_network_order(pdu));
}

static bool guard_skip(struct reader *reader, size_t octets)
{
    if (reader->left < octets)
        return false;
    reader->at += octets;
    reader->left -= octets;
    return true;
}

static const char *guard_skip_oid(struct reader *reader)
{
    size_t subids;

    if (reader->left < 4)
        return "a name is cut off";
    subids = reader->at[0];
    if (subids + (reader->at[1] ? PREFIX_SUBIDS : 0) > MIB_OID_MAX)
        return "a name has more than 128 numbers";
    return guard_skip(reader, 4 + 4 * subids) ? NULL : "a name is cut off";
}

static const char *guard_skip_octets(struct reader *reader)
{
    size_t length;

    if (reader->left < 4)
        return "a string is cut off";
    length = agentx_pdu_number(reader->at, reader->network_order);
    if (length > GUARD_PDU_MAX || !guard_skip(reader, 4 + (length + 3) / 4 * 4))
        return "a string is cut off";
    return NULL;
}

/* Net-SNMP keeps it as a string that ends with a zero, and later trusts the length that was sent. */
static const char *guard_skip_context(struct reader *reader)
{
    const uint8_t *octets = reader->at + 4;
    size_t length = reader->left < 4 ? 0 : agentx_pdu_number(reader->at, reader->network_order);
    const char *fault = guard_skip_octets(reader);

    if (fault)
        return fault;
    return memchr(octets, 0, length) ? "a context has a zero octet" : NULL;
}

static const char *guard_skip_ip_address(struct reader *reader)
{
    if (reader->left >= 4 && agentx_pdu_number(reader->at, reader->network_order) != 4)
        return "an IP address has not four octets";
    return guard_skip_octets(reader);
}

static const char *guard_skip_four(struct reader *reader)
{
    return guard_skip(reader, 4) ? NULL : "a number is cut off";
}

static const char *guard_skip_eight(struct reader *reader)
{
    return guard_skip(reader, 8) ? NULL : "a number is cut off";
}

static const char *guard_skip_nothing(struct reader *reader)
{
    (void)reader;
    return NULL;
}

/* RFC 2741, section 5.4. */
static const struct value_type {
    uint32_t type;
    const char *(*skip)(struct reader *reader);
} value_types[] = {
    { 2, guard_skip_four },                                 /* Integer */
    { 4, guard_skip_octets },                               /* Octet String */
    { 5, guard_skip_nothing },                              /* Null */
    { 6, guard_skip_oid },                                  /* Object Identifier */
    { 64, guard_skip_ip_address }, { 65, guard_skip_four }, /* Counter32 */
    { 66, guard_skip_four },                                /* Gauge32 */
    { 67, guard_skip_four },                                /* TimeTicks */
    { 68, guard_skip_octets },                              /* Opaque */
    { 70, guard_skip_eight },                               /* Counter64 */
    { 128, guard_skip_nothing },                            /* noSuchObject */
    { 129, guard_skip_nothing },                            /* noSuchInstance */
    { 130, guard_skip_nothing },                            /* endOfMibView */
};

static const char *guard_skip_varbind(struct reader *reader)
{
    const char *fault;
    uint32_t type;

    if (reader->left < 4)
        return "a varbind is cut off";
    type = guard_short(reader->at, reader->network_order);
    (void)guard_skip(reader, 4);
    fault = guard_skip_oid(reader);
    for (size_t i = 0; i < ARRAY_COUNT(value_types) && !fault; i++)
        if (value_types[i].type == type)
            return value_types[i].skip(reader);
    return fault ? fault : "a varbind has no type of AgentX";
}

static const char *guard_skip_range(struct reader *reader)
{
    const char *fault = guard_skip_oid(reader);

    return fault ? fault : guard_skip_oid(reader);
}

static const char *guard_read_all(struct reader *reader, const char *(*skip)(struct reader *reader))
{
    const char *fault = NULL;

    while (reader->left > 0 && !fault)
        fault = skip(reader);
    return fault;
}

/* What a master sends: RFC 2741, section 6.2. */
static const struct pdu_type {
    uint8_t type;
    bool has_context;
    uint8_t fixed;                              /* octets before the list */
    const char *(*skip)(struct reader *reader); /* an element of the list; NULL: there is no list */
    bool wants_element;
} pdu_types[] = {
    { TYPE_CLOSE, false, 4, NULL, false },
    { TYPE_GET, true, 0, guard_skip_range, false },
    { TYPE_GETNEXT, true, 0, guard_skip_range, false },
    { TYPE_GETBULK, true, 4, guard_skip_range, false },
    { TYPE_TESTSET, true, 0, guard_skip_varbind, true },
    { TYPE_COMMITSET, false, 0, NULL, false },
    { TYPE_UNDOSET, false, 0, NULL, false },
    { TYPE_CLEANUPSET, false, 0, NULL, false },
    { TYPE_RESPONSE, false, 8, guard_skip_varbind, false },
};

static const struct pdu_type *guard_type(uint8_t type)
{
    for (size_t i = 0; i < ARRAY_COUNT(pdu_types); i++)
        if (pdu_types[i].type == type)
            return &pdu_types[i];
    return NULL;
}

static const char *guard_check_payload(const struct pdu_type *type, const uint8_t *pdu, size_t length)
{
    struct reader reader = { pdu + GUARD_HEADER_OCTETS, length - GUARD_HEADER_OCTETS,
                             guard_is_network_order(pdu) };
    const char *fault = NULL;

    if (pdu[2] & FLAG_CONTEXT) /* Net-SNMP would read one in any PDU */
        fault = type->has_context ? guard_skip_context(&reader) : "a PDU has a context that may have none";
    if (fault)
        return fault;
    if (!guard_skip(&reader, type->fixed))
        return "a PDU is cut off";
    if (type->wants_element && reader.left == 0)
        return "a SET has no object";
    if (!type->skip)
        return reader.left == 0 ? NULL : "a PDU is too long";
    return guard_read_all(&reader, type->skip);
}

static struct guard_set *guard_find_set(struct guard *guard, uint32_t transaction)
{
    for (size_t i = 0; i < guard->set_count; i++)
        if (guard->sets[i].transaction == transaction)
            return &guard->sets[i];
    return NULL;
}

static void guard_forget_set(struct guard *guard, struct guard_set *set)
{
    *set = guard->sets[--guard->set_count];
}

static void guard_await_step(struct guard *guard, uint32_t packet)
{
    guard->is_stepping = true;
    guard->stepping = packet;
}

static const char *guard_begin_set(struct guard *guard, uint32_t transaction, uint32_t packet)
{
    if (guard->set_count == GUARD_SETS_MAX)
        return "too many SETs are unfinished";
    guard->sets[guard->set_count++] = (struct guard_set){ transaction, packet, GUARD_TESTING };
    guard_await_step(guard, packet);
    return NULL;
}

/* A master may give up waiting for the answer to a TestSet or CommitSet, but may not go on without it. */
static const char *guard_step_set(struct guard *guard, const uint8_t *pdu)
{
    uint32_t transaction = guard_header_number(pdu, TRANSACTION_AT), packet = guard_header_number(pdu, PACKET_AT);
    struct guard_set *set = guard_find_set(guard, transaction);
    uint8_t type = pdu[1];

    if (type == TYPE_TESTSET && !set)
        return guard_begin_set(guard, transaction, packet);
    if (!set || type == TYPE_TESTSET || (type == TYPE_COMMITSET && set->step != GUARD_TESTED) ||
        (type == TYPE_UNDOSET && set->step != GUARD_COMMITTING))
        return "a step of a SET is out of order";
    if (type == TYPE_COMMITSET)
        *set = (struct guard_set){ transaction, packet, GUARD_COMMITTING };
    else
        guard_forget_set(guard, set);
    guard_await_step(guard, packet);
    return NULL;
}

size_t guard_pdu_length(const uint8_t *octets, size_t length, const char **fault)
{
    uint32_t payload;

    if (length > 0 && octets[0] != 1)
        *fault = "it does not speak AgentX";
    if (length < GUARD_HEADER_OCTETS || *fault)
        return 0;
    payload = guard_header_number(octets, LENGTH_AT);
    if (payload > GUARD_PDU_MAX - GUARD_HEADER_OCTETS) {
        *fault = "a PDU is longer than 65,536 octets";
        return 0;
    }
    return GUARD_HEADER_OCTETS + payload;
}

const char *guard_receive(struct guard *guard, const uint8_t *pdu, size_t length)
{
    const struct pdu_type *type = guard_type(pdu[1]);
    const char *fault =
        type ? guard_check_payload(type, pdu, length) : "a PDU has a type that a master does not send";
    bool is_our_number = guard->is_asking && guard->asked == guard_header_number(pdu, PACKET_AT);

    if (fault)
        return fault;
    if (type->type == TYPE_RESPONSE) {
        guard->is_asking = guard->is_asking && !is_our_number;
        return NULL;
    }
    if (is_our_number)
        return "a request has the number of a request of ours";
    if (type->type >= TYPE_TESTSET && type->type <= TYPE_CLEANUPSET)
        return guard_step_set(guard, pdu);
    return NULL;
}

static void guard_answer_set(struct guard *guard, const uint8_t *pdu)
{
    struct guard_set *set = guard_find_set(guard, guard_header_number(pdu, TRANSACTION_AT));

    guard->is_stepping = guard->is_stepping && guard->stepping != guard_header_number(pdu, PACKET_AT);
    if (set && set->step == GUARD_TESTING && set->packet == guard_header_number(pdu, PACKET_AT))
        set->step = guard_short(pdu + ERROR_AT, guard_is_network_order(pdu)) == 0 ? GUARD_TESTED : GUARD_REFUSED;
}

/* The library compares the numbers of requests only while it waits for an answer, which it never does for a
 * Notify. */
void guard_send(struct guard *guard, const uint8_t *pdu, size_t length)
{
    if (length < GUARD_HEADER_OCTETS || pdu[1] == TYPE_NOTIFY)
        return;
    if (pdu[1] != TYPE_RESPONSE) {
        guard->is_asking = true;
        guard->asked = guard_header_number(pdu, PACKET_AT);
    } else if (length >= ERROR_AT + 2) {
        guard_answer_set(guard, pdu);
    }
}

static void guard_put_number(uint8_t *octets, uint32_t number)
{
    for (int i = 0; i < 4; i++)
        octets[i] = (uint8_t)(number >> (24 - 8 * i));
}

static void guard_put_header(uint8_t *octets, uint8_t type, uint32_t transaction, uint32_t packet)
{
    memset(octets, 0, GUARD_HEADER_OCTETS);
    octets[0] = 1;
    octets[1] = type;
    octets[2] = FLAG_NETWORK_ORDER;
    guard_put_number(octets + TRANSACTION_AT, transaction);
    guard_put_number(octets + PACKET_AT, packet);
}

/* What was committed is undone, since a cleanup would carry it out. */
size_t guard_end_set(struct guard *guard, uint8_t *octets)
{
    const struct guard_set *set = &guard->sets[0];

    if (guard->set_count == 0)
        return 0;
    guard_put_header(octets, set->step == GUARD_COMMITTING ? TYPE_UNDOSET : TYPE_CLEANUPSET, set->transaction,
                     set->packet);
    guard_await_step(guard, set->packet);
    guard_forget_set(guard, &guard->sets[0]);
    return GUARD_HEADER_OCTETS;
}

size_t guard_end_request(struct guard *guard, uint8_t *octets)
{
    if (!guard->is_asking)
        return 0;
    guard->is_asking = false;
    memset(octets, 0, GUARD_RESPONSE_OCTETS);
    guard_put_header(octets, TYPE_RESPONSE, 0, guard->asked);
    octets[LENGTH_AT + 3] = GUARD_RESPONSE_OCTETS - GUARD_HEADER_OCTETS;
    octets[ERROR_AT] = ERROR_NOT_OPEN >> 8;
    octets[ERROR_AT + 1] = ERROR_NOT_OPEN & 0xff;
    return GUARD_RESPONSE_OCTETS;
}
