/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stage of check_guestlist's tests: the facts of a hypervisor with domains, and the plugin's output for them.
 * A test that is listed by STAGE_TEST() or VM_MIB_TEST() gets a struct stage as its state. Include after cmocka.h.
 */
#ifndef GUESTLIST_TESTS_UNIT_CHECK_STAGE_H
#define GUESTLIST_TESTS_UNIT_CHECK_STAGE_H

#include "integrations/check_guestlist/verdict.h"

struct stage {
    struct facts facts;
    struct arguments arguments;
    struct report report;
    char *output;
    size_t output_size;
};

static inline void stage_number(struct stage *stage, enum facts_scalar scalar, int64_t number)
{
    const struct object_value value = { .number = number };

    assert_true(facts_put_scalar(&stage->facts, scalar, &value));
}

static inline void stage_text(struct stage *stage, enum facts_scalar scalar, const char *text)
{
    const struct object_value value = { .is_text = true,
                                        .octets = (const unsigned char *)text,
                                        .length = strlen(text) };

    assert_true(facts_put_scalar(&stage->facts, scalar, &value));
}

/* A number in a row, which is added if there is none with that index. */
static inline void stage_put(struct stage *stage, uint32_t index, enum facts_column column, int64_t number)
{
    const struct object_value value = { .number = number };

    assert_true(facts_put(&stage->facts, index, column, &value));
}

static inline void stage_put_text(struct stage *stage, uint32_t index, enum facts_column column, const char *text)
{
    const struct object_value value = { .is_text = true,
                                        .octets = (const unsigned char *)text,
                                        .length = strlen(text) };

    assert_true(facts_put(&stage->facts, index, column, &value));
}

/* The columns of VM-MIB. */
static inline void stage_vm(struct stage *stage, uint32_t index, const char *name, int oper, int admin,
                            int autostart)
{
    stage_put_text(stage, index, COLUMN_NAME, name);
    stage_put(stage, index, COLUMN_OPER, oper);
    stage_put(stage, index, COLUMN_ADMIN, admin);
    stage_put(stage, index, COLUMN_AUTOSTART, autostart);
    stage_put(stage, index, COLUMN_PERSISTENT, 2);
    stage_number(stage, SCALAR_NUMBER, (int64_t)stage->facts.count);
}

/* The columns of GUESTLIST-MIB. */
static inline void stage_details(struct stage *stage, uint32_t index, int state, int reason, const char *text,
                                 int active, int starts)
{
    stage_put(stage, index, COLUMN_STATE, state);
    stage_put(stage, index, COLUMN_REASON, reason);
    stage_put_text(stage, index, COLUMN_REASON_TEXT, text);
    stage_put(stage, index, COLUMN_ACTIVE, active);
    stage_put(stage, index, COLUMN_STARTS_AT_BOOT, starts);
}

/* A running domain, and below one that is off, with both MIBs. */
static inline void stage_running(struct stage *stage, uint32_t index, const char *name, bool starts)
{
    stage_vm(stage, index, name, OPER_RUNNING, 1, starts ? 2 : 3);
    stage_details(stage, index, 1, 1, "booted", TRUTH_TRUE, starts ? TRUTH_TRUE : TRUTH_FALSE);
}

static inline void stage_off(struct stage *stage, uint32_t index, const char *name, bool starts)
{
    stage_vm(stage, index, name, OPER_SHUTDOWN, 4, starts ? 2 : 3);
    stage_details(stage, index, 5, 2, "destroyed", TRUTH_FALSE, starts ? TRUTH_TRUE : TRUTH_FALSE);
}

static inline void stage_clear(struct stage *stage)
{
    report_clear(&stage->report);
    facts_clear(&stage->facts);
    arguments_clear(&stage->arguments);
    free(stage->output);
    *stage = (struct stage){ 0 };
}

/* Only the objects of VM-MIB, and no domains. */
static inline void stage_reset_vm_mib(struct stage *stage)
{
    stage_clear(stage);
    facts_init(&stage->facts);
    stage->arguments.ignored.ignore = true;
    stage_number(stage, SCALAR_NUMBER, 0);
    stage_text(stage, SCALAR_SOFTWARE, "QEMU");
}

/* A connected hypervisor without domains, with both MIBs. */
static inline void stage_reset(struct stage *stage)
{
    stage_reset_vm_mib(stage);
    stage_number(stage, SCALAR_STATUS, HYPERVISOR_CONNECTED);
    stage_text(stage, SCALAR_LAST_ERROR, "");
    stage_text(stage, SCALAR_FILTER, "");
    stage_number(stage, SCALAR_AGE, 150);
    stage_number(stage, SCALAR_STATISTICS_AGE, 150);
}

static inline int stage_set_up_vm_mib(void **state)
{
    struct stage *stage = calloc(1, sizeof(*stage));

    assert_non_null(stage);
    stage_reset_vm_mib(stage);
    *state = stage;
    return 0;
}

static inline int stage_set_up(void **state)
{
    (void)stage_set_up_vm_mib(state);
    stage_reset(*state);
    return 0;
}

static inline int stage_tear_down(void **state)
{
    stage_clear(*state);
    free(*state);
    return 0;
}

static inline void stage_mode(struct stage *stage, enum arguments_mode mode, const char *words)
{
    char why[200];

    stage->arguments.mode = mode;
    if (words && !criteria_parse(&stage->arguments.criteria, words, why, sizeof(why)))
        fail_msg("%s", why);
}

static inline void stage_domain(struct stage *stage, const char *name)
{
    char why[200];

    stage->arguments.domains[stage->arguments.domain_count++] = name;
    assert_true(selection_add(&stage->arguments.selected, name, why, sizeof(why)));
}

static inline void stage_ignore(struct stage *stage, const char *name)
{
    char why[200];

    assert_true(selection_add(&stage->arguments.ignored, name, why, sizeof(why)));
}

/* Judges the facts again and writes `output`. */
static inline enum status stage_judge(struct stage *stage)
{
    FILE *out;

    report_clear(&stage->report);
    free(stage->output);
    out = open_memstream(&stage->output, &stage->output_size);
    assert_non_null(out);
    verdict_judge(&stage->arguments, &stage->facts, &stage->report);
    assert_true(report_print(&stage->report, out));
    assert_int_equal(fclose(out), 0);
    return stage->report.status;
}

static inline void assert_verdict(struct stage *stage, enum status wanted, const char *words)
{
    enum status status = stage_judge(stage);

    if (status != wanted || !strstr(stage->output, words))
        fail_msg("wanted status %d and \"%s\", got %d: %s", (int)wanted, words, (int)status, stage->output);
}

static inline void assert_not_in_output(const struct stage *stage, const char *words)
{
    if (strstr(stage->output, words))
        fail_msg("\"%s\" is in the output: %s", words, stage->output);
}

#define STAGE_TEST(test)  cmocka_unit_test_setup_teardown(test, stage_set_up, stage_tear_down)
#define VM_MIB_TEST(test) cmocka_unit_test_setup_teardown(test, stage_set_up_vm_mib, stage_tear_down)

#endif
