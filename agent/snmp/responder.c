/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/snmp/responder.h"

#include <stdlib.h>
#include <string.h>

#include "agent/snmp/agentx_pdu.h"
#include "agent/snmp/agentx_reader.h"
#include "agent/snmp/agentx_writer.h"
#include "lib/base/array.h"

struct responder {
    size_t count;
    struct responder_source *sources;
};

/* One PDU and its response. */
struct responder_request {
    const struct responder_source *source;
    bool is_next;                /* else it is a Get */
    struct agentx_reader ranges; /* what is left of them */
    struct answer answer;
    struct agentx_writer writer;
};

/* A SearchRange: RFC 2741, section 5.2. */
struct responder_range {
    struct agentx_name start, end; /* the null name as the end: there is no limit */
};

struct responder *responder_new(void)
{
    return calloc(1, sizeof(struct responder));
}

void responder_free(struct responder *responder)
{
    if (!responder)
        return;
    free(responder->sources);
    free(responder);
}

static int responder_compare(const void *one, const void *other)
{
    const struct mib *first = ((const struct responder_module *)one)->mib;
    const struct mib *second = ((const struct responder_module *)other)->mib;

    return mib_compare(first->root, first->root_length, second->root, second->root_length);
}

bool responder_add(struct responder *responder, const struct responder_source *source)
{
    struct responder_source *sources =
        array_grow(responder->sources, responder->count, 1, sizeof(*responder->sources));

    if (!sources)
        return false;
    responder->sources = sources;
    sources[responder->count] = *source;
    qsort(sources[responder->count].modules, source->module_count, sizeof(*source->modules), responder_compare);
    responder->count++;
    return true;
}

static const struct responder_source *responder_find_source(const struct responder *responder,
                                                            const uint8_t *context, size_t length)
{
    for (size_t i = 0; i < responder->count; i++) {
        const char *own = responder->sources[i].context ? responder->sources[i].context : "";

        if (strlen(own) == length && memcmp(own, context, length) == 0)
            return &responder->sources[i];
    }
    return NULL;
}

/* Skips the context of the PDU. NULL if it is none of ours. */
static const struct responder_source *responder_read_source(const struct responder *responder,
                                                            struct agentx_reader *reader, const uint8_t *pdu)
{
    const uint8_t *context = pdu;
    size_t length = 0;

    if (pdu[2] & FLAG_CONTEXT && agentx_reader_string(reader, &context, &length) != NULL)
        return NULL;
    return responder_find_source(responder, context, length);
}

static bool responder_read_range(struct agentx_reader *reader, struct responder_range *range)
{
    return reader->left > 0 && !agentx_reader_name(reader, &range->start) &&
           !agentx_reader_name(reader, &range->end);
}

/* Whether the answer for that range may be in the module. */
static bool responder_reaches(const struct responder_request *request, const struct mib *mib,
                              const struct responder_range *range)
{
    const struct agentx_name *start = &range->start, *end = &range->end;
    size_t length = start->length < mib->root_length ? start->length : mib->root_length;
    int order = mib_compare(start->subids, length, mib->root, mib->root_length);

    if (!request->is_next)
        return order == 0;
    return order <= 0 &&
           (end->length == 0 || mib_compare(mib->root, mib->root_length, end->subids, end->length) < 0);
}

static void responder_put_value(struct agentx_writer *writer, const struct mib_value *value)
{
    switch (value->type) {
    case MIB_INTEGER:
        agentx_writer_number(writer, (uint32_t)value->integer);
        break;
    case MIB_GAUGE32:
    case MIB_COUNTER32:
    case MIB_TIMETICKS:
        agentx_writer_number(writer, value->unsigned32);
        break;
    case MIB_COUNTER64:
        agentx_writer_number64(writer, value->counter64);
        break;
    case MIB_OCTETS:
        agentx_writer_string(writer, value->bytes, value->length);
        break;
    case MIB_OID:
        agentx_writer_name(writer, value->bytes, value->length / sizeof(mib_subid));
        break;
    }
}

/* A varbind without its value. */
static void responder_put_name(struct agentx_writer *writer, uint8_t type, const mib_subid *name, size_t length)
{
    agentx_writer_octets(writer, 0, type, 0, 0);
    agentx_writer_name(writer, name, length);
}

static void responder_put_varbind(struct agentx_writer *writer, const mib_subid *name, size_t length,
                                  const struct mib_value *value)
{
    static const uint8_t types[] = {
        [MIB_INTEGER] = VALUE_INTEGER,     [MIB_OCTETS] = VALUE_STRING,       [MIB_OID] = VALUE_NAME,
        [MIB_GAUGE32] = VALUE_GAUGE32,     [MIB_COUNTER32] = VALUE_COUNTER32, [MIB_COUNTER64] = VALUE_COUNTER64,
        [MIB_TIMETICKS] = VALUE_TIMETICKS,
    };

    responder_put_name(writer, types[value->type], name, length);
    responder_put_value(writer, value);
}

static void responder_get(struct responder_request *request, const struct responder_range *range)
{
    const struct agentx_name *name = &range->start;
    enum mib_found found = MIB_NO_OBJECT;
    struct mib_value value;

    for (size_t i = 0; i < request->source->module_count && found == MIB_NO_OBJECT; i++) {
        const struct mib *mib = request->source->modules[i].mib;

        if (responder_reaches(request, mib, range))
            found = mib_get(mib, &request->answer, name->subids, name->length, &value);
    }
    if (found == MIB_FOUND)
        responder_put_varbind(&request->writer, name->subids, name->length, &value);
    else
        responder_put_name(&request->writer, found == MIB_NO_OBJECT ? VALUE_NO_OBJECT : VALUE_NO_INSTANCE,
                           name->subids, name->length);
}

/* Finds the first instance of the range in the module. False if there is none. */
static bool responder_find_next(struct responder_request *request, const struct responder_module *module,
                                const struct agentx_name *start, struct agentx_name *found,
                                struct mib_value *value)
{
    if (start->is_included &&
        mib_get(module->mib, &request->answer, start->subids, start->length, value) == MIB_FOUND) {
        *found = *start;
        return true;
    }
    return mib_next(module->mib, &request->answer, walks_gaps(request->source->walks, module->number, module->mib),
                    start->subids, start->length, found->subids, &found->length, value);
}

/* The modules are in the order of their OIDs, so the first instance that is found is the next one. */
static void responder_get_next(struct responder_request *request, const struct responder_range *range)
{
    const struct agentx_name *end = &range->end;
    struct agentx_name found;
    struct mib_value value;
    bool is_found = false;

    for (size_t i = 0; i < request->source->module_count && !is_found; i++) {
        const struct responder_module *module = &request->source->modules[i];

        is_found = responder_reaches(request, module->mib, range) &&
                   responder_find_next(request, module, &range->start, &found, &value);
    }
    if (is_found && end->length > 0)
        is_found = mib_compare(found.subids, found.length, end->subids, end->length) < 0;
    if (!is_found) {
        responder_put_name(&request->writer, VALUE_END_OF_VIEW, range->start.subids, range->start.length);
        return;
    }
    walks_returned(request->source->walks, found.subids, found.length);
    responder_put_varbind(&request->writer, found.subids, found.length, &value);
}

static bool responder_needs_status(const struct responder_request *request)
{
    struct agentx_reader reader = request->ranges;
    struct responder_range range;

    while (responder_read_range(&reader, &range))
        if (responder_reaches(request, request->source->with_status, &range))
            return true;
    return false;
}

/* The rows of the walk that the ranges continue. */
static const struct rows *responder_choose_rows(const struct responder_request *request, uint32_t transaction,
                                                int64_t now_us)
{
    struct walks *walks = request->source->walks;
    struct agentx_reader reader = request->ranges;
    struct responder_range range;

    walks_begin(walks, transaction, now_us);
    while (responder_read_range(&reader, &range))
        walks_ask(walks, range.start.subids, range.start.length);
    return walks_choose(walks);
}

/* One moment and one set of rows for all of a request. */
static void responder_prepare(struct responder_request *request, uint32_t transaction)
{
    const struct responder_source *source = request->source;
    int64_t now_us = source->answer(source->instance, responder_needs_status(request), &request->answer);

    if (request->is_next)
        request->answer.rows = responder_choose_rows(request, transaction, now_us);
}

size_t responder_answer(struct responder *responder, const uint8_t *pdu, size_t length, uint8_t *response,
                        size_t size)
{
    const struct agentx_numbers numbers = { agentx_pdu_header_number(pdu, AGENTX_SESSION_AT),
                                            agentx_pdu_header_number(pdu, AGENTX_TRANSACTION_AT),
                                            agentx_pdu_header_number(pdu, AGENTX_PACKET_AT) };
    struct responder_request request;
    struct responder_range range;

    if (pdu[1] != TYPE_GET && pdu[1] != TYPE_GETNEXT)
        return 0;
    request.is_next = pdu[1] == TYPE_GETNEXT;
    request.ranges = agentx_reader_begin(pdu, length);
    request.source = responder_read_source(responder, &request.ranges, pdu);
    if (!request.source)
        return 0;
    responder_prepare(&request, numbers.transaction);
    request.writer = agentx_writer_begin(response, size, TYPE_RESPONSE, 0, &numbers);
    agentx_writer_number(&request.writer, 0);          /* sysUpTime: the master ignores it */
    agentx_writer_octets(&request.writer, 0, 0, 0, 0); /* no error */
    while (responder_read_range(&request.ranges, &range))
        (request.is_next ? responder_get_next : responder_get)(&request, &range);
    return agentx_writer_end(&request.writer);
}
