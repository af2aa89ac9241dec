/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GET and GETNEXT with any names, against a slow model: it collects all instances with plain loops over all
 * indexes that could exist, sorts them, and looks through them from the first to the last. */
#include <stdlib.h>
#include <string.h>

#include "agent/mib/guestlist_tables.h"
#include "agent/mib/vm_sizes.h"
#include "agent/mib/vm_tables.h"
#include "lib/base/array.h"
#include "lib/model/device_stats.h"
#include "lib/model/xml_facts.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/world.h"

enum { INSTANCES_MAX = 16000, SUBIDS_MAX = 800000, REQUESTS_MAX = 60, NUMBERS_MAX = 400 };

/* More than any vCPU of these worlds has: vCPUs have gaps of at most two between them. */
enum { VCPU_INDEXES = 3 * WORLD_VCPUS_MAX + 1 };

struct instance {
    const mib_subid *name;
    size_t length;
};

/* The model of one module. */
struct model {
    const struct mib *mib;
    const struct answer *answer;
    size_t count, subid_count;
    struct instance items[INSTANCES_MAX];
    mib_subid subids[SUBIDS_MAX];
};

static void add_instance(struct model *model, const mib_subid *name, size_t length)
{
    mib_subid *kept = model->subids + model->subid_count;

    fuzz_require(model->count < INSTANCES_MAX && model->subid_count + length <= SUBIDS_MAX,
                 "the model is too small");
    memcpy(kept, name, length * sizeof(*name));
    model->items[model->count++] = (struct instance){ kept, length };
    model->subid_count += length;
}

/* Adds the instances of all columns of a table that have that index. */
static void try_index(struct model *model, const struct mib_table *table, const mib_subid *index, size_t length)
{
    mib_subid name[MIB_OID_MAX];
    struct mib_value value;
    struct mib_row row;
    size_t base = table->base_length;

    if (!table->seek(model->answer, index, length, &row) || mib_compare(row.index, row.length, index, length) != 0)
        return;
    memcpy(name, table->base, base * sizeof(*name));
    memcpy(name + base + 1, index, length * sizeof(*name));
    for (size_t i = 0; i < table->column_count; i++) {
        name[base] = table->columns[i].number;
        if (mib_get(model->mib, model->answer, name, base + 1 + length, &value) == MIB_FOUND)
            add_instance(model, name, base + 1 + length);
    }
}

static void try_octets(struct model *model, const struct mib_table *table, const void *octets, size_t length)
{
    mib_subid index[MIB_INDEX_MAX];

    if (length > MIB_INDEX_MAX)
        return;
    for (size_t i = 0; i < length; i++)
        index[i] = ((const unsigned char *)octets)[i];
    try_index(model, table, index, length);
}

/* The numbers that any device, vCPU or CPU of this world can have, each once. */
struct numbers {
    size_t count;
    mib_subid items[NUMBERS_MAX];
};

static void add_number(struct numbers *numbers, mib_subid number)
{
    for (size_t i = 0; i < numbers->count; i++)
        if (numbers->items[i] == number)
            return;
    fuzz_require(numbers->count < NUMBERS_MAX, "too few numbers");
    numbers->items[numbers->count++] = number;
}

static void collect_numbers(const struct rows *rows, struct numbers *numbers)
{
    for (mib_subid i = 0; i < VCPU_INDEXES; i++)
        add_number(numbers, i);
    for (size_t i = 0; i < rows->count; i++) {
        const struct xml_facts *facts = rows->items[i].domain->xml_facts;

        for (size_t d = 0; facts && d < facts->disk_count; d++)
            add_number(numbers, rows->items[i].disks[d]);
        for (size_t d = 0; facts && d < facts->interface_count; d++)
            add_number(numbers, rows->items[i].interfaces[d]);
    }
}

static mib_subid first_host_cpu(const struct answer *answer)
{
    if (answer->settings.host_cpu_base)
        return answer->settings.host_cpu_base;
    return answer->rows->snapshot->source.local ? 196608 : 1;
}

static void try_domain(struct model *model, const struct mib_table *table, const struct vm_row *row,
                       const struct numbers *numbers)
{
    mib_subid index[3] = { row->index }, cpu = first_host_cpu(model->answer);

    try_index(model, table, index, 1);
    for (size_t i = 0; i < numbers->count; i++) {
        index[1] = numbers->items[i];
        try_index(model, table, index, 2);
        for (index[2] = cpu - 1; index[2] < cpu + 6; index[2]++)
            if (index[1] < VCPU_INDEXES)
                try_index(model, table, index, 3);
    }
    try_octets(model, table, row->domain->uuid, UUID_BYTES);
}

static bool is_named_before(const struct rows *rows, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (strcmp(rows->items[i].domain->name, rows->items[at].domain->name) == 0)
            return true;
    return false;
}

static void collect_table(struct model *model, const struct mib_table *table)
{
    const struct rows *rows = model->answer->rows;
    struct numbers numbers = { 0 };

    for (mib_subid i = 0; i < 20; i++) /* scalars, and filter flags */
        if (!rows || i == 0 || table == &guestlist_filter_table)
            try_index(model, table, &i, 1);
    if (!rows)
        return;
    collect_numbers(rows, &numbers);
    for (size_t i = 0; i < rows->count; i++) {
        const char *name = rows->items[i].domain->name;

        if (table->seek == mib_scalar_seek || table == &guestlist_filter_table)
            continue;
        try_domain(model, table, &rows->items[i], &numbers);
        if (table == &guestlist_name_table && !is_named_before(rows, i))
            try_octets(model, table, name, strlen(name));
    }
}

static int compare(const void *one, const void *other)
{
    const struct instance *a = one, *b = other;

    return mib_compare(a->name, a->length, b->name, b->length);
}

/* An index may be tried twice: a name of one octet may be the same index as a number. */
static void drop_doubles(struct model *model)
{
    size_t kept = 0;

    for (size_t i = 0; i < model->count; i++)
        if (kept == 0 || compare(&model->items[kept - 1], &model->items[i]) != 0)
            model->items[kept++] = model->items[i];
    model->count = kept;
}

static void collect(struct model *model)
{
    for (size_t i = 0; i < model->mib->count; i++)
        collect_table(model, model->mib->tables[i]);
    qsort(model->items, model->count, sizeof(*model->items), compare);
    drop_doubles(model);
}

/* How many rows a table must have, counted without its code. */

static size_t count_instances(const struct model *model, const struct mib_table *table, mib_subid column)
{
    size_t count = 0, base = table->base_length;

    for (size_t i = 0; i < model->count; i++)
        count += model->items[i].length > base && model->items[i].name[base] == column &&
                 mib_compare(model->items[i].name, base, table->base, base) == 0;
    return count;
}

static size_t count_vcpus(const struct domain *domain)
{
    const struct device_stats *stats = domain->device_stats;
    int64_t cpus = vm_sizes_cpus(domain);

    if (domain_active(domain) && stats && stats->vcpu_count > 0)
        return stats->vcpu_count;
    return cpus < 0 ? 0 : (size_t)cpus;
}

static void check_counts(const struct model *model)
{
    const struct rows *rows = model->answer->rows;
    size_t disks = 0, interfaces = 0, affinities = 0;

    for (size_t i = 0; rows && i < rows->count; i++) {
        const struct xml_facts *facts = rows->items[i].domain->xml_facts;

        disks += facts ? facts->disk_count : 0;
        interfaces += facts ? facts->interface_count : 0;
        affinities += count_vcpus(rows->items[i].domain) * rows->snapshot->source.cpus;
    }
    if (model->mib->tables[0]->base[6] != 236) /* vmMIB only */
        return;
    fuzz_require(count_instances(model, &vm_table, 3) == (rows ? rows->count : 0), "rows of vmTable");
    fuzz_require(count_instances(model, &vm_storage_table, 3) == disks, "rows of vmStorageTable");
    fuzz_require(count_instances(model, &vm_network_table, 3) == interfaces, "rows of vmNetworkTable");
    fuzz_require(count_instances(model, &vm_affinity_table, 3) == affinities, "rows of vmCpuAffinityTable");
}

/* Requests. */

static const struct instance *first_after(const struct model *model, const mib_subid *name, size_t length)
{
    for (size_t i = 0; i < model->count; i++)
        if (mib_compare(model->items[i].name, model->items[i].length, name, length) > 0)
            return &model->items[i];
    return NULL;
}

static bool has(const struct model *model, const mib_subid *name, size_t length)
{
    for (size_t i = 0; i < model->count; i++)
        if (mib_compare(model->items[i].name, model->items[i].length, name, length) == 0)
            return true;
    return false;
}

static void check_get(const struct model *model, const mib_subid *name, size_t length)
{
    struct mib_value value;
    bool found = mib_get(model->mib, model->answer, name, length, &value) == MIB_FOUND;

    fuzz_require(found == has(model, name, length), "%s: GET finds %s", model->mib->name,
                 found ? "an instance that does not exist" : "nothing");
}

/* GETNEXT must find `expected`, NULL for the end of the module. */
static void check_next(const struct model *model, struct mib_gap *gaps, const mib_subid *name, size_t length,
                       const struct instance *expected)
{
    mib_subid next[MIB_OID_MAX];
    size_t next_length;
    struct mib_value value, same;
    bool found = mib_next(model->mib, model->answer, gaps, name, length, next, &next_length, &value);

    fuzz_require(found == (expected != NULL), "%s: GETNEXT %s", model->mib->name, found ? "goes on" : "ends");
    if (!found)
        return;
    fuzz_require(mib_compare(next, next_length, expected->name, expected->length) == 0,
                 "%s: GETNEXT finds another", model->mib->name);
    fuzz_require(mib_get(model->mib, model->answer, next, next_length, &same) == MIB_FOUND &&
                     world_is_same_value(&value, &same),
                 "%s: GET and GETNEXT differ", model->mib->name);
}

static mib_subid choose_subid(struct fuzz_input *input)
{
    return (uint32_t)fuzz_number(input); /* as on the wire */
}

/* The name of an instance or of a table, with a change. */
static size_t choose_name(struct fuzz_input *input, const struct model *model, mib_subid name[MIB_OID_MAX])
{
    const struct mib_table *table = model->mib->tables[fuzz_below(input, (unsigned)model->mib->count)];
    struct instance from = { table->base, table->base_length };
    size_t length;

    if (model->count > 0 && fuzz_bool(input))
        from = model->items[fuzz_below(input, (unsigned)model->count)];
    memcpy(name, from.name, from.length * sizeof(*name));
    length = from.length - fuzz_below(input, 4) % from.length;
    if (fuzz_bool(input))
        name[length - 1] += fuzz_bool(input) ? 1 : (mib_subid)-1;
    for (unsigned more = fuzz_below(input, 6); more > 0 && length < MIB_OID_MAX; more--)
        name[length++] = choose_subid(input);
    while (fuzz_below(input, 16) == 15 && length < MIB_OID_MAX)
        name[length++] = choose_subid(input);
    name[length - 1] &= UINT32_MAX;
    return length;
}

static void check_requests(struct fuzz_input *input, const struct model *model, struct mib_gap *gaps)
{
    mib_subid name[MIB_OID_MAX];

    for (unsigned i = 0; i < REQUESTS_MAX && input->size > 0; i++) {
        size_t length = choose_name(input, model, name);
        const struct instance *expected = first_after(model, name, length);

        check_get(model, name, length);
        check_next(model, NULL, name, length, expected);
        check_next(model, gaps, name, length, expected);
    }
}

/* A walk finds each instance. So do further walks, which know the gaps that earlier requests have found. */
static void check_walks(const struct model *model, struct mib_gap *gaps)
{
    fuzz_require(world_walk(model->mib, model->answer) == model->count, "%s: a walk misses instances",
                 model->mib->name);
    for (size_t i = 0; i < 2 * model->count; i++) {
        size_t at = i % model->count;
        const struct instance *after = at + 1 < model->count ? &model->items[at + 1] : NULL;

        check_next(model, gaps, model->items[at].name, model->items[at].length, after);
    }
}

static void check(struct fuzz_input *input, struct model *model)
{
    AUTO_FREE struct mib_gap *gaps = calloc(mib_gap_count(model->mib), sizeof(*gaps));

    fuzz_require(gaps, "out of memory");
    collect(model);
    check_counts(model);
    check_walks(model, gaps);
    check_requests(input, model, gaps);
}

void fuzz_one(struct fuzz_input *input)
{
    static struct model model;
    struct world world;

    model.mib = world_module(fuzz_below(input, WORLD_MODULES));
    model.count = model.subid_count = 0;
    world_make(&world, input);
    model.answer = &world.answer;
    check(input, &model);
    world_free(&world);
}
