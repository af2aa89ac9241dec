/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Indexes of domains against a simple model, for rounds in which domains come and go. */
#include "tests/unit/index/vmindex_stage.h"

/* The same rules in the simplest form: the index of each domain, and since when it is gone. */
enum { MODEL_DOMAINS = 2 * VMINDEX_GONE_MAX, MODEL_ROUNDS = 400 };

struct model {
    struct {
        bool listed;
        uint32_t index; /* 0: none */
        int64_t gone;
    } domains[MODEL_DOMAINS];
};

static void model_forget(struct model *model)
{
    for (;;) {
        size_t gone = 0, oldest = 0;

        for (size_t i = 0; i < MODEL_DOMAINS; i++)
            if (model->domains[i].index && !model->domains[i].listed) {
                if (gone++ == 0 || model->domains[i].gone < model->domains[oldest].gone)
                    oldest = i;
            }
        if (gone <= VMINDEX_GONE_MAX)
            return;
        model->domains[oldest].index = 0;
    }
}

static void model_assign(struct model *model)
{
    bool *used = calloc(MODEL_DOMAINS + 2, sizeof(*used)), missing = false;
    uint32_t next = 1;

    assert_non_null(used);
    for (size_t i = 0; i < MODEL_DOMAINS; i++)
        missing |= model->domains[i].listed && model->domains[i].index == 0;
    if (missing)
        model_forget(model);
    for (size_t i = 0; i < MODEL_DOMAINS; i++)
        used[model->domains[i].index] = true;
    for (size_t i = 0; i < MODEL_DOMAINS; i++)
        if (model->domains[i].listed && model->domains[i].index == 0) {
            while (used[next])
                next++;
            model->domains[i].index = next++;
        }
    free(used);
}

static size_t pick(uint64_t *random, size_t from)
{
    *random = *random * 6364136223846793005ull + 1442695040888963407ull;
    return from + (*random >> 33) % (MODEL_DOMAINS - from);
}

/* In each round, one domain goes and a new one comes, so no two domains have been gone for the same time. In each
 * third round, an old one comes back. */
static void model_step(struct model *model, uint64_t *random, int64_t now)
{
    size_t goes = pick(random, 0), back = pick(random, 0);

    while (!model->domains[goes].listed)
        goes = (goes + 1) % MODEL_DOMAINS;
    model->domains[goes].listed = false;
    model->domains[goes].gone = now;
    model->domains[pick(random, MODEL_DOMAINS / 2 + 100)].listed = true;
    if (now % 3 == 0)
        model->domains[back].listed = true;
}

static void compare_with_model(const struct model *model, struct vmindex *vmindex, int64_t now)
{
    unsigned *numbers = calloc(MODEL_DOMAINS, sizeof(*numbers));
    uint32_t *indexes = calloc(MODEL_DOMAINS, sizeof(*indexes));
    struct snapshot *snapshot;
    size_t count = 0;
    bool changed;

    assert_true(numbers && indexes);
    for (unsigned i = 0; i < MODEL_DOMAINS; i++)
        if (model->domains[i].listed)
            numbers[count++] = i;
    snapshot = numbered(numbers, count);
    assert_true(vmindex_assign(vmindex, snapshot, now, indexes, &changed));
    for (size_t i = 0; i < count; i++)
        if (indexes[i] != model->domains[numbers[i]].index)
            fail_msg("round %jd, domain %u: index %u, not %u", (intmax_t)now, numbers[i], indexes[i],
                     model->domains[numbers[i]].index);
    snapshot_unref(snapshot);
    free(indexes);
    free(numbers);
}

static void indexes_are_those_of_a_simple_model(void **state)
{
    struct model *model = calloc(1, sizeof(*model));
    struct vmindex vmindex = { .count = 0 };
    uint64_t random = 7666;
    size_t reused = 0;

    (void)state;
    assert_non_null(model);
    /* Nearly as many domains are gone as the limit allows, so that the rounds reach and pass it. */
    for (unsigned i = 0; i < VMINDEX_GONE_MAX + 100; i++) {
        model->domains[i].index = i + 1;
        model->domains[i].gone = i < 100 ? 0 : i;
        model->domains[i].listed = i < 100;
        add_gone(&vmindex, i, i + 1, model->domains[i].gone);
    }
    for (int64_t now = 100000; now < 100000 + MODEL_ROUNDS; now++) {
        model_step(model, &random, now);
        model_assign(model);
        compare_with_model(model, &vmindex, now);
    }
    for (size_t i = VMINDEX_GONE_MAX + 100; i < MODEL_DOMAINS; i++)
        reused += model->domains[i].index > 0 && model->domains[i].index <= VMINDEX_GONE_MAX + 100;
    assert_true(reused > 50); /* otherwise the limit was not reached, and the test has tested nothing */
    vmindex_clear(&vmindex);
    free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(indexes_are_those_of_a_simple_model),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
