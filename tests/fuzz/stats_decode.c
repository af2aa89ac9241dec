/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Typed parameters, as libvirt's bulk statistics and jobs have them: any names, types, values and order. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/libvirt/job_decode.h"
#include "lib/libvirt/stats_decode.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/world.h"
#include "tests/unit/fixtures.h"

enum { PARAMETERS_MAX = 200 };

/* The names, as libvirt's manual has them; %u is the number of the item. */
static const char *const names[] = {
    "state.state",       "state.reason",          "cpu.time",          "cpu.user",          "cpu.system",
    "balloon.current",   "balloon.maximum",       "balloon.unused",    "balloon.rss",       "balloon.swap_in",
    "vcpu.current",      "vcpu.maximum",          "vcpu.%u.state",     "vcpu.%u.time",      "vcpu.%u.wait",
    "vcpu.%u.delay",     "block.count",           "block.%u.name",     "block.%u.path",     "block.%u.rd.reqs",
    "block.%u.rd.bytes", "block.%u.rd.times",     "block.%u.wr.reqs",  "block.%u.wr.bytes", "block.%u.wr.times",
    "block.%u.fl.reqs",  "block.%u.fl.times",     "block.%u.capacity", "block.%u.physical", "block.%u.allocation",
    "net.count",         "net.%u.name",           "net.%u.rx.bytes",   "net.%u.tx.drop",    "operation",
    "block.%u.",         "time_elapsed",          "data_total",        "memory_processed",  "disk_remaining",
    "vcpu.%u",           "block.%u.backingIndex",
};

static void choose_field(struct fuzz_input *input, virTypedParameter *parameter)
{
    unsigned kind = fuzz_below(input, sizeof(names) / sizeof(*names) + 2);
    unsigned number = fuzz_bool(input) ? fuzz_below(input, 6) : (unsigned)fuzz_number(input);
    char *text = NULL;

    if (kind < sizeof(names) / sizeof(*names)) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        (void)snprintf(parameter->field, sizeof(parameter->field), names[kind], number);
#pragma GCC diagnostic pop
        return;
    }
    text = fuzz_text(input);
    (void)snprintf(parameter->field, sizeof(parameter->field), "%s", text);
    free(text);
}

static void choose_value(struct fuzz_input *input, virTypedParameter *parameter)
{
    uint64_t number = fuzz_number(input);

    parameter->type = (int)fuzz_below(input, 9);
    if (parameter->type == VIR_TYPED_PARAM_STRING)
        parameter->value.s = fuzz_text(input);
    else
        memcpy(&parameter->value, &number, sizeof(number));
}

static int choose(struct fuzz_input *input, virTypedParameter parameters[PARAMETERS_MAX])
{
    int count = 0;

    for (; count < PARAMETERS_MAX && input->size > 0; count++) {
        memset(&parameters[count], 0, sizeof(parameters[count]));
        choose_field(input, &parameters[count]);
        choose_value(input, &parameters[count]);
    }
    return count;
}

static void check_devices(const struct device_stats *stats)
{
    for (size_t i = 1; stats && i < stats->vcpu_count; i++)
        fuzz_require(stats->vcpus[i - 1].number < stats->vcpus[i].number, "vCPU %u twice or not in order",
                     stats->vcpus[i].number);
    for (size_t i = 0; stats && i < stats->disk_count; i++)
        for (size_t other = 0; other < i; other++)
            fuzz_require(stats->disks[i].number != stats->disks[other].number, "disk %u twice",
                         stats->disks[i].number);
}

/* Takes over the reference to `stats`. */
static void walk(struct fuzz_input *input, struct domain *domain, struct device_stats *stats)
{
    struct world world = { .answer = { .now_boot_ms = 1000000 } };

    domain->device_stats = stats;
    world_make_rows(&world, input, fixture_snapshot(domain, 1), &(uint32_t){ 1 });
    for (unsigned i = 0; i < WORLD_MODULES; i++)
        (void)world_walk(world_module(i), &world.answer);
    world_free(&world);
}

void fuzz_one(struct fuzz_input *input)
{
    struct domain domain = fixture_guests[fuzz_bool(input) ? GUEST_RUNNING : GUEST_SHUTOFF];
    int job = (int)fuzz_below(input, 7);
    virTypedParameter parameters[PARAMETERS_MAX];
    int count = choose(input, parameters);
    struct device_stats *stats = stats_decode_devices(parameters, count);
    struct job_stats *job_stats;

    stats_decode_stats(parameters, count, &domain);
    fuzz_require(domain.state >= 0 && domain.reason >= 0, "state %d, reason %d", domain.state, domain.reason);
    fuzz_require(job_decode(job, parameters, count, &job_stats), "out of memory");
    fuzz_require(job_stats_domain_job(job_stats) <= DOMAIN_JOB_RESTORE, "an unknown job");
    job_stats_unref(job_stats);
    check_devices(stats);
    walk(input, &domain, stats);
    for (int i = 0; i < count; i++)
        if (parameters[i].type == VIR_TYPED_PARAM_STRING)
            free(parameters[i].value.s);
}
