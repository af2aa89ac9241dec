/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/fuzz/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/mib/guestlist_mib.h"
#include "agent/mib/libvirt_mib.h"
#include "agent/mib/vm_mib.h"
#include "agent/mib/vmware_mib.h"
#include "lib/model/device_stats.h"
#include "lib/model/xml_facts.h"
#include "tests/unit/fixtures.h"

/* A text, or NULL. Most of the time it is NULL, so that the input lasts for several domains. */
static char *choose_text(struct fuzz_input *input)
{
    char *text;

    if (fuzz_below(input, 8) != 7)
        return NULL;
    text = fuzz_text(input);

    if (*text)
        return text;
    free(text);
    return NULL;
}

static char *choose_name(struct fuzz_input *input, const char *prefix, unsigned number)
{
    char *name = choose_text(input);

    if (!name && asprintf(&name, "%s%02x", prefix, number) < 0)
        fuzz_require(false, "out of memory");
    return name;
}

static void make_disk(struct fuzz_input *input, struct disk *disk, unsigned number)
{
    static const char *const types[] = { NULL, "file", "block", "network", "volume", "nvme" };
    static const char *const formats[] = { NULL, "raw", "qcow2", "luks" };
    static const char *const devices[] = { NULL, "disk", "cdrom", "floppy", "lun", "else" };
    const char *type = types[fuzz_below(input, 6)], *format = formats[fuzz_below(input, 4)];
    const char *device = devices[fuzz_below(input, 6)];

    *disk = (struct disk){
        .target = choose_name(input, "vd", number),
        .device = device ? strdup(device) : NULL,
        .type = type ? strdup(type) : NULL,
        .format = format ? strdup(format) : NULL,
        .source = choose_text(input),
        .protocol = fuzz_bool(input) ? choose_text(input) : NULL,
        .readonly = fuzz_bool(input),
    };
}

static void make_interface(struct fuzz_input *input, struct interface *interface, unsigned number)
{
    *interface = (struct interface){
        .mac = choose_name(input, "52:54:00:00:00:", number),
        .type = choose_text(input),
        .target = choose_text(input),
    };
}

static void free_disk(struct disk *disk)
{
    free(disk->target);
    free(disk->device);
    free(disk->type);
    free(disk->format);
    free(disk->source);
    free(disk->protocol);
}

static void free_facts(struct xml_facts *facts)
{
    for (size_t i = 0; i < facts->disk_count; i++)
        free_disk(&facts->disks[i]);
    for (size_t i = 0; i < facts->interface_count; i++) {
        free(facts->interfaces[i].mac);
        free(facts->interfaces[i].type);
        free(facts->interfaces[i].target);
    }
    free(facts->disks);
    free(facts->interfaces);
    free(facts->pinning.maps);
    free(facts->title);
    free(facts->os_type);
    free(facts);
}

static int64_t choose_size(struct fuzz_input *input)
{
    int64_t size = (int64_t)fuzz_number(input);

    return size < 0 ? XML_FACTS_ABSENT : size;
}

static void make_pinning(struct fuzz_input *input, struct pinning *pinning)
{
    size_t count = fuzz_below(input, 4), bytes = fuzz_below(input, 3);

    *pinning = (struct pinning){ count, bytes, malloc(count * bytes + 1) };
    fuzz_require(pinning->maps, "out of memory");
    for (size_t i = 0; i < count * bytes; i++)
        pinning->maps[i] = (unsigned char)fuzz_below(input, 256);
}

static struct xml_facts *make_facts(struct fuzz_input *input)
{
    struct xml_facts *facts = calloc(1, sizeof(*facts));

    fuzz_require(facts, "out of memory");
    refcount_init(&facts->refcount);
    facts->release = free_facts;
    facts->title = choose_text(input);
    facts->os_type = choose_text(input);
    facts->memory_maximum_kib = choose_size(input);
    facts->memory_kib = choose_size(input);
    facts->memory_minimum_kib = choose_size(input);
    facts->vcpus_maximum = choose_size(input);
    facts->vcpus = fuzz_below(input, 8);
    facts->disk_count = fuzz_below(input, WORLD_DEVICES_MAX);
    facts->interface_count = fuzz_below(input, WORLD_DEVICES_MAX);
    facts->disks = calloc(facts->disk_count + 1, sizeof(*facts->disks));
    facts->interfaces = calloc(facts->interface_count + 1, sizeof(*facts->interfaces));
    fuzz_require(facts->disks && facts->interfaces, "out of memory");
    for (unsigned i = 0; i < facts->disk_count; i++)
        make_disk(input, &facts->disks[i], i);
    for (unsigned i = 0; i < facts->interface_count; i++)
        make_interface(input, &facts->interfaces[i], i);
    make_pinning(input, &facts->pinning);
    return facts;
}

static void make_vcpus(struct fuzz_input *input, struct device_stats *stats)
{
    size_t first_known = fuzz_below(input, WORLD_VCPUS_MAX); /* a gap for GETNEXT if it is large */
    uint32_t number = 0;

    stats->vcpu_count = fuzz_below(input, fuzz_bool(input) ? WORLD_VCPUS_MAX : WORLD_DEVICES_MAX);
    stats->vcpus = calloc(stats->vcpu_count + 1, sizeof(*stats->vcpus));
    fuzz_require(stats->vcpus, "out of memory");
    for (size_t i = 0; i < stats->vcpu_count; i++, number++) {
        number += fuzz_below(input, 3);
        stats->vcpus[i] = (struct vcpu_stats){ .number = number,
                                               .known = i >= first_known ? UINT32_MAX : 0,
                                               .time_ns = fuzz_number(input) };
    }
}

static void make_disk_stats(struct fuzz_input *input, struct device_stats *stats)
{
    stats->disk_count = fuzz_below(input, WORLD_DEVICES_MAX);
    stats->disks = calloc(stats->disk_count + 1, sizeof(*stats->disks));
    fuzz_require(stats->disks, "out of memory");
    for (unsigned i = 0; i < stats->disk_count; i++)
        stats->disks[i] = (struct disk_stats){
            .number = i,
            .known = (uint32_t)fuzz_number(input),
            .target = choose_name(input, "vd", i),
            .path = choose_text(input),
            .capacity_bytes = fuzz_number(input),
            .physical_bytes = fuzz_number(input),
            .reads = fuzz_number(input),
        };
}

static struct device_stats *make_device_stats(struct fuzz_input *input)
{
    struct device_stats *stats = device_stats_new();

    fuzz_require(stats, "out of memory");
    make_vcpus(input, stats);
    make_disk_stats(input, stats);
    return stats;
}

/* Some names are long, strange, or the same as another one. */
static const char *keep_name(struct fuzz_input *input, struct snapshot *snapshot)
{
    unsigned kind = fuzz_below(input, FIXTURE_HOSTILE_NAMES + 8);
    AUTO_FREE char *text = kind < FIXTURE_HOSTILE_NAMES ? NULL : fuzz_text(input);
    const char *name = snapshot_keep(snapshot, text ? text : fixture_hostile_names[kind]);

    fuzz_require(name, "out of memory");
    return name;
}

static struct domain make_domain(struct fuzz_input *input, struct snapshot *snapshot, unsigned number)
{
    struct domain domain = fixture_guests[fuzz_below(input, GUEST_HOSTILE_NAME)];

    fixture_uuid(number, domain.uuid);
    if (number == 0 && fuzz_bool(input))
        memset(domain.uuid, 0, sizeof(domain.uuid));
    else if (fuzz_bool(input))
        memset(domain.uuid + 12, 0xff, 1); /* the order of the UUIDs is another one than that of the numbers */
    domain.name = keep_name(input, snapshot);
    domain.stats = (struct domain_stats){
        .known = (uint32_t)fuzz_number(input),
        .vcpus = fuzz_below(input, 8),
        .vcpus_maximum = (uint32_t)fuzz_number(input),
        .cpu_time_ns = fuzz_number(input),
        .memory_kib = fuzz_number(input),
        .memory_maximum_kib = fuzz_number(input),
    };
    domain.xml_facts = fuzz_bool(input) ? make_facts(input) : NULL;
    domain.device_stats = fuzz_bool(input) ? make_device_stats(input) : NULL;
    return domain;
}

static struct snapshot *make_snapshot(struct fuzz_input *input)
{
    struct snapshot *snapshot = snapshot_new(WORLD_DOMAINS_MAX);

    fuzz_require(snapshot, "out of memory");
    snapshot->source.local = fuzz_bool(input);
    snapshot->source.cpus = fuzz_below(input, 5);
    snapshot->source.online[0] = (unsigned char)fuzz_below(input, 256);
    snapshot->filter = (uint32_t)fuzz_number(input) & 0xffff;
    snapshot->unsupported = (uint32_t)fuzz_number(input) & 0xffff;
    snapshot->stats_boot_ms = fuzz_below(input, 3) * 100000;
    snapshot->stats_fresh_ms = fuzz_below(input, 2000);
    snapshot->count = fuzz_below(input, WORLD_DOMAINS_MAX + 1);
    for (unsigned i = 0; i < snapshot->count; i++)
        snapshot->domains[i] = make_domain(input, snapshot, i);
    qsort(snapshot->domains, snapshot->count, sizeof(*snapshot->domains), uuid_compare);
    return snapshot;
}

/* Numbers from 1 on, each once, in any order and with gaps. */
static void choose_numbers(struct fuzz_input *input, uint32_t *numbers, size_t count)
{
    uint32_t next = 1;

    for (size_t i = 0; i < count; i++) {
        uint32_t gap = fuzz_below(input, 8) == 7 ? 1000000 : fuzz_below(input, 3);
        size_t at = fuzz_below(input, (unsigned)i + 1);

        next += gap;
        numbers[i] = numbers[at];
        numbers[at] = next++;
    }
}

static uint32_t *number_devices(struct fuzz_input *input, const struct snapshot *snapshot)
{
    size_t room = 1;
    uint32_t *all, *end;

    for (size_t i = 0; i < snapshot->count; i++)
        room += rows_device_numbers(snapshot->domains[i].xml_facts);
    end = all = calloc(room, sizeof(*all));
    fuzz_require(all, "out of memory");
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct xml_facts *facts = snapshot->domains[i].xml_facts;

        choose_numbers(input, end, facts ? facts->disk_count : 0);
        end += facts ? facts->disk_count : 0;
        choose_numbers(input, end, facts ? facts->interface_count : 0);
        end += facts ? 3 * facts->interface_count : 0;
    }
    return all;
}

void world_make_rows(struct world *world, struct fuzz_input *input, struct snapshot *snapshot,
                     const uint32_t *indexes)
{
    world->rows = rows_new(snapshot, indexes, number_devices(input, snapshot), 1);
    fuzz_require(world->rows, "out of memory");
    snapshot_unref(snapshot);
    world->answer.rows = world->rows;
}

void world_make(struct world *world, struct fuzz_input *input)
{
    uint32_t indexes[WORLD_DOMAINS_MAX] = { 0 };
    unsigned flags = fuzz_below(input, 16);
    struct snapshot *snapshot;

    *world = (struct world){ .answer = { .now_boot_ms = 1000000 } };
    world->answer.stale = flags & 1;
    world->answer.settings.active_only = flags & 2;
    world->answer.settings.host_cpu_base = flags & 4 ? (uint32_t)fuzz_below(input, 60000) : 0;
    world->answer.status.state = HYPERVISOR_CONNECTED;
    if (flags == 15)
        return;
    snapshot = make_snapshot(input);
    choose_numbers(input, indexes, snapshot->count);
    world_make_rows(world, input, snapshot, indexes);
}

void world_free(struct world *world)
{
    rows_unref(world->rows);
}

const struct mib *world_module(unsigned number)
{
    static const struct mib *const modules[WORLD_MODULES] = { &vm_mib, &guestlist_mib, &libvirt_mib, &vmware_mib };

    return modules[number];
}

static size_t value_size(const struct mib_value *value)
{
    return value->type == MIB_COUNTER64 ? sizeof(value->counter64) : sizeof(value->integer);
}

bool world_is_same_value(const struct mib_value *one, const struct mib_value *other)
{
    if (one->type != other->type)
        return false;
    if (one->type == MIB_OCTETS || one->type == MIB_OID)
        return one->length == other->length && memcmp(one->bytes, other->bytes, one->length) == 0;
    return memcmp(&one->counter64, &other->counter64, value_size(one)) == 0;
}

static void check_value(const struct mib *mib, const struct mib_value *value)
{
    size_t most = value->type == MIB_OID ? MIB_OID_MAX * sizeof(mib_subid) : 255;

    if (value->type == MIB_OCTETS || value->type == MIB_OID)
        fuzz_require(value->length <= most, "%s: %zu octets", mib->name, value->length);
}

size_t world_walk(const struct mib *mib, const struct answer *answer)
{
    mib_subid name[MIB_OID_MAX], next[MIB_OID_MAX];
    size_t length = mib->root_length, next_length, count = 0;
    struct mib_value value, again;

    memcpy(name, mib->root, length * sizeof(*name));
    while (mib_next(mib, answer, NULL, name, length, next, &next_length, &value)) {
        fuzz_require(next_length <= MIB_OID_MAX, "%zu sub-identifiers", next_length);
        fuzz_require(mib_compare(next, next_length, name, length) > 0, "%s: not in order", mib->name);
        fuzz_require(mib_get(mib, answer, next, next_length, &again) == MIB_FOUND, "%s: GET finds nothing",
                     mib->name);
        fuzz_require(world_is_same_value(&value, &again), "%s: GET and GETNEXT differ", mib->name);
        check_value(mib, &value);
        memcpy(name, next, next_length * sizeof(*name));
        length = next_length;
        count++;
    }
    return count;
}
