/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/snmp/guard.h"

#include <string.h>

#include "agent/snmp/agentx_pdu.h"
#include "agent/snmp/agentx_reader.h"
#include "agent/snmp/agentx_writer.h"
#include "lib/base/array.h"

enum { ERROR_AT = 24 };

enum { ERROR_NOT_OPEN = 257 }; /* RFC 2741, section 6.2.16 */

static const char *guard_skip_string(struct agentx_reader *reader)
{
    const uint8_t *text;
    size_t length;

    return agentx_reader_string(reader, &text, &length);
}

/* Net-SNMP keeps it as a string that ends with a zero, and later trusts the length that was sent. */
static const char *guard_skip_context(struct agentx_reader *reader)
{
    const uint8_t *text;
    size_t length;
    const char *fault = agentx_reader_string(reader, &text, &length);

    if (fault)
        return fault;
    return memchr(text, 0, length) ? "a context has a zero octet" : NULL;
}

static const char *guard_skip_ip_address(struct agentx_reader *reader)
{
    const uint8_t *text;
    size_t length;
    const char *fault = agentx_reader_string(reader, &text, &length);

    if (fault)
        return fault;
    return length == 4 ? NULL : "an IP address does not have four octets";
}

/* RFC 2741, section 5.4. */
static const struct value_type {
    uint32_t type;
    size_t octets; /* of a number */
    const char *(*skip)(struct agentx_reader *reader);
} value_types[] = {
    { VALUE_INTEGER, 4, NULL },     { VALUE_STRING, 0, guard_skip_string },
    { VALUE_NULL, 0, NULL },        { VALUE_NAME, 0, agentx_reader_skip_name },
    { VALUE_COUNTER32, 4, NULL },   { VALUE_IP_ADDRESS, 0, guard_skip_ip_address },
    { VALUE_GAUGE32, 4, NULL },     { VALUE_TIMETICKS, 4, NULL },
    { VALUE_COUNTER64, 8, NULL },   { VALUE_OPAQUE, 0, guard_skip_string },
    { VALUE_NO_OBJECT, 0, NULL },   { VALUE_NO_INSTANCE, 0, NULL },
    { VALUE_END_OF_VIEW, 0, NULL },
};

static const char *guard_skip_value(struct agentx_reader *reader, const struct value_type *type)
{
    if (type->skip)
        return type->skip(reader);
    return agentx_reader_skip(reader, type->octets) ? NULL : "a number is cut off";
}

static const char *guard_skip_varbind(struct agentx_reader *reader)
{
    const char *fault;
    uint32_t type;

    if (reader->left < 4)
        return "a varbind is cut off";
    type = agentx_pdu_short(reader->at, reader->network_order);
    (void)agentx_reader_skip(reader, 4);
    fault = agentx_reader_skip_name(reader);
    for (size_t i = 0; i < ARRAY_COUNT(value_types) && !fault; i++)
        if (value_types[i].type == type)
            return guard_skip_value(reader, &value_types[i]);
    return fault ? fault : "a varbind has a type that AgentX does not know";
}

static const char *guard_skip_range(struct agentx_reader *reader)
{
    const char *fault = agentx_reader_skip_name(reader);

    return fault ? fault : agentx_reader_skip_name(reader);
}

static const char *guard_read_all(struct agentx_reader *reader, const char *(*skip)(struct agentx_reader *reader))
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
    uint8_t fixed;                                     /* octets before the list */
    const char *(*skip)(struct agentx_reader *reader); /* an element of the list; NULL: there is no list */
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
    struct agentx_reader reader = agentx_reader_begin(pdu, length);
    const char *fault = NULL;

    if (pdu[2] & FLAG_CONTEXT) /* Net-SNMP would read one in any PDU */
        fault = type->has_context ? guard_skip_context(&reader) : "a PDU has a context that it must not have";
    if (fault)
        return fault;
    if (!agentx_reader_skip(&reader, type->fixed))
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
    uint32_t transaction = agentx_pdu_header_number(pdu, AGENTX_TRANSACTION_AT),
             packet = agentx_pdu_header_number(pdu, AGENTX_PACKET_AT);
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

    if (length > 0 && octets[0] != AGENTX_VERSION)
        *fault = "it does not speak AgentX";
    if (length < AGENTX_HEADER_OCTETS || *fault)
        return 0;
    payload = agentx_pdu_header_number(octets, AGENTX_LENGTH_AT);
    if (payload > GUARD_PDU_MAX - AGENTX_HEADER_OCTETS) {
        *fault = "a PDU is longer than 65,536 octets";
        return 0;
    }
    return AGENTX_HEADER_OCTETS + payload;
}

const char *guard_receive(struct guard *guard, const uint8_t *pdu, size_t length)
{
    const struct pdu_type *type = guard_type(pdu[1]);
    const char *fault =
        type ? guard_check_payload(type, pdu, length) : "a PDU has a type that a master does not send";
    bool is_our_number = guard->is_asking && guard->asked == agentx_pdu_header_number(pdu, AGENTX_PACKET_AT);

    if (fault)
        return fault;
    if (type->type == TYPE_RESPONSE) {
        guard->is_asking = guard->is_asking && !is_our_number;
        return NULL;
    }
    if (is_our_number)
        return "a request has the same number as a request of the agent";
    if (type->type >= TYPE_TESTSET && type->type <= TYPE_CLEANUPSET)
        return guard_step_set(guard, pdu);
    return NULL;
}

static void guard_answer_set(struct guard *guard, const uint8_t *pdu)
{
    struct guard_set *set = guard_find_set(guard, agentx_pdu_header_number(pdu, AGENTX_TRANSACTION_AT));

    guard->is_stepping = guard->is_stepping && guard->stepping != agentx_pdu_header_number(pdu, AGENTX_PACKET_AT);
    if (set && set->step == GUARD_TESTING && set->packet == agentx_pdu_header_number(pdu, AGENTX_PACKET_AT))
        set->step =
            agentx_pdu_short(pdu + ERROR_AT, agentx_pdu_is_network_order(pdu)) == 0 ? GUARD_TESTED : GUARD_REFUSED;
}

/* The library compares the numbers of requests only while it waits for an answer, which it never does for a
 * Notify. */
void guard_send(struct guard *guard, const uint8_t *pdu, size_t length)
{
    if (length < AGENTX_HEADER_OCTETS || pdu[1] == TYPE_NOTIFY)
        return;
    if (pdu[1] != TYPE_RESPONSE) {
        guard->is_asking = true;
        guard->asked = agentx_pdu_header_number(pdu, AGENTX_PACKET_AT);
    } else if (length >= ERROR_AT + 2) {
        guard_answer_set(guard, pdu);
    }
}

/* What was committed is undone, since a cleanup would carry it out. */
size_t guard_end_set(struct guard *guard, uint8_t *octets)
{
    const struct guard_set *set = &guard->sets[0];
    struct agentx_writer writer;

    if (guard->set_count == 0)
        return 0;
    writer = agentx_writer_begin(octets, AGENTX_HEADER_OCTETS,
                                 set->step == GUARD_COMMITTING ? TYPE_UNDOSET : TYPE_CLEANUPSET, 0,
                                 &(struct agentx_numbers){ 0, set->transaction, set->packet });
    guard_await_step(guard, set->packet);
    guard_forget_set(guard, &guard->sets[0]);
    return agentx_writer_end(&writer);
}

size_t guard_end_request(struct guard *guard, uint8_t *octets)
{
    struct agentx_writer writer;

    if (!guard->is_asking)
        return 0;
    guard->is_asking = false;
    writer = agentx_writer_begin(octets, GUARD_RESPONSE_OCTETS, TYPE_RESPONSE, 0,
                                 &(struct agentx_numbers){ .packet = guard->asked });
    agentx_writer_number(&writer, 0); /* sysUpTime */
    agentx_writer_octets(&writer, ERROR_NOT_OPEN >> 8, ERROR_NOT_OPEN & 0xff, 0, 0);
    return agentx_writer_end(&writer);
}
