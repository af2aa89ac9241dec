/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Get and GetNext PDUs with any ranges: each range gets one varbind, a Get's value is that of mib_get(), and a
 * search finds an instance after its start and before its end. Any other octets that the guard accepts get no
 * answer, or one that the guard accepts as well. */
#include <string.h>

#include "agent/snmp/agentx_reader.h"
#include "agent/snmp/agentx_writer.h"
#include "agent/snmp/guard.h"
#include "agent/snmp/responder.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/world.h"

enum { RANGES_MAX = 12, PDU_MAX = 16384, STEPS_MAX = 40, VARBINDS_AT = AGENTX_HEADER_OCTETS + 8 };

struct range {
    mib_subid start[MIB_OID_MAX], end[MIB_OID_MAX];
    size_t start_length, end_length;
    bool is_included;
};

struct instance {
    struct world world;
};

static int64_t answer(struct instance *instance, bool with_status, struct answer *answer)
{
    (void)with_status;
    *answer = instance->world.answer;
    return 1;
}

static size_t choose_name(struct fuzz_input *input, mib_subid name[MIB_OID_MAX])
{
    const struct mib *mib = world_module(fuzz_below(input, WORLD_MODULES));
    const struct mib_table *table = mib->tables[fuzz_below(input, (unsigned)mib->count)];
    size_t length = table->base_length - fuzz_below(input, 4);

    memcpy(name, table->base, length * sizeof(*name));
    if (fuzz_below(input, 8) == 7)
        return 0;
    for (unsigned more = fuzz_below(input, 6); more > 0; more--)
        name[length++] = fuzz_bool(input) ? fuzz_below(input, 20) : (uint32_t)fuzz_number(input);
    return length;
}

static size_t write_request(struct fuzz_input *input, uint8_t octets[PDU_MAX], struct range *ranges,
                            unsigned count)
{
    uint8_t type = fuzz_bool(input) ? TYPE_GET : TYPE_GETNEXT;
    struct agentx_writer writer =
        agentx_writer_begin(octets, PDU_MAX, type, 0, &(struct agentx_numbers){ 1, fuzz_below(input, 3), 7 });

    for (unsigned i = 0; i < count; i++) {
        struct range *range = &ranges[i];
        size_t place = writer.length;

        range->start_length = choose_name(input, range->start);
        range->end_length = fuzz_bool(input) ? choose_name(input, range->end) : 0;
        range->is_included = fuzz_below(input, 4) == 3;
        agentx_writer_name(&writer, range->start, range->start_length);
        octets[place + 2] = range->is_included;
        agentx_writer_name(&writer, range->end, range->end_length);
    }
    return agentx_writer_end(&writer);
}

static int compare_to(const struct agentx_name *name, const mib_subid *subids, size_t length)
{
    return mib_compare(name->subids, name->length, subids, length);
}

static void check_search(const struct range *range, uint8_t type, const struct agentx_name *name)
{
    int order = compare_to(name, range->start, range->start_length);

    if (type == VALUE_END_OF_VIEW) {
        fuzz_require(order == 0, "the end has another name");
        return;
    }
    fuzz_require(order > 0 || (order == 0 && range->is_included), "a search goes back");
    fuzz_require(range->end_length == 0 || compare_to(name, range->end, range->end_length) < 0,
                 "a search goes too far");
}

static void check_found(const struct answer *answer, uint8_t type, const struct agentx_name *name)
{
    enum mib_found found = MIB_NO_OBJECT;
    struct mib_value value;

    for (unsigned i = 0; i < WORLD_MODULES && found == MIB_NO_OBJECT; i++)
        found = mib_get(world_module(i), answer, name->subids, name->length, &value);
    fuzz_require((found == MIB_FOUND) == (type < VALUE_NO_OBJECT), "a value for no instance, or none for one");
    fuzz_require(type != VALUE_NO_INSTANCE || found == MIB_NO_INSTANCE, "an object that does not exist");
}

/* Skips the value. The guard has checked the forms. */
static void skip_value(struct agentx_reader *reader, uint8_t type)
{
    const uint8_t *text;
    size_t length;

    if (type == VALUE_STRING)
        fuzz_require(!agentx_reader_string(reader, &text, &length) && length <= 255, "a text is too long");
    else if (type == VALUE_NAME)
        fuzz_require(!agentx_reader_skip_name(reader), "a name is cut off");
    else if (type < VALUE_NO_OBJECT)
        fuzz_require(agentx_reader_skip(reader, type == VALUE_COUNTER64 ? 8 : 4), "a number is cut off");
}

static void check_response(const struct answer *answer, bool is_next, const struct range *ranges, unsigned count,
                           const uint8_t *pdu, size_t length)
{
    struct agentx_reader reader = { pdu + VARBINDS_AT, length - VARBINDS_AT, true };

    for (unsigned i = 0; i < count; i++) {
        uint8_t type = reader.at[1];
        struct agentx_name name;

        fuzz_require(agentx_reader_skip(&reader, 4) && !agentx_reader_name(&reader, &name),
                     "a varbind is missing");
        if (is_next)
            check_search(&ranges[i], type, &name);
        else
            fuzz_require(compare_to(&name, ranges[i].start, ranges[i].start_length) == 0, "another name");
        if (type != VALUE_END_OF_VIEW)
            check_found(answer, type, &name);
        skip_value(&reader, type);
    }
    fuzz_require(reader.left == 0, "more varbinds than ranges");
}

/* What the guard accepts from a master, it accepts as a response too. */
static void require_well_formed(const uint8_t *pdu, size_t length)
{
    struct guard guard = { .set_count = 0 };
    const char *fault = NULL;

    fuzz_require(guard_pdu_length(pdu, length, &fault) == length && !guard_receive(&guard, pdu, length),
                 "the response is no PDU");
}

static void ask(struct fuzz_input *input, struct responder *responder, const struct answer *answer)
{
    static uint8_t request[PDU_MAX], response[GUARD_PDU_MAX];
    static struct range ranges[RANGES_MAX];
    unsigned count = fuzz_below(input, RANGES_MAX + 1);
    size_t length = write_request(input, request, ranges, count);
    size_t size = fuzz_below(input, 8) == 7 ? AGENTX_HEADER_OCTETS + fuzz_below(input, 400) : sizeof(response);
    size_t answered;

    fuzz_require(length > 0, "the request does not fit");
    answered = responder_answer(responder, request, length, response, size);
    fuzz_require(answered <= size && (answered > 0 || size < sizeof(response)), "no answer");
    if (answered == 0)
        return;
    require_well_formed(response, answered);
    check_response(answer, request[1] == TYPE_GETNEXT, ranges, count, response, answered);
}

/* The rest of the input as a PDU. */
static void ask_octets(struct fuzz_input *input, struct responder *responder)
{
    static uint8_t response[GUARD_PDU_MAX];
    struct guard guard = { .set_count = 0 };
    const char *fault = NULL;
    size_t length = guard_pdu_length(input->data, input->size, &fault), answered;

    if (length == 0 || length > input->size || guard_receive(&guard, input->data, length))
        return;
    answered = responder_answer(responder, input->data, length, response, sizeof(response));
    if (answered > 0)
        require_well_formed(response, answered);
}

static void add_world(struct responder *responder, struct instance *instance, struct walks *walks)
{
    struct responder_source source = { .instance = instance,
                                       .walks = walks,
                                       .answer = answer,
                                       .module_count = WORLD_MODULES,
                                       .with_status = world_module(0) };

    for (unsigned i = 0; i < WORLD_MODULES; i++)
        source.modules[i] = (struct responder_module){ world_module(i), i };
    fuzz_require(responder_add(responder, &source), "out of memory");
}

void fuzz_one(struct fuzz_input *input)
{
    static struct instance instance;
    struct responder *responder = responder_new();
    struct walks *walks = walks_new(1000);

    fuzz_require(responder && walks, "out of memory");
    world_make(&instance.world, input);
    if (instance.world.rows)
        walks_publish(walks, rows_ref(instance.world.rows), 0);
    add_world(responder, &instance, walks);
    for (unsigned i = 0; i < STEPS_MAX && input->size > 0 && fuzz_below(input, 16) < 15; i++)
        ask(input, responder, &instance.world.answer);
    ask_octets(input, responder);
    responder_free(responder);
    walks_free(walks);
    world_free(&instance.world);
}
