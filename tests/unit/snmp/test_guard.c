/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "agent/snmp/guard.h"
#include "lib/base/array.h"

enum { CLOSE = 2, REGISTER, GET = 5, GETNEXT, GETBULK, TESTSET, COMMITSET, UNDOSET, CLEANUPSET, NOTIFY, PING };
enum { RESPONSE = 18, NETWORK_ORDER = 0x10, CONTEXT = 0x08 };

struct pdu {
    uint8_t octets[2048];
    size_t length;
};

static void put(struct pdu *pdu, const void *octets, size_t length)
{
    assert_true(pdu->length + length <= sizeof(pdu->octets));
    memcpy(pdu->octets + pdu->length, octets, length);
    pdu->length += length;
}

static void put_number(struct pdu *pdu, uint32_t number)
{
    const uint8_t octets[] = { (uint8_t)(number >> 24), (uint8_t)(number >> 16), (uint8_t)(number >> 8),
                               (uint8_t)number };

    put(pdu, octets, sizeof(octets));
}

static struct pdu begin(uint8_t type, uint8_t flags, uint32_t transaction, uint32_t packet)
{
    const uint8_t first[] = { 1, type, flags | NETWORK_ORDER, 0 };
    struct pdu pdu = { .length = 0 };

    put(&pdu, first, sizeof(first));
    put_number(&pdu, 4711);
    put_number(&pdu, transaction);
    put_number(&pdu, packet);
    put_number(&pdu, 0);
    return pdu;
}

static void put_name(struct pdu *pdu, uint8_t count, uint8_t prefix)
{
    const uint8_t first[] = { count, prefix, 0, 0 };

    put(pdu, first, sizeof(first));
    for (uint32_t i = 0; i < count; i++)
        put_number(pdu, i);
}

static void put_integer(struct pdu *pdu)
{
    put_number(pdu, 2 << 16);
    put_name(pdu, 3, 2);
    put_number(pdu, 1);
}

/* The library's side has to see each PDU with its true length. */
static const char *receive(struct guard *guard, struct pdu *pdu)
{
    uint8_t *exact = malloc(pdu->length);
    const char *fault = NULL;

    assert_non_null(exact);
    pdu->octets[18] = (uint8_t)((pdu->length - AGENTX_HEADER_OCTETS) >> 8);
    pdu->octets[19] = (uint8_t)(pdu->length - AGENTX_HEADER_OCTETS);
    memcpy(exact, pdu->octets, pdu->length);
    assert_int_equal(guard_pdu_length(exact, pdu->length, &fault), pdu->length);
    fault = guard_receive(guard, exact, pdu->length);
    free(exact);
    return fault;
}

static const char *receive_step(struct guard *guard, uint8_t type, uint32_t transaction)
{
    struct pdu pdu = begin(type, 0, transaction, 100 + type);

    if (type == TESTSET)
        put_integer(&pdu);
    return receive(guard, &pdu);
}

static void answer(struct guard *guard, uint8_t type, uint32_t transaction, uint8_t error)
{
    const uint8_t body[] = { 0, 0, 0, 0, 0, error, 0, 0 };
    struct pdu pdu = begin(RESPONSE, 0, transaction, 100 + type);

    put(&pdu, body, sizeof(body));
    guard_send(guard, pdu.octets, pdu.length);
}

static void a_name_may_have_128_numbers_and_not_one_more(void **state)
{
    static const struct {
        uint8_t count, prefix;
        bool is_fine;
    } names[] = {
        { 0, 0, true },    { 128, 0, true }, { 129, 0, false },
        { 255, 0, false }, { 123, 2, true }, { 124, 2, false },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        struct guard guard = { .set_count = 0 };
        struct pdu start = { .length = 0 }, end = start;

        start = begin(GETNEXT, 0, 1, 1);
        put_name(&start, names[i].count, names[i].prefix);
        put_name(&start, 0, 0);
        end = begin(GET, 0, 1, 1);
        put_name(&end, 1, 2);
        put_name(&end, names[i].count, names[i].prefix);
        assert_true(names[i].is_fine == !receive(&guard, &start));
        assert_true(names[i].is_fine == !receive(&guard, &end));
    }
}

static void a_header_has_version_one_and_a_bounded_length(void **state)
{
    static const struct {
        uint8_t version;
        uint32_t payload;
        bool is_fine;
    } headers[] = {
        { 1, 0, true },           { 1, GUARD_PDU_MAX - AGENTX_HEADER_OCTETS, true },
        { 1, 65536, false },      { 1, 0x7fffffff, false },
        { 1, 0xffffffec, false }, { 1, 0xffffffff, false },
        { 0, 0, false },          { 2, 0, false },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(headers); i++) {
        struct pdu pdu = begin(GET, 0, 1, 1);
        const char *fault = NULL;
        size_t length;

        pdu.octets[0] = headers[i].version;
        pdu.length -= 4;
        put_number(&pdu, headers[i].payload);
        length = guard_pdu_length(pdu.octets, pdu.length, &fault);
        assert_true(headers[i].is_fine == !fault);
        assert_int_equal(length, headers[i].is_fine ? AGENTX_HEADER_OCTETS + headers[i].payload : 0);
    }
}

static void an_incomplete_header_is_no_fault(void **state)
{
    struct pdu pdu = begin(GET, 0, 1, 1);

    (void)state;
    for (size_t length = 0; length < AGENTX_HEADER_OCTETS; length++) {
        const char *fault = NULL;

        assert_int_equal(guard_pdu_length(pdu.octets, length, &fault), 0);
        assert_null(fault);
    }
}

static void types_that_only_a_subagent_sends_are_faults(void **state)
{
    (void)state;
    for (unsigned type = 0; type < 256; type++) {
        struct guard guard = { .set_count = 0 };
        struct pdu pdu = begin((uint8_t)type, 0, 1, 1);
        bool may_be_empty = type == GET || type == GETNEXT;

        assert_true(may_be_empty == !receive(&guard, &pdu));
    }
}

static void a_context_has_no_zero_octet(void **state)
{
    struct guard guard = { .set_count = 0 };
    struct pdu fine = begin(GET, CONTEXT, 1, 1), bad = fine, misplaced = begin(COMMITSET, CONTEXT, 1, 1);

    (void)state;
    put_number(&fine, 3);
    put(&fine, "abc", 4);
    put_number(&bad, 3);
    put(&bad, "a\0c", 4);
    put_number(&misplaced, 0);
    assert_null(receive(&guard, &fine));
    assert_non_null(receive(&guard, &bad));
    assert_non_null(receive(&guard, &misplaced));
}

static void a_request_must_not_have_the_number_of_ours(void **state)
{
    const uint8_t body[8] = { 0 };
    struct guard guard = { .set_count = 0 };
    struct pdu ask = begin(REGISTER, 0, 0, 77), request = begin(GET, 0, 1, 77),
               response = begin(RESPONSE, 0, 0, 77);

    (void)state;
    put(&response, body, sizeof(body));
    assert_null(receive(&guard, &request));
    guard_send(&guard, ask.octets, ask.length);
    assert_non_null(receive(&guard, &request));
    assert_null(receive(&guard, &response));
    assert_null(receive(&guard, &request)); /* answered: nobody waits any more */
}

/* All sequences of five steps for one transaction, against the rules in their shortest form. */
static void steps_of_a_set_come_in_order(void **state)
{
    static const uint8_t steps[] = { TESTSET, COMMITSET, UNDOSET, CLEANUPSET };

    (void)state;
    for (unsigned sequence = 0; sequence < 2 * 1024; sequence++) {
        struct guard guard = { .set_count = 0 };
        bool is_refused = sequence >= 1024;
        uint8_t last = 0; /* 0: there is no SET */

        for (unsigned place = 0; place < 5; place++) {
            uint8_t step = steps[sequence >> 2 * place & 3];
            bool is_fine = (step == TESTSET && !last) || (step == COMMITSET && last == TESTSET && !is_refused) ||
                           (step == UNDOSET && last == COMMITSET) || (step == CLEANUPSET && last);

            assert_true(is_fine == !receive_step(&guard, step, 9));
            if (!is_fine)
                break;
            answer(&guard, step, 9, step == TESTSET && is_refused ? 5 : 0);
            last = step == UNDOSET || step == CLEANUPSET ? 0 : step;
            assert_int_equal(guard.set_count, last ? 1 : 0);
        }
    }
}

static void a_commit_waits_for_the_answer_to_the_test(void **state)
{
    struct guard guard = { .set_count = 0 };

    (void)state;
    assert_null(receive_step(&guard, TESTSET, 9));
    assert_non_null(receive_step(&guard, COMMITSET, 9));
    answer(&guard, COMMITSET, 9, 0); /* the number of another request */
    assert_non_null(receive_step(&guard, COMMITSET, 9));
    answer(&guard, TESTSET, 9, 0);
    assert_null(receive_step(&guard, COMMITSET, 9));
}

static void sets_that_did_not_end_are_bounded_and_ended(void **state)
{
    bool ended[GUARD_SETS_MAX] = { false };
    uint8_t octets[AGENTX_HEADER_OCTETS];
    struct guard guard = { .set_count = 0 };

    (void)state;
    for (uint32_t i = 0; i < GUARD_SETS_MAX; i++) {
        assert_null(receive_step(&guard, TESTSET, i));
        answer(&guard, TESTSET, i, 0);
    }
    assert_non_null(receive_step(&guard, TESTSET, GUARD_SETS_MAX));
    assert_null(receive_step(&guard, COMMITSET, 3));
    for (size_t i = 0; i < GUARD_SETS_MAX; i++) {
        const char *fault = NULL;

        assert_int_equal(guard_end_set(&guard, octets), AGENTX_HEADER_OCTETS);
        assert_int_equal(guard_pdu_length(octets, AGENTX_HEADER_OCTETS, &fault), AGENTX_HEADER_OCTETS);
        assert_false(ended[octets[11]]); /* the transaction */
        ended[octets[11]] = true;
        assert_int_equal(octets[1], octets[11] == 3 ? UNDOSET : CLEANUPSET);
    }
    assert_int_equal(guard_end_set(&guard, octets), 0);
}

static void a_step_of_a_set_is_under_way_until_its_answer(void **state)
{
    struct guard guard = { .set_count = 0 };

    (void)state;
    assert_null(receive_step(&guard, TESTSET, 9));
    assert_true(guard.is_stepping);
    answer(&guard, COMMITSET, 9, 0); /* the number of another request */
    assert_true(guard.is_stepping);
    answer(&guard, TESTSET, 9, 0);
    assert_false(guard.is_stepping);
    assert_null(receive_step(&guard, CLEANUPSET, 9));
    assert_true(guard.is_stepping);
    answer(&guard, CLEANUPSET, 9, 0);
    assert_false(guard.is_stepping);
}

static void a_request_of_ours_can_be_answered_in_place_of_the_master(void **state)
{
    uint8_t octets[GUARD_RESPONSE_OCTETS];
    struct guard guard = { .set_count = 0 };
    struct pdu ask = begin(REGISTER, 0, 0, 77);
    const char *fault = NULL;

    (void)state;
    assert_int_equal(guard_end_request(&guard, octets), 0);
    guard_send(&guard, ask.octets, ask.length);
    assert_int_equal(guard_end_request(&guard, octets), GUARD_RESPONSE_OCTETS);
    assert_int_equal(guard_pdu_length(octets, sizeof(octets), &fault), GUARD_RESPONSE_OCTETS);
    assert_null(guard_receive(&guard, octets, sizeof(octets)));
    assert_int_equal(octets[15], 77);
    assert_int_equal(octets[24] << 8 | octets[25], 257);
    assert_int_equal(guard_end_request(&guard, octets), 0);
}

static void random_octets_are_never_read_beyond_their_end(void **state)
{
    static const uint8_t types[] = { CLOSE, GET, GETNEXT, GETBULK, TESTSET, COMMITSET, CLEANUPSET, RESPONSE };
    unsigned seed = (unsigned)time(NULL), refused = 0;
    struct guard guard = { .set_count = 0 };

    (void)state;
    print_message("seed %u\n", seed);
    srand(seed);
    for (unsigned round = 0; round < 200000; round++) {
        struct pdu pdu =
            begin(types[(size_t)rand() % ARRAY_COUNT(types)], rand() % 4 ? 0 : CONTEXT, (uint32_t)rand() % 8, 1);

        for (int left = rand() % 12; left > 0; left--)
            put_number(&pdu, rand() % 3 ? (uint32_t)rand() % 5 << rand() % 28 : (uint32_t)rand());
        refused += receive(&guard, &pdu) != NULL;
    }
    assert_in_range(refused, 1000, 199000); /* neither all nor none: the octets reach all of it */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_may_have_128_numbers_and_not_one_more),
        cmocka_unit_test(a_header_has_version_one_and_a_bounded_length),
        cmocka_unit_test(an_incomplete_header_is_no_fault),
        cmocka_unit_test(types_that_only_a_subagent_sends_are_faults),
        cmocka_unit_test(a_context_has_no_zero_octet),
        cmocka_unit_test(a_request_must_not_have_the_number_of_ours),
        cmocka_unit_test(steps_of_a_set_come_in_order),
        cmocka_unit_test(a_commit_waits_for_the_answer_to_the_test),
        cmocka_unit_test(sets_that_did_not_end_are_bounded_and_ended),
        cmocka_unit_test(a_step_of_a_set_is_under_way_until_its_answer),
        cmocka_unit_test(a_request_of_ours_can_be_answered_in_place_of_the_master),
        cmocka_unit_test(random_octets_are_never_read_beyond_their_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
