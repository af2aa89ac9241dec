/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/uuid.h"

struct item {
    unsigned char uuid[UUID_BYTES];
    int number;
};

static void structs_are_ordered_by_the_bytes_of_their_uuids(void **state)
{
    struct item one = { .uuid = { 0x7f } }, other = { .uuid = { 0x80 } };

    (void)state;
    assert_true(uuid_compare(&one, &other) < 0); /* bytes are compared, not signed characters */
    assert_true(uuid_compare(&other, &one) > 0);
    other.uuid[0] = 0x7f;
    assert_int_equal(uuid_compare(&one, &other), 0);
    for (int i = 0; i < UUID_BYTES; i++) {
        other.uuid[i]++;
        if (uuid_compare(&one, &other) >= 0)
            fail_msg("byte %d does not count", i);
        other.uuid[i]--;
    }
    one.number = 1; /* only the UUIDs are compared */
    assert_int_equal(uuid_compare(&one, &other), 0);
}

static void a_uuid_is_written_in_its_usual_form_and_read_back(void **state)
{
    static const unsigned char uuid[UUID_BYTES] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef,
                                                    0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10 };
    unsigned char read[UUID_BYTES];
    char text[UUID_TEXT];

    (void)state;
    uuid_format(uuid, text);
    assert_string_equal(text, "01234567-89ab-cdef-fedc-ba9876543210");
    assert_int_equal(strlen(text) + 1, UUID_TEXT);
    assert_true(uuid_parse(text, read));
    assert_memory_equal(read, uuid, sizeof(uuid));
    assert_true(uuid_parse("01234567-89AB-cdEF-FEdc-ba9876543210", read));
    assert_memory_equal(read, uuid, sizeof(uuid));
}

static void each_byte_survives_writing_and_reading(void **state)
{
    (void)state;
    for (int byte = 0; byte < 256; byte++) {
        unsigned char uuid[UUID_BYTES], read[UUID_BYTES];
        char text[UUID_TEXT];

        for (int i = 0; i < UUID_BYTES; i++)
            uuid[i] = (unsigned char)(byte + 11 * i);
        uuid_format(uuid, text);
        assert_true(uuid_parse(text, read));
        assert_memory_equal(read, uuid, sizeof(uuid));
    }
}

static void a_text_that_is_not_a_uuid_is_refused(void **state)
{
    static const char good[] = "01234567-89ab-cdef-fedc-ba9876543210";
    unsigned char uuid[UUID_BYTES];

    (void)state;
    assert_false(uuid_parse("0123456789abcdeffedcba9876543210", uuid));
    assert_false(uuid_parse("{01234567-89ab-cdef-fedc-ba9876543210}", uuid));
    assert_false(uuid_parse(" 01234567-89ab-cdef-fedc-ba9876543210", uuid));
    assert_false(uuid_parse("01234567-89ab-cdef-fedc-ba9876543210 ", uuid));
    assert_false(uuid_parse("01234567-89ab-cdef-fedc-ba98765432100", uuid));
    /* The text is cut at each place, and then has a wrong byte at each place. The sanitizers find reads beyond its
     * end. */
    for (size_t length = 0; length < sizeof(good) - 1; length++) {
        char *cut = strndup(good, length);

        assert_non_null(cut);
        if (uuid_parse(cut, uuid))
            fail_msg("\"%s\" was read", cut);
        free(cut);
    }
    for (size_t at = 0; at < sizeof(good) - 1; at++)
        for (const char *bad = "g/:@`G \x80-"; *bad; bad++) {
            char text[sizeof(good)];

            memcpy(text, good, sizeof(good));
            text[at] = *bad;
            if (*bad != good[at] && uuid_parse(text, uuid))
                fail_msg("\"%s\" was read", text);
        }
}

/* Items with the first bytes 0, 2, 4, ... */
static void make_items(struct item *items, size_t count)
{
    memset(items, 0, count * sizeof(*items));
    for (size_t i = 0; i < count; i++) {
        items[i].uuid[0] = (unsigned char)(2 * i);
        items[i].number = (int)i;
    }
}

static void a_search_finds_an_item_or_the_place_where_it_would_be(void **state)
{
    enum { MOST = 9 };
    struct item items[MOST];

    (void)state;
    make_items(items, MOST);
    for (size_t count = 0; count <= MOST; count++)
        for (size_t first = 0; first <= 2 * MOST; first++) {
            unsigned char uuid[UUID_BYTES] = { (unsigned char)first };
            size_t place = (first + 1) / 2;
            const struct item *found = uuid_find(items, count, sizeof(*items), uuid);

            if (first % 2 == 0 && place < count)
                assert_ptr_equal(found, &items[place]);
            else
                assert_null(found);
            assert_int_equal(uuid_lower_bound(items, count, sizeof(*items), uuid), place < count ? place : count);
        }
    assert_null(uuid_find(NULL, 0, sizeof(*items), items[0].uuid));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(structs_are_ordered_by_the_bytes_of_their_uuids),
        cmocka_unit_test(a_search_finds_an_item_or_the_place_where_it_would_be),
        cmocka_unit_test(a_uuid_is_written_in_its_usual_form_and_read_back),
        cmocka_unit_test(each_byte_survives_writing_and_reading),
        cmocka_unit_test(a_text_that_is_not_a_uuid_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
