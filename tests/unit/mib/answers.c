/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/mib/vm_mib.h"
#include "lib/libvirt/domain_xml.h"
#include "tests/unit/mib/answers.h"
#include "tests/unit/fixtures.h"

void answers_init(struct answers *answers, uint32_t host_cpus)
{
    *answers = (struct answers){ 0 };
    answers->snapshot = snapshot_new(ANSWERS_DOMAINS_MAX);
    assert_non_null(answers->snapshot);
    answers->snapshot->source.local = true;
    answers->snapshot->source.cpus = host_cpus;
    memset(answers->snapshot->source.online, 0xff, sizeof(answers->snapshot->source.online));
}

struct domain *answers_add(struct answers *answers, uint32_t index, int id, const char *xml,
                           struct device_stats *device_stats)
{
    size_t at = answers->snapshot->count++;
    struct domain *domain = &answers->snapshot->domains[at];
    struct domain_xml_parser *parser = domain_xml_parser_new(NULL);

    assert_true(at < ANSWERS_DOMAINS_MAX);
    assert_non_null(parser);
    *domain = fixture_domain((unsigned)at, id);
    domain->name = snapshot_keep(answers->snapshot, "made up");
    domain->device_stats = device_stats;
    if (xml) {
        domain->xml_facts = domain_xml_parse(parser, xml);
        assert_non_null(domain->xml_facts);
    }
    domain_xml_parser_free(parser);
    answers->indexes[at] = index;
    return domain;
}

static uint32_t *number_devices(const struct snapshot *snapshot, const uint32_t *devices)
{
    uint32_t *all = calloc(ANSWERS_DOMAINS_MAX * 64, sizeof(*all)), *end = all;

    assert_non_null(all);
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct xml_facts *xml_facts = snapshot->domains[i].xml_facts;

        for (size_t d = 0; xml_facts && d < xml_facts->disk_count; d++)
            *end++ = (uint32_t)d + 1;
        for (size_t d = 0; xml_facts && d < xml_facts->interface_count; d++)
            *end++ = (uint32_t)d + 1;
        end += xml_facts ? 2 * xml_facts->interface_count : 0;
    }
    if (devices && end > all)
        memcpy(all, devices, (size_t)(end - all) * sizeof(*all));
    return all;
}

void answers_begin(struct answers *answers, const uint32_t *devices)
{
    answers->answer.now_boot_ms = 1000000;
    answers->rows = rows_new(answers->snapshot, answers->indexes, number_devices(answers->snapshot, devices), 0);
    assert_non_null(answers->rows);
    answers->answer.rows = answers->rows;
}

void answers_free(struct answers *answers)
{
    rows_unref(answers->rows);
    snapshot_unref(answers->snapshot);
}

static const struct mib *module_of(const struct answers *answers)
{
    return answers->mib ? answers->mib : &vm_mib;
}

/* In both modules, the objects are below the first number after the root. */
static size_t parse(const struct answers *answers, const char *instance, mib_subid oid[MIB_OID_MAX])
{
    size_t length = module_of(answers)->root_length;

    memcpy(oid, module_of(answers)->root, length * sizeof(*oid));
    oid[length++] = 1;
    while (*instance) {
        char *end;

        oid[length++] = strtoul(instance, &end, 10);
        instance = *end == '.' ? end + 1 : end;
    }
    return length;
}

static size_t format(const mib_subid *subids, size_t length, char *text, size_t size)
{
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < length; i++)
        used += (size_t)snprintf(text + used, size - used, i ? ".%lu" : "%lu", subids[i]);
    return used;
}

static bool get(const struct answers *answers, const char *instance, struct mib_value *value)
{
    mib_subid oid[MIB_OID_MAX];
    size_t length = parse(answers, instance, oid);

    return mib_get(module_of(answers), &answers->answer, oid, length, value) == MIB_FOUND;
}

const char *answers_get(struct answers *answers, const char *instance)
{
    struct mib_value value = { .length = 0 };

    if (!get(answers, instance, &value))
        return "none";
    if (value.type == MIB_OCTETS)
        (void)snprintf(answers->text, ANSWERS_TEXT_MAX, "%.*s", (int)value.length, (const char *)value.bytes);
    else if (value.type == MIB_COUNTER64)
        (void)snprintf(answers->text, ANSWERS_TEXT_MAX, "%" PRIu64, value.counter64);
    else if (value.type == MIB_GAUGE32)
        (void)snprintf(answers->text, ANSWERS_TEXT_MAX, "%" PRIu32, value.unsigned32);
    else
        (void)snprintf(answers->text, ANSWERS_TEXT_MAX, "%" PRId32, value.integer);
    return answers->text;
}

const char *answers_get_hex(struct answers *answers, const char *instance)
{
    struct mib_value value = { .length = 0 };
    size_t used = 0;

    answers->text[0] = '\0';
    assert_true(get(answers, instance, &value) && value.type == MIB_OCTETS);
    for (size_t i = 0; i < value.length; i++)
        used += (size_t)snprintf(answers->text + used, ANSWERS_TEXT_MAX - used, "%02x",
                                 ((const unsigned char *)value.bytes)[i]);
    return answers->text;
}

const char *answers_next(struct answers *answers, const char *instance)
{
    mib_subid oid[MIB_OID_MAX], next[MIB_OID_MAX];
    size_t length = parse(answers, instance, oid), next_length;
    struct mib_value value;

    if (!mib_next(module_of(answers), &answers->answer, NULL, oid, length, next, &next_length, &value))
        return "end";
    assert_true(mib_compare(next, next_length, oid, length) > 0);
    (void)format(next + module_of(answers)->root_length + 1, next_length - module_of(answers)->root_length - 1,
                 answers->text, ANSWERS_TEXT_MAX);
    return answers->text;
}

const char *answers_walk(struct answers *answers, const char *column)
{
    mib_subid oid[MIB_OID_MAX], base[MIB_OID_MAX];
    size_t base_length = parse(answers, column, base), length = base_length, used = 0;
    struct mib_value value;

    memcpy(oid, base, sizeof(oid));
    answers->text[0] = '\0';
    while (mib_next(module_of(answers), &answers->answer, NULL, oid, length, oid, &length, &value) &&
           length > base_length && mib_compare(oid, base_length, base, base_length) == 0) {
        if (used > 0)
            answers->text[used++] = ' ';
        used += format(oid + base_length, length - base_length, answers->text + used, ANSWERS_TEXT_MAX - used);
        assert_true(used < ANSWERS_TEXT_MAX - 64);
    }
    return answers->text;
}

struct device_stats *answers_usage(size_t vcpus)
{
    struct device_stats *device_stats = device_stats_new();

    assert_non_null(device_stats);
    device_stats->vcpus = calloc(vcpus + 1, sizeof(*device_stats->vcpus));
    device_stats->disks = calloc(ANSWERS_DOMAINS_MAX, sizeof(*device_stats->disks));
    assert_true(device_stats->vcpus && device_stats->disks);
    device_stats->vcpu_count = vcpus;
    for (size_t i = 0; i < vcpus; i++)
        device_stats->vcpus[i] =
            (struct vcpu_stats){ .number = (uint32_t)i, .known = VCPU_TIME, .time_ns = 1000 * (i + 1) };
    return device_stats;
}

struct disk_stats *answers_add_disk(struct device_stats *device_stats, const char *target, const char *path,
                                    uint64_t capacity, uint64_t physical)
{
    struct disk_stats *disk = &device_stats->disks[device_stats->disk_count++];

    assert_true(device_stats->disk_count <= ANSWERS_DOMAINS_MAX);
    *disk = (struct disk_stats){
        .known = DISK_CAPACITY | DISK_PHYSICAL | DISK_READS | DISK_WRITES | DISK_READ_BYTES | DISK_WRITE_BYTES |
                 DISK_READ_TIME | DISK_WRITE_TIME,
        .target = strdup(target),
        .path = path ? strdup(path) : NULL,
        .capacity_bytes = capacity,
        .physical_bytes = physical,
        .reads = 1,
        .writes = 2,
        .read_bytes = 3,
        .write_bytes = 4,
        .read_time_ns = 5000,
        .write_time_ns = 6000,
    };
    assert_non_null(disk->target);
    return disk;
}
