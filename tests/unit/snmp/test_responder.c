/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Get and GetNext of a master, answered octet by octet as RFC 2741 says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/mib/mib_put.h"
#include "agent/snmp/agentx_writer.h"
#include "agent/snmp/guard.h"
#include "agent/snmp/responder.h"

#define LOW  1, 3, 6, 1, 2, 1, 7
#define HIGH 1, 3, 6, 1, 4, 1, 99

enum { SESSION = 4711, TRANSACTION = 0x01020304, PACKET = 0x0a0b0c0d, SIZE = 4096 };
enum { GET = 5, GETNEXT = 6, GETBULK = 7, TESTSET = 8, RESPONSE = 18 };

struct instance {
    bool is_asked_for_status;
    unsigned answers;
};

struct name {
    size_t length;
    mib_subid subids[MIB_OID_MAX];
};

#define NAME(...) ((struct name){ ARRAY_COUNT(((mib_subid[]){ __VA_ARGS__ })), { __VA_ARGS__ } })
#define NO_NAME   ((struct name){ .length = 0 })

static struct instance instance, other;
static struct responder *responder;
static struct walks *walks;
static uint8_t request[SIZE], response[SIZE];
static struct agentx_writer pdu;

static bool get_text(const struct mib_cell *cell)
{
    cell->value->bytes = "abcde";
    cell->value->length = 5;
    return true;
}

static bool get_name(const struct mib_cell *cell)
{
    static const mib_subid name[] = { 1, 3, 6, 1, 4, 1, 4294967295 };

    cell->value->bytes = name;
    cell->value->length = sizeof(name);
    return true;
}

static bool get_unsigned(const struct mib_cell *cell)
{
    return mib_put_unsigned(cell->value, 0xfffffffe);
}

static bool get_counter64(const struct mib_cell *cell)
{
    cell->value->counter64 = 0x0102030405060708;
    return true;
}

static bool get_nothing(const struct mib_cell *cell)
{
    (void)cell;
    return false;
}

static const mib_subid low[] = { LOW }, high[] = { HIGH };
static const struct mib_column low_columns[] = { { 1, MIB_GAUGE32, get_unsigned, "low", NULL },
                                                 { 2, MIB_OCTETS, get_nothing, "nothing", NULL } };
static const struct mib_column high_columns[] = {
    { 1, MIB_INTEGER, get_unsigned, "integer", NULL },
    { 2, MIB_OCTETS, get_text, "text", NULL },
    { 3, MIB_OID, get_name, "name", NULL },
    { 4, MIB_COUNTER32, get_unsigned, "counter", NULL },
    { 5, MIB_COUNTER64, get_counter64, "wide", NULL },
    { 6, MIB_TIMETICKS, get_unsigned, "ticks", NULL },
};
static const struct mib_table low_table = MIB_TABLE(low, low_columns, mib_scalar_seek),
                              high_table = MIB_TABLE(high, high_columns, mib_scalar_seek);
static const struct mib_table *const low_tables[] = { &low_table }, *const high_tables[] = { &high_table };
static const struct mib low_mib = MIB_MODULE("low", low, low_tables),
                        high_mib = MIB_MODULE("high", high, high_tables);

static int64_t answer(struct instance *asked, bool with_status, struct answer *answer)
{
    asked->answers++;
    asked->is_asked_for_status = with_status;
    *answer = (struct answer){ .rows = NULL };
    return 1;
}

static bool add(struct instance *added, const char *context)
{
    const struct responder_source source = { .instance = added,
                                             .context = context,
                                             .walks = walks,
                                             .answer = answer,
                                             .modules = { { &high_mib, 0 }, { &low_mib, 1 } },
                                             .module_count = 2,
                                             .with_status = &high_mib };

    return responder_add(responder, &source);
}

static int begin(void **state)
{
    (void)state;
    instance = other = (struct instance){ .answers = 0 };
    walks = walks_new(0);
    responder = responder_new();
    return walks && responder && add(&instance, NULL) && add(&other, "east") ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    responder_free(responder);
    walks_free(walks);
    return 0;
}

static const struct agentx_numbers numbers = { SESSION, TRANSACTION, PACKET };

static void ask(uint8_t type)
{
    pdu = agentx_writer_begin(request, sizeof(request), type, 0, &numbers);
}

static void ask_in(uint8_t type, const char *context)
{
    pdu = agentx_writer_begin(request, sizeof(request), type, FLAG_CONTEXT, &numbers);
    agentx_writer_string(&pdu, context, strlen(context));
}

static void put_range(struct name start, bool is_included, struct name limit)
{
    size_t place = pdu.length;

    agentx_writer_name(&pdu, start.subids, start.length);
    request[place + 2] = is_included;
    agentx_writer_name(&pdu, limit.subids, limit.length);
}

/* The response to what was asked. The octets behind the PDU do not belong to it. */
static size_t respond(size_t room)
{
    size_t length = agentx_writer_end(&pdu), answered;
    struct guard guard = { .set_count = 0 };
    uint8_t *exact = malloc(length);

    assert_non_null(exact);
    memcpy(exact, request, length);
    assert_null(guard_receive(&guard, exact, length));
    answered = responder_answer(responder, exact, length, response, room);
    free(exact);
    return answered;
}

static struct agentx_writer expected;
static uint8_t expected_octets[SIZE];

static void expect(void)
{
    expected = agentx_writer_begin(expected_octets, SIZE, RESPONSE, 0, &numbers);
    agentx_writer_number(&expected, 0); /* sysUpTime */
    agentx_writer_number(&expected, 0); /* no error */
}

static void expect_varbind(uint8_t type, struct name name)
{
    agentx_writer_octets(&expected, 0, type, 0, 0);
    agentx_writer_name(&expected, name.subids, name.length);
}

static void expect_number(uint8_t type, struct name name, uint32_t number)
{
    expect_varbind(type, name);
    agentx_writer_number(&expected, number);
}

static void assert_as_expected(void)
{
    size_t length = agentx_writer_end(&expected);

    assert_int_equal(respond(SIZE), length);
    assert_memory_equal(response, expected_octets, length);
}

static void the_octets_are_those_of_the_rfc(void **state)
{
    static const uint8_t octets[] = {
        1,    RESPONSE, 0x10, 0,    0,   0,   0x12, 0x67, 1,   2, 3, 4,
        0x0a, 0x0b,     0x0c, 0x0d, 0,   0,   0,    44, /* header */
        0,    0,        0,    0,    0,   0,   0,    0,  /* sysUpTime, error, index */
        0,    4,        0,    0,                        /* the type: an Octet String */
        4,    4,        0,    0,    0,   0,   0,    1,    0,   0, 0, 99,
        0,    0,        0,    2,    0,   0,   0,    0, /* 1.3.6.1, the prefix 4, four more */
        0,    0,        0,    5,    'a', 'b', 'c',  'd',  'e', 0, 0, 0,
    };

    (void)state;
    ask(GET);
    put_range(NAME(HIGH, 2, 0), false, NO_NAME);
    assert_int_equal(respond(SIZE), sizeof(octets));
    assert_memory_equal(response, octets, sizeof(octets));
}

static void each_type_has_its_form(void **state)
{
    static const mib_subid far[] = { 1, 3, 6, 1, 4, 1, 4294967295 };

    (void)state;
    ask(GET);
    for (mib_subid column = 1; column <= ARRAY_COUNT(high_columns); column++)
        put_range(NAME(HIGH, column, 0), false, NO_NAME);
    put_range(NAME(LOW, 1, 0), false, NO_NAME);
    expect();
    expect_number(2, NAME(HIGH, 1, 0), 0xfffffffe);
    expect_varbind(4, NAME(HIGH, 2, 0));
    agentx_writer_string(&expected, "abcde", 5);
    expect_varbind(6, NAME(HIGH, 3, 0));
    agentx_writer_name(&expected, far, ARRAY_COUNT(far));
    expect_number(65, NAME(HIGH, 4, 0), 0xfffffffe);
    expect_number(70, NAME(HIGH, 5, 0), 0x01020304);
    agentx_writer_number(&expected, 0x05060708);
    expect_number(67, NAME(HIGH, 6, 0), 0xfffffffe);
    expect_number(66, NAME(LOW, 1, 0), 0xfffffffe);
    assert_as_expected();
}

static void a_get_without_an_answer_says_which_part_of_the_name_is_unknown(void **state)
{
    (void)state;
    ask(GET);
    put_range(NAME(LOW, 2, 0), false, NO_NAME);
    put_range(NAME(LOW, 1, 1), false, NO_NAME);
    put_range(NAME(LOW, 3, 0), false, NO_NAME);
    put_range(NAME(1, 3, 6, 1, 2, 1, 8, 1, 0), false, NO_NAME);
    put_range(NO_NAME, false, NO_NAME);
    expect();
    expect_varbind(129, NAME(LOW, 2, 0));
    expect_varbind(129, NAME(LOW, 1, 1));
    expect_varbind(128, NAME(LOW, 3, 0));
    expect_varbind(128, NAME(1, 3, 6, 1, 2, 1, 8, 1, 0));
    expect_varbind(128, NO_NAME);
    assert_as_expected();
}

static void a_search_ends_at_its_limit(void **state)
{
    (void)state;
    ask(GETNEXT);
    put_range(NAME(HIGH), false, NAME(HIGH, 1, 0, 1));
    put_range(NAME(HIGH), false, NAME(HIGH, 1, 0)); /* which is not included itself */
    put_range(NAME(LOW), false, NAME(LOW, 1));
    put_range(NAME(HIGH, 6, 0), false, NO_NAME);
    expect();
    expect_number(2, NAME(HIGH, 1, 0), 0xfffffffe);
    expect_varbind(130, NAME(HIGH));
    expect_varbind(130, NAME(LOW));
    expect_varbind(130, NAME(HIGH, 6, 0));
    assert_as_expected();
}

static void the_start_of_a_search_counts_if_it_is_included(void **state)
{
    (void)state;
    ask(GETNEXT);
    put_range(NAME(HIGH, 1, 0), true, NO_NAME);
    put_range(NAME(HIGH, 3, 0), false, NO_NAME);
    put_range(NAME(HIGH, 3), true, NAME(HIGH, 3, 0)); /* it has no value itself */
    expect();
    expect_number(2, NAME(HIGH, 1, 0), 0xfffffffe);
    expect_number(65, NAME(HIGH, 4, 0), 0xfffffffe);
    expect_varbind(130, NAME(HIGH, 3));
    assert_as_expected();
}

/* They were added in another order than that of their names. */
static void a_search_without_a_limit_goes_on_in_the_next_module(void **state)
{
    (void)state;
    ask(GETNEXT);
    put_range(NO_NAME, false, NO_NAME);
    put_range(NAME(LOW, 1, 0), false, NO_NAME);
    put_range(NAME(LOW, 1, 0), false, NAME(HIGH));
    expect();
    expect_number(66, NAME(LOW, 1, 0), 0xfffffffe);
    expect_number(2, NAME(HIGH, 1, 0), 0xfffffffe);
    expect_varbind(130, NAME(LOW, 1, 0));
    assert_as_expected();
}

static void each_context_has_its_own_hypervisor(void **state)
{
    (void)state;
    ask_in(GET, "east");
    put_range(NAME(LOW, 1, 0), false, NO_NAME);
    expect();
    expect_number(66, NAME(LOW, 1, 0), 0xfffffffe);
    assert_as_expected();
    assert_int_equal(other.answers, 1);
    ask_in(GET, "");
    put_range(NAME(LOW, 1, 0), false, NO_NAME);
    assert_as_expected();
    ask_in(GET, "eas");
    put_range(NAME(LOW, 1, 0), false, NO_NAME);
    assert_int_equal(respond(SIZE), 0);
}

static void the_status_is_read_only_for_the_module_that_has_it(void **state)
{
    (void)state;
    ask(GETNEXT);
    put_range(NAME(LOW), false, NAME(1, 3, 6, 1, 2, 1, 8));
    assert_true(respond(SIZE) > 0);
    assert_false(instance.is_asked_for_status);
    put_range(NAME(LOW, 1, 0), false, NO_NAME);
    assert_true(respond(SIZE) > 0);
    assert_true(instance.is_asked_for_status);
    ask(GET);
    put_range(NAME(HIGH, 1, 0), false, NO_NAME);
    assert_true(respond(SIZE) > 0);
    assert_true(instance.is_asked_for_status);
}

static void the_byte_order_is_that_of_the_request(void **state)
{
    static const uint8_t octets[] = {
        1, GET, 0,    0,    0x67, 0x12, 0,  0, 4, 3,
        2, 1,   0x0d, 0x0c, 0x0b, 0x0a, 24, 0, 0, 0, /* header */
        4, 2,   0,    0,    1,    0,    0,  0, 7, 0,
        0, 0,   1,    0,    0,    0,    0,  0, 0, 0, /* 1.3.6.1, the prefix 2, four more */
        0, 0,   0,    0,
    };

    (void)state;
    assert_true(responder_answer(responder, octets, sizeof(octets), response, SIZE) > 0);
    expect();
    expect_number(66, NAME(LOW, 1, 0), 0xfffffffe);
    assert_memory_equal(response, expected_octets, agentx_writer_end(&expected));
}

static void other_kinds_are_left_to_the_library(void **state)
{
    (void)state;
    ask(GETBULK);
    agentx_writer_number(&pdu, 1);
    put_range(NAME(HIGH), false, NO_NAME);
    assert_int_equal(respond(SIZE), 0);
    ask(TESTSET);
    agentx_writer_octets(&pdu, 0, 2, 0, 0);
    agentx_writer_name(&pdu, low, ARRAY_COUNT(low));
    agentx_writer_number(&pdu, 1);
    assert_int_equal(respond(SIZE), 0);
    assert_int_equal(instance.answers, 0);
}

static void a_response_that_does_not_fit_is_left_to_the_library(void **state)
{
    size_t length;

    (void)state;
    ask(GET);
    for (int i = 0; i < 4; i++)
        put_range(NAME(HIGH, 2, 0), false, NO_NAME);
    length = respond(SIZE);
    assert_true(length > 0);
    assert_int_equal(respond(length), length);
    for (size_t room = AGENTX_HEADER_OCTETS; room < length; room++)
        assert_int_equal(respond(room), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_octets_are_those_of_the_rfc, begin, end),
        cmocka_unit_test_setup_teardown(each_type_has_its_form, begin, end),
        cmocka_unit_test_setup_teardown(a_get_without_an_answer_says_which_part_of_the_name_is_unknown, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_search_ends_at_its_limit, begin, end),
        cmocka_unit_test_setup_teardown(the_start_of_a_search_counts_if_it_is_included, begin, end),
        cmocka_unit_test_setup_teardown(a_search_without_a_limit_goes_on_in_the_next_module, begin, end),
        cmocka_unit_test_setup_teardown(each_context_has_its_own_hypervisor, begin, end),
        cmocka_unit_test_setup_teardown(the_status_is_read_only_for_the_module_that_has_it, begin, end),
        cmocka_unit_test_setup_teardown(the_byte_order_is_that_of_the_request, begin, end),
        cmocka_unit_test_setup_teardown(other_kinds_are_left_to_the_library, begin, end),
        cmocka_unit_test_setup_teardown(a_response_that_does_not_fit_is_left_to_the_library, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
