/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stage of check_guestlist's tests: a hypervisor with domains, and what the plugin says of it. Include after
 * cmocka.h. */
#ifndef GUESTLIST_TESTS_UNIT_CHECK_STAGE_H
#define GUESTLIST_TESTS_UNIT_CHECK_STAGE_H

#include "integrations/check_guestlist/verdict.h"

struct stage {
    struct facts facts;
    struct arguments arguments;
    struct report report;
    char *said;
    size_t said_size;
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

/* A row's number; the row is made if there is none. */
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

/* A domain as VM-MIB alone shows it. */
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

/* What GUESTLIST-MIB adds to it. */
static inline void stage_details(struct stage *stage, uint32_t index, int state, int reason, const char *text,
                                 int active, int starts)
{
    stage_put(stage, index, COLUMN_STATE, state);
    stage_put(stage, index, COLUMN_REASON, reason);
    stage_put_text(stage, index, COLUMN_REASON_TEXT, text);
    stage_put(stage, index, COLUMN_ACTIVE, active);
    stage_put(stage, index, COLUMN_STARTS_AT_BOOT, starts);
}

/* Running and off, with both MIBs. */
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

/* A hypervisor that is well, without domains. */
static inline void stage_set(struct stage *stage)
{
    *stage = (struct stage){ 0 };
    facts_init(&stage->facts);
    stage->arguments.ignored.ignore = true;
    stage_number(stage, SCALAR_NUMBER, 0);
    stage_text(stage, SCALAR_SOFTWARE, "QEMU");
    stage_number(stage, SCALAR_STATUS, HYPERVISOR_CONNECTED);
    stage_text(stage, SCALAR_LAST_ERROR, "");
    stage_text(stage, SCALAR_FILTER, "");
    stage_number(stage, SCALAR_AGE, 150);
    stage_number(stage, SCALAR_STATISTICS_AGE, 150);
}

/* A hypervisor whose agent has VM-MIB only. */
static inline void stage_set_plain(struct stage *stage)
{
    *stage = (struct stage){ 0 };
    facts_init(&stage->facts);
    stage->arguments.ignored.ignore = true;
    stage_number(stage, SCALAR_NUMBER, 0);
    stage_text(stage, SCALAR_SOFTWARE, "vmd");
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

/* What the plugin says comes into `said`. */
static inline enum status stage_judge(struct stage *stage)
{
    FILE *out;

    report_clear(&stage->report);
    free(stage->said);
    out = open_memstream(&stage->said, &stage->said_size);
    assert_non_null(out);
    verdict_judge(&stage->arguments, &stage->facts, &stage->report);
    assert_true(report_print(&stage->report, out));
    assert_int_equal(fclose(out), 0);
    return stage->report.status;
}

static inline void assert_verdict(struct stage *stage, enum status wanted, const char *words)
{
    enum status status = stage_judge(stage);

    if (status != wanted || !strstr(stage->said, words))
        fail_msg("wanted status %d and \"%s\", got %d: %s", (int)wanted, words, (int)status, stage->said);
}

static inline void assert_no_word_of(const struct stage *stage, const char *words)
{
    if (strstr(stage->said, words))
        fail_msg("\"%s\" is said: %s", words, stage->said);
}

static inline void stage_clear(struct stage *stage)
{
    report_clear(&stage->report);
    facts_clear(&stage->facts);
    arguments_clear(&stage->arguments);
    free(stage->said);
}

#endif
