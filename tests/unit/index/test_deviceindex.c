/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Indexes of disks and network interfaces, and the file in which they are kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <time.h>

#include "agent/index/deviceindex_file.h"
#include "lib/libvirt/domain_xml.h"

#define DISK(target) "<disk><target dev='" target "'/></disk>"
#define CARD(mac)    "<interface><mac address='" mac "'/></interface>"

enum { WHY_MAX = 1024, XML_MAX = 1 << 20, INDEXES_MAX = 4096 };

static char folder[64], path[128], why[WHY_MAX];
static const unsigned char one[UUID_BYTES] = { 1 }, two[UUID_BYTES] = { 2 };
static struct domain_xml_parser *parser;

static int set_up(void **state)
{
    (void)state;
    parser = domain_xml_parser_new(NULL);
    (void)strcpy(folder, "/tmp/deviceindex.XXXXXX");
    if (!parser || !mkdtemp(folder))
        return -1;
    (void)snprintf(path, sizeof(path), "%s/deviceindex", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    domain_xml_parser_free(parser);
    (void)unlink(path);
    return rmdir(folder);
}

/* The indexes of a domain with these devices: disks, then interfaces, such as "1 2 1". */
static const char *assigned(struct deviceindex *deviceindex, const unsigned char *uuid, const char *devices)
{
    static char text[INDEXES_MAX * 5];
    static uint32_t indexes[INDEXES_MAX];
    char *xml = malloc(XML_MAX);
    struct xml_facts *xml_facts;
    size_t used = 0;

    assert_non_null(xml);
    (void)snprintf(xml, XML_MAX, "<domain><devices>%s</devices></domain>", devices);
    xml_facts = domain_xml_parse(parser, xml);
    free(xml);
    assert_non_null(xml_facts);
    assert_true(deviceindex_assign(deviceindex, uuid, xml_facts, indexes));
    text[0] = '\0';
    for (size_t i = 0; i < xml_facts->disk_count + xml_facts->interface_count; i++)
        used += (size_t)snprintf(text + used, sizeof(text) - used, i ? " %u" : "%u", indexes[i]);
    xml_facts_unref(xml_facts);
    return text;
}

static void a_device_keeps_its_index_at_any_place_in_the_xml(void **state)
{
    struct deviceindex deviceindex = { 0 };

    (void)state;
    assert_string_equal(assigned(&deviceindex, one, DISK("vda") DISK("vdb") CARD("a") CARD("b")), "1 2 1 2");
    assert_true(deviceindex.dirty);
    deviceindex.dirty = false;
    assert_string_equal(assigned(&deviceindex, one, DISK("vdb") CARD("b")), "2 2");
    assert_false(deviceindex.dirty);
    assert_string_equal(assigned(&deviceindex, one, DISK("vdc") DISK("vdb") CARD("c") CARD("b")), "3 2 3 2");
    assert_true(deviceindex.dirty);
    assert_string_equal(assigned(&deviceindex, one, DISK("vdb") DISK("vda") CARD("b") CARD("a")), "2 1 2 1");
    assert_string_equal(assigned(&deviceindex, two, DISK("vdb")), "1"); /* each domain has its own indexes */
    assert_string_equal(assigned(&deviceindex, two, ""), "");
    deviceindex_clear(&deviceindex);
}

static void interfaces_with_the_same_address_are_distinguished_by_their_order(void **state)
{
    struct deviceindex deviceindex = { 0 };

    (void)state;
    assert_string_equal(assigned(&deviceindex, one, CARD("a") CARD("a") "<interface/>" CARD("a") "<interface/>"),
                        "1 2 3 4 5");
    assert_string_equal(assigned(&deviceindex, one, "<interface/>" CARD("a") CARD("b") "<interface/>" CARD("a")),
                        "3 1 6 5 2");
    deviceindex_clear(&deviceindex);
}

static void domains_are_sorted_in_whatever_order_they_come(void **state)
{
    struct deviceindex deviceindex = { 0 };
    unsigned char uuid[UUID_BYTES] = { 0 };

    (void)state;
    for (unsigned i = 0; i < 1000; i++) {
        uuid[0] = (unsigned char)(i * 7 % 256);
        uuid[1] = (unsigned char)(i / 256);
        assert_string_equal(assigned(&deviceindex, uuid, DISK("sda")), "1");
    }
    assert_int_equal(deviceindex.count, 1000);
    for (size_t i = 1; i < deviceindex.count; i++)
        assert_true(memcmp(deviceindex.blocks[i - 1].uuid, deviceindex.blocks[i].uuid, UUID_BYTES) < 0);
    deviceindex_clear(&deviceindex);
}

static bool is_one(const void *data, const unsigned char uuid[UUID_BYTES])
{
    return memcmp(uuid, data, UUID_BYTES) == 0;
}

static void domains_that_are_not_known_any_more_are_forgotten(void **state)
{
    struct deviceindex deviceindex = { 0 };
    unsigned char uuid[UUID_BYTES] = { 9 };

    (void)state;
    (void)assigned(&deviceindex, one, DISK("vda") DISK("vdb"));
    for (unsigned i = 0; i < 37; i++) {
        uuid[1] = (unsigned char)i;
        (void)assigned(&deviceindex, uuid, DISK("vda"));
    }
    deviceindex.dirty = false;
    deviceindex_compact(&deviceindex, is_one, one);
    assert_true(deviceindex.dirty);
    assert_int_equal(deviceindex.count, 1);
    deviceindex.dirty = false;
    deviceindex_compact(&deviceindex, is_one, one);
    assert_false(deviceindex.dirty);
    assert_string_equal(assigned(&deviceindex, one, DISK("vdb")), "2");
    for (unsigned i = 0; i < 37; i++) { /* it can grow again */
        uuid[1] = (unsigned char)i;
        assert_string_equal(assigned(&deviceindex, uuid, DISK("vdz")), "1");
    }
    deviceindex_compact(&deviceindex, is_one, path); /* none */
    assert_int_equal(deviceindex.count, 0);
    assert_string_equal(assigned(&deviceindex, one, DISK("vdb")), "1");
    deviceindex_clear(&deviceindex);
}

static void indexes_are_assigned_again_only_past_the_limit(void **state)
{
    struct deviceindex deviceindex = { 0 };
    char disk[128], wanted[16];

    (void)state;
    for (unsigned i = 1; i <= DEVICES_KEPT_MAX; i++) {
        (void)snprintf(disk, sizeof(disk), DISK("kept%u"), i);
        (void)snprintf(wanted, sizeof(wanted), "%u", i);
        assert_string_equal(assigned(&deviceindex, one, disk), wanted);
    }
    assert_string_equal(assigned(&deviceindex, one, DISK("kept1")), "1");
    assert_string_equal(assigned(&deviceindex, one, DISK("kept200") DISK("new")), "200 1");
    assert_int_equal(deviceindex.blocks[0].count, 2);
    deviceindex_clear(&deviceindex);
}

/* Assigns indexes twice for a domain with more devices than any real one. The collector's thread must not wait
 * long. */
static void absurdly_many_devices_take_little_time(void **state)
{
    struct deviceindex deviceindex = { 0 };
    char *devices = malloc(XML_MAX);
    size_t used = 0;
    clock_t began;

    (void)state;
    assert_non_null(devices);
    for (unsigned i = 0; i < 1024; i++)
        used += (size_t)snprintf(devices + used, XML_MAX - used, DISK("d%u") CARD("m%u"), i, i);
    began = clock();
    assert_memory_equal(assigned(&deviceindex, one, devices), "1 2 3 4 5", 9);
    assert_memory_equal(assigned(&deviceindex, one, devices), "1 2 3 4 5", 9);
    assert_true((clock() - began) / CLOCKS_PER_SEC < 20);
    assert_int_equal(deviceindex.blocks[0].count, 2048);
    free(devices);
    deviceindex_clear(&deviceindex);
}

static void a_saved_map_is_loaded(void **state)
{
    static const char hostile[] = DISK(" lead") DISK("a b") DISK("trail ") DISK("new&#10;line") DISK("%s%n")
        DISK("back\\slash") DISK("\xc3\xa4") CARD("a") CARD("a") "<interface/>";
    struct deviceindex saved = { 0 }, loaded = { 0 };
    struct stat status;

    (void)state;
    (void)assigned(&saved, two, DISK("vda"));
    assert_string_equal(assigned(&saved, one, hostile), "1 2 3 4 5 6 7 1 2 3");
    assert_string_equal(assigned(&saved, one, DISK("vdz")), "8");
    assert_true(deviceindex_file_save(&saved, path, why, sizeof(why)));
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0644);
    assert_int_equal(deviceindex_file_load(&loaded, path, why, sizeof(why)), STATEFILE_LOADED);
    assert_int_equal(loaded.count, 2);
    assert_false(loaded.dirty);
    assert_string_equal(assigned(&loaded, one, hostile), "1 2 3 4 5 6 7 1 2 3");
    assert_string_equal(assigned(&loaded, one, DISK("vdz")), "8");
    assert_string_equal(assigned(&loaded, two, DISK("vdb")), "2");
    deviceindex_clear(&saved);
    deviceindex_clear(&loaded);
}

static void names_that_are_too_long_are_cut(void **state)
{
    struct deviceindex saved = { 0 }, loaded = { 0 };
    char name[400], disk[800], again[16];

    (void)state;
    memset(name, 'x', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    (void)snprintf(disk, sizeof(disk), DISK("%s") CARD("%.60s"), name, name);
    (void)snprintf(again, sizeof(again), "%s", assigned(&saved, one, disk));
    assert_true(deviceindex_file_save(&saved, path, why, sizeof(why)));
    assert_int_equal(deviceindex_file_load(&loaded, path, why, sizeof(why)), STATEFILE_LOADED);
    assert_string_equal(assigned(&loaded, one, disk), again);
    deviceindex_clear(&saved);
    deviceindex_clear(&loaded);
}

static void write_file(const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

#define FIRST "guestlist deviceindex 1\n"
#define UUID  "01000000-0000-0000-0000-000000000000"

static void damage_is_found_and_reported_with_its_line(void **state)
{
    static const struct {
        const char *text, *where;
    } damaged[] = {
        { "", "line 1" },
        { "guestlist vmindex 1\nend 0\n", "line 1" },
        { FIRST, "line 2" },
        { FIRST UUID " disk 1 vda\n", "line 3" },
        { FIRST UUID " disk 1 vda\nend 2\n", "line 3" },
        { FIRST UUID " disk 1 vda\nend 1 more\n", "line 3" },
        { FIRST UUID " disk 1 vda\n" UUID " disk 1 vdb\nend 2\n", "line 3" }, /* one index twice */
        { FIRST UUID " disk 1 vda\n" UUID " disk 2 vda\nend 2\n", "line 3" }, /* one disk twice */
        { FIRST UUID " disk 0 vda\nend 1\n", "line 2" },
        { FIRST UUID " disk -1 vda\nend 1\n", "line 2" },
        { FIRST UUID " disk 2147483648 vda\nend 1\n", "line 2" },
        { FIRST UUID " disk x vda\nend 1\n", "line 2" },
        { FIRST UUID " disk 1 \nend 1\n", "line 2" },
        { FIRST UUID " disk 1\nend 1\n", "line 2" },
        { FIRST UUID " tape 1 st0\nend 1\n", "line 2" },
        { FIRST "0100 disk 1 vda\nend 1\n", "line 2" },
        { FIRST UUID " disk 1 vda", "line 2" }, /* cut short */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(damaged) / sizeof(*damaged); i++) {
        struct deviceindex loaded = { 0 };

        write_file(damaged[i].text);
        assert_int_equal(deviceindex_file_load(&loaded, path, why, sizeof(why)), STATEFILE_DAMAGED);
        assert_non_null(strstr(why, damaged[i].where));
        assert_non_null(strstr(why, "expected"));
        assert_int_equal(loaded.count, 0);
    }
}

static void a_missing_file_is_no_damage(void **state)
{
    struct deviceindex loaded = { 0 };

    (void)state;
    (void)unlink(path);
    assert_int_equal(deviceindex_file_load(&loaded, path, why, sizeof(why)), STATEFILE_NONE);
    assert_int_equal(deviceindex_file_load(&loaded, "/dev/null/deviceindex", why, sizeof(why)),
                     STATEFILE_UNREADABLE);
    assert_non_null(strstr(why, "/dev/null/deviceindex: "));
    assert_true(deviceindex_file_save(&loaded, path, why, sizeof(why))); /* an empty map */
    assert_int_equal(deviceindex_file_load(&loaded, path, why, sizeof(why)), STATEFILE_LOADED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_device_keeps_its_index_at_any_place_in_the_xml),
        cmocka_unit_test(interfaces_with_the_same_address_are_distinguished_by_their_order),
        cmocka_unit_test(domains_are_sorted_in_whatever_order_they_come),
        cmocka_unit_test(domains_that_are_not_known_any_more_are_forgotten),
        cmocka_unit_test(indexes_are_assigned_again_only_past_the_limit),
        cmocka_unit_test(absurdly_many_devices_take_little_time),
        cmocka_unit_test(a_saved_map_is_loaded),
        cmocka_unit_test(names_that_are_too_long_are_cut),
        cmocka_unit_test(damage_is_found_and_reported_with_its_line),
        cmocka_unit_test(a_missing_file_is_no_damage),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
