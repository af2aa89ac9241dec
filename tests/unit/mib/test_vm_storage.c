/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vmStorageTable ("7.1"). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/mib/answers.h"

#define DISK(type, device, format, source, more)                                                                  \
    "<disk type='" type "' device='" device "'><driver type='" format "'/>" source                                \
    "<target dev='vda' bus='virtio'/>" more "</disk>"
#define NAMED(target, more) "<disk type='file'><target dev='" target "' bus='sata'/>" more "</disk>"
#define DOMAIN(disks)       "<domain><devices>" disks "</devices></domain>"

#define NVME                                                                                                      \
    "<source type='pci' managed='yes' namespace='2'>"                                                             \
    "<address domain='0x0000' bus='0x3b' slot='0x0a' function='0x1'/></source>"
#define VHOST_USER "<source type='unix' path='/run/blk:1?x.sock'><reconnect enabled='yes' timeout='10'/></source>"

enum { OFF = DOMAIN_ID_INACTIVE };

/* The value of a column for a domain's only disk. */
static const char *column_of(struct answers *answers, int id, const char *xml, struct device_stats *device_stats,
                             const char *column)
{
    char instance[32];

    answers_init(answers, 1);
    (void)answers_add(answers, 1, id, xml, device_stats);
    answers_begin(answers, NULL);
    (void)snprintf(instance, sizeof(instance), "7.1.%s.1.1", column);
    (void)answers_get(answers, instance);
    answers_free(answers);
    return answers->text;
}

static void each_kind_of_source_has_its_number(void **state)
{
    static const struct {
        const char *xml, *type;
    } kinds[] = {
        { DOMAIN(DISK("block", "disk", "raw", "<source dev='/dev/sdb'/>", "")), "3" },
        { DOMAIN(DISK("block", "lun", "raw", "<source dev='/dev/sdb'/>", "")), "3" },
        { DOMAIN(DISK("file", "disk", "raw", "<source file='/a'/>", "")), "4" },
        { DOMAIN("<disk type='file'><source file='/a'/><target dev='vda'/></disk>"), "4" },
        { DOMAIN(DISK("file", "disk", "qcow2", "<source file='/a'/>", "")), "5" },
        { DOMAIN(DISK("file", "disk", "vmdk", "<source file='/a'/>", "")), "5" },
        { DOMAIN(DISK("file", "disk", "iso", "<source file='/a'/>", "")), "2" },
        { DOMAIN(DISK("network", "disk", "raw", "<source protocol='nbd' name='x'/>", "")), "6" },
        { DOMAIN(DISK("dir", "floppy", "fat", "<source dir='/a'/>", "")), "2" },
        { DOMAIN(DISK("volume", "disk", "raw", "<source pool='p' volume='v'/>", "")), "2" },
        { DOMAIN(DISK("nvme", "disk", "raw", NVME, "")), "2" },
        { DOMAIN(DISK("vhostuser", "disk", "raw", VHOST_USER, "")), "2" },
        { DOMAIN(DISK("vhostvdpa", "disk", "raw", "<source dev='/dev/vhost-vdpa-0'/>", "")), "2" },
        { DOMAIN(DISK("file", "cdrom", "raw", "", "<readonly/>")), "1" },
        { DOMAIN(DISK("block", "cdrom", "raw", "", "<readonly/>")), "1" },
        { DOMAIN(DISK("later", "disk", "raw", "<source file='/a'/>", "")), "2" },
    };
    struct answers answers;

    (void)state;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        assert_string_equal(column_of(&answers, OFF, kinds[i].xml, NULL, "4"), kinds[i].type);
}

static void type_strings_are_libvirts_words(void **state)
{
    static const char disk[] = DOMAIN(DISK("file", "disk", "qcow2", "<source file='/a b'/>", ""));
    static const char network[] =
        DOMAIN(DISK("network", "disk", "raw", "<source protocol='rbd' name='pool/image'/>", ""));
    static const char bare[] = DOMAIN("<disk><target dev='vda'/></disk>");
    struct answers answers;

    (void)state;
    assert_string_equal(column_of(&answers, OFF, disk, NULL, "5"), "qcow2");
    assert_string_equal(column_of(&answers, OFF, disk, NULL, "6"), "/a b");
    assert_string_equal(column_of(&answers, OFF, disk, NULL, "9"), "virtio");
    assert_string_equal(column_of(&answers, OFF, disk, NULL, "3"), "0");
    assert_string_equal(column_of(&answers, OFF, network, NULL, "5"), "raw rbd");
    assert_string_equal(column_of(&answers, OFF, network, NULL, "6"), "rbd:pool/image");
    assert_string_equal(column_of(&answers, OFF, bare, NULL, "5"), "");
    assert_string_equal(column_of(&answers, OFF, bare, NULL, "6"), "");
    assert_string_equal(column_of(&answers, OFF, bare, NULL, "9"), "");
}

static void disks_without_a_file_are_named_too(void **state)
{
    static const char nvme[] = DOMAIN(DISK("nvme", "disk", "raw", NVME, ""));
    static const char vhost_user[] = DOMAIN(DISK("vhostuser", "disk", "raw", VHOST_USER, ""));
    struct answers answers;

    (void)state;
    assert_string_equal(column_of(&answers, OFF, nvme, NULL, "6"), "nvme://0000:3b:0a.1/2");
    assert_string_equal(column_of(&answers, OFF, vhost_user, NULL, "6"), "/run/blk:1?x.sock");
}

static void media_and_access_have_their_numbers(void **state)
{
    static const struct {
        const char *xml, *media, *access;
    } kinds[] = {
        { DOMAIN(DISK("file", "disk", "raw", "", "")), "3", "2" },
        { DOMAIN(DISK("file", "disk", "raw", "", "<readonly/>")), "3", "3" },
        { DOMAIN(DISK("file", "lun", "raw", "", "")), "3", "2" },
        { DOMAIN(DISK("file", "cdrom", "raw", "", "")), "4", "3" },
        { DOMAIN(DISK("file", "floppy", "raw", "", "")), "5", "2" },
        { DOMAIN(DISK("file", "flash", "raw", "", "")), "1", "2" }, /* other(1) and not unknown(2) */
        { DOMAIN("<disk><target dev='vda'/></disk>"), "3", "2" },
    };
    struct answers answers;

    (void)state;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        assert_string_equal(column_of(&answers, OFF, kinds[i].xml, NULL, "8"), kinds[i].media);
        assert_string_equal(column_of(&answers, OFF, kinds[i].xml, NULL, "7"), kinds[i].access);
    }
}

static void no_credential_is_shown(void **state)
{
    static const struct {
        const char *xml, *shown;
    } sources[] = {
        { "<source protocol='rbd' name='pool/image:id=admin:key=SECRET=='/>", "rbd:pool/image" },
        { "<source protocol='rbd' name='pool/image@snap'/>", "rbd:pool/image@snap" },
        { "<source protocol='https' name='x.iso?token=SECRET'/>", "https:x.iso" },
        { "<source protocol='https' name='user:SECRET@host/x.iso' query='t=SECRET'/>",
          "https:user:***@host/x.iso" },
        { "<source protocol='ftp' name='user:SEC/RET@:@host/x'/>", "ftp:user:***@host/x" },
        { "<source protocol='iscsi' name='iqn.2013-07.com.example:pool/1'/>",
          "iscsi:iqn.2013-07.com.example:pool/1" },
        { "<source protocol='https' name='a'><cookies><cookie name='c'>SECRET</cookie></cookies></source>",
          "https:a" },
        { "<source protocol='rbd' name='p/i'/><auth username='SECRET'><secret type='ceph' uuid='SECRET'/></auth>",
          "rbd:p/i" },
        { "<source file='ftp://user:SECRET@host/x?p=SECRET'/>", "ftp://user:***@host/x" },
        { "<source file='nbd://user:SECRET=@host/x'/>", "nbd://user" },
        { "<source file='nbd://user:SEC:x=RET@host/x'/>", "nbd://user" },
        { "<source file='ftp://user:SEC?x=RET@host/x?p=SECRET'/>", "ftp://user:***@host/x" },
        { "<source file='iscsi://user%SECRET@host/iqn.2013-07.com.example/1'/>",
          "iscsi://user%***@host/iqn.2013-07.com.example/1" },
        { "<source protocol='https' name='user:SE?CRET@host/x.iso'/>", "https:user:***@host/x.iso" },
        { "<source file='rbd:pool/image:key=SECRET'/>", "rbd:pool/image" },
        { "<source file='rbd:pool/image:id=a:key=SEC@RET'/>", "rbd:pool/image" },
        { "<source protocol='rbd' name='pool/image:id=a:key=SEC@RET'/>", "rbd:pool/image" },
        { "<source file='json:{\"url\":\"http://u:SECRET@h/\"}'/>", "json:" },
        { "<source file='/srv/what?a:b=c@d.img'/>", "/srv/what?a:b=c@d.img" }, /* a file may have such a name */
        { "<source protocol='https' name='?'/>", "https:" },
        { "<source protocol='https' name='://'/>", "https:://" },
        { "<source protocol='https' name='?://@:@'/>", "https:" },
    };
    struct answers answers;

    (void)state;
    for (size_t i = 0; i < sizeof(sources) / sizeof(*sources); i++) {
        char xml[512];

        (void)snprintf(xml, sizeof(xml), DOMAIN("<disk type='network'>%s<target dev='vda'/></disk>"),
                       sources[i].xml);
        assert_string_equal(column_of(&answers, OFF, xml, NULL, "6"), sources[i].shown);
    }
}

static void a_path_that_is_too_long_ends_in_dots(void **state)
{
    char xml[2048], path[1001] = "";
    struct answers answers;

    (void)state;
    memset(path, 'a', 255);
    (void)snprintf(xml, sizeof(xml), DOMAIN("<disk><source file='%s'/><target dev='vda'/></disk>"), path);
    assert_string_equal(column_of(&answers, OFF, xml, NULL, "6"), path);
    for (size_t length = 256; length <= 1000; length += 124) {
        memset(path, 'a', length);
        (void)snprintf(xml, sizeof(xml), DOMAIN("<disk><source file='%s'/><target dev='vda'/></disk>"), path);
        (void)column_of(&answers, OFF, xml, NULL, "6");
        assert_int_equal(strlen(answers.text), 255);
        assert_memory_equal(answers.text, path, 252);
        assert_string_equal(answers.text + 252, "...");
    }
    /* Not in the middle of a character. */
    memset(path, 'a', 251);
    (void)strcpy(path + 251, "\xc3\xa4\xc3\xa4\xc3\xa4");
    (void)snprintf(xml, sizeof(xml), DOMAIN("<disk><source file='%s'/><target dev='vda'/></disk>"), path);
    (void)column_of(&answers, OFF, xml, NULL, "6");
    assert_int_equal(strlen(answers.text), 254);
    assert_string_equal(answers.text + 251, "...");
}

static struct device_stats *sized(const char *path, uint64_t capacity, uint64_t physical)
{
    struct device_stats *device_stats = answers_usage(0);

    (void)answers_add_disk(device_stats, "vda", path, capacity, physical);
    return device_stats;
}

static void assert_sizes(int id, const char *xml, const char *path, uint64_t capacity, uint64_t physical,
                         const char *unit, const char *defined, const char *allocated)
{
    struct answers answers;

    assert_string_equal(column_of(&answers, id, xml, sized(path, capacity, physical), "10"), unit);
    assert_string_equal(column_of(&answers, id, xml, sized(path, capacity, physical), "11"), defined);
    assert_string_equal(column_of(&answers, id, xml, sized(path, capacity, physical), "12"), allocated);
}

static void sizes_have_the_smallest_unit_that_their_type_allows(void **state)
{
    static const char thin[] = DOMAIN(DISK("file", "disk", "qcow2", "<source file='/a'/>", ""));
    static const char raw[] = DOMAIN(DISK("file", "disk", "raw", "<source file='/a'/>", ""));
    static const char block[] = DOMAIN(DISK("block", "disk", "raw", "<source dev='/a'/>", ""));

    (void)state;
    assert_sizes(1, thin, "/a", 1474560, 200704, "1", "1474560", "200704");
    assert_sizes(1, raw, "/a", 1474560, 4096, "1", "1474560", "1474560"); /* as RFC 7666 asks for */
    assert_sizes(1, block, "/a", 1474560, 0, "1", "1474560", "1474560");
    assert_sizes(1, raw, "/a", 2147483647, 0, "1", "2147483647", "2147483647");
    assert_sizes(1, raw, "/a", 2147483648, 0, "1024", "2097152", "2097152");
    assert_sizes(1, thin, "/a", 1024, 4398046511104, "1048576", "0", "4194304"); /* one unit for both */
    assert_sizes(1, thin, "/a", 0, 0, "1", "0", "0");
    assert_sizes(1, thin, "/a", UINT64_MAX, UINT64_MAX, "1073741824", "2147483647", "2147483647");
}

static void sizes_that_are_not_known_are_minus_one(void **state)
{
    static const char thin[] = DOMAIN(DISK("file", "disk", "qcow2", "<source file='/a'/>", ""));
    static const char empty[] = DOMAIN(DISK("file", "cdrom", "raw", "", ""));
    struct device_stats *partly = sized("/a", 100, 100);
    struct answers answers;

    (void)state;
    assert_sizes(1, empty, NULL, 700, 700, "1", "-1", "-1");
    assert_string_equal(column_of(&answers, 1, thin, NULL, "11"), "-1");
    assert_string_equal(column_of(&answers, OFF, thin, NULL, "12"), "-1");
    assert_string_equal(column_of(&answers, OFF, thin, NULL, "10"), "1");
    partly->disks[0].known &= ~(uint32_t)DISK_CAPACITY;
    assert_string_equal(column_of(&answers, 1, thin, device_stats_ref(partly), "11"), "-1");
    assert_string_equal(column_of(&answers, 1, thin, partly, "12"), "100");
    /* An inactive domain has the sizes of its last run, if it is still the same image. */
    assert_sizes(OFF, thin, "/a", 100, 50, "1", "100", "50");
    assert_sizes(OFF, thin, "/other", 100, 50, "1", "-1", "-1");
}

static void counters_are_zero_while_the_domain_is_inactive(void **state)
{
    static const char thin[] = DOMAIN(DISK("file", "disk", "qcow2", "<source file='/a'/>", ""));
    static const char *const columns[] = { "13", "14", "15", "16", "17", "18" };
    static const char *const values[] = { "1", "2", "3", "4", "5", "6" }; /* the last two in microseconds */
    struct answers answers;

    (void)state;
    for (uint32_t i = 0; i < 6; i++) {
        struct device_stats *without = sized("/a", 1, 1);

        without->disks[0].known &= ~((uint32_t)DISK_READS << i);
        assert_string_equal(column_of(&answers, 1, thin, sized("/a", 1, 1), columns[i]), values[i]);
        assert_string_equal(column_of(&answers, OFF, thin, sized("/a", 1, 1), columns[i]), "0");
        assert_string_equal(column_of(&answers, OFF, thin, NULL, columns[i]), "0");
        answers_init(&answers, 1);
        (void)answers_add(&answers, 1, 1, thin, without);
        (void)answers_add(&answers, 2, 2, thin, NULL);
        answers_begin(&answers, NULL);
        for (char row = '1'; row <= '2'; row++) {
            char instance[32];

            (void)snprintf(instance, sizeof(instance), "7.1.%s.%c.1", columns[i], row);
            assert_string_equal(answers_get(&answers, instance), "none");
        }
        answers_free(&answers);
    }
}

static void statistics_belong_to_the_disk_with_their_target(void **state)
{
    struct device_stats *device_stats = answers_usage(0);
    struct answers answers;

    (void)state;
    (void)answers_add_disk(device_stats, "sdb", "/b", 200, 2);
    (void)answers_add_disk(device_stats, "sda", "/a", 100, 1);
    answers_init(&answers, 1);
    (void)answers_add(&answers, 1, 1,
                      DOMAIN(NAMED("sda", "<source file='/a'/>") NAMED("sdb", "<source file='/b'/>")),
                      device_stats);
    answers_begin(&answers, NULL);
    assert_string_equal(answers_get(&answers, "7.1.11.1.1"), "100");
    assert_string_equal(answers_get(&answers, "7.1.11.1.2"), "200");
    answers_free(&answers);
}

static void rows_are_in_the_order_of_their_indexes(void **state)
{
    static const uint32_t devices[] = { 7, 2, 4294967, 1 };
    struct answers answers;

    (void)state;
    answers_init(&answers, 1);
    (void)answers_add(&answers, 3, 1, DOMAIN(NAMED("a", "") NAMED("b", "") NAMED("c", "")), NULL);
    (void)answers_add(&answers, 8, OFF, "<domain/>", NULL);
    (void)answers_add(&answers, 9, OFF, NULL, NULL);
    (void)answers_add(&answers, 10, OFF, DOMAIN(NAMED("x", "")), NULL);
    answers_begin(&answers, devices);
    assert_string_equal(answers_walk(&answers, "7.1.4"), "3.2 3.7 3.4294967 10.1");
    assert_string_equal(answers_walk(&answers, "7.1.13"),
                        "10.1"); /* the others have no statistics, and the walk goes on behind them */
    assert_string_equal(answers_next(&answers, "7.1.4.3.2"), "7.1.4.3.7");
    assert_string_equal(answers_next(&answers, "7.1.4.3.7.0"), "7.1.4.3.4294967");
    assert_string_equal(answers_next(&answers, "7.1.4.3"), "7.1.4.3.2");
    assert_string_equal(answers_next(&answers, "7.1.4.3.4294967295"), "7.1.4.10.1");
    assert_string_equal(answers_next(&answers, "7.1.4.4294967295"), "7.1.5.3.2");
    assert_string_equal(answers_next(&answers, "7.1.18.10.1"), "9.0");
    assert_string_equal(answers_get(&answers, "7.1.4.3.1"), "none");
    assert_string_equal(answers_get(&answers, "7.1.4.3"), "none");
    assert_string_equal(answers_get(&answers, "7.1.4.3.2.0"), "none");
    assert_string_equal(answers_get(&answers, "7.1.1.3.2"), "none"); /* vmStorageVmIndex and vmStorageIndex */
    assert_string_equal(answers_get(&answers, "7.1.2.3.2"), "none");
    answers_free(&answers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_source_has_its_number),
        cmocka_unit_test(type_strings_are_libvirts_words),
        cmocka_unit_test(disks_without_a_file_are_named_too),
        cmocka_unit_test(media_and_access_have_their_numbers),
        cmocka_unit_test(no_credential_is_shown),
        cmocka_unit_test(a_path_that_is_too_long_ends_in_dots),
        cmocka_unit_test(sizes_have_the_smallest_unit_that_their_type_allows),
        cmocka_unit_test(sizes_that_are_not_known_are_minus_one),
        cmocka_unit_test(counters_are_zero_while_the_domain_is_inactive),
        cmocka_unit_test(statistics_belong_to_the_disk_with_their_target),
        cmocka_unit_test(rows_are_in_the_order_of_their_indexes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
