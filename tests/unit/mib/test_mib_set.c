/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SET: which objects may be written with which values, and what each value does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/mib/libvirt_mib.h"
#include "agent/mib/vm_mib.h"
#include "agent/mib/rows.h"
#include "tests/unit/fixtures.h"

enum { COLUMN_STATE = 3, COLUMN_ROW_STATUS = 9, PER_VM = 9, BULK = 10 };

struct name {
    mib_subid oid[MIB_OID_MAX];
    size_t length;
};

static struct name guest(unsigned number, mib_subid column)
{
    struct name made = { { LIBVIRT_MIB_OID, 1, 1, 1, column }, 11 };
    unsigned char uuid[UUID_BYTES];

    fixture_uuid(number, uuid);
    for (size_t i = 0; i < UUID_BYTES; i++)
        made.oid[made.length++] = uuid[i];
    return made;
}

static struct name scalar(mib_subid number)
{
    return (struct name){ { VM_MIB_OID, 1, number, 0 }, 10 };
}

/* All guests, and whether SET may turn switches and act on domains. */
static struct answer answer_of(struct rows *rows, bool may_turn, bool may_control)
{
    *rows = (struct rows){ .snapshot = fixture_all_guests() };
    return (struct answer){ .rows = rows,
                            .may_control = true,
                            .settings = { .writable_switches = may_turn, .allow_control = may_control } };
}

static enum mib_set test_guest(const struct answer *answer, struct name name, int32_t value)
{
    return mib_set_test(&libvirt_mib, answer, name.oid, name.length, &value);
}

static enum mib_set test_scalar(const struct answer *answer, struct name name, int32_t value)
{
    return mib_set_test(&vm_mib, answer, name.oid, name.length, &value);
}

static void nothing_is_writable_unless_a_setting_allows_it(void **state)
{
    struct rows rows;
    struct answer answer = answer_of(&rows, false, false);
    struct name name = guest(GUEST_RUNNING, COLUMN_STATE);

    (void)state;
    assert_int_equal(test_guest(&answer, name, 3), MIB_SET_NOT_WRITABLE);
    assert_int_equal(test_guest(&answer, guest(GUEST_RUNNING, COLUMN_ROW_STATUS), 6), MIB_SET_NOT_WRITABLE);
    assert_int_equal(test_scalar(&answer, scalar(PER_VM), 1), MIB_SET_NOT_WRITABLE);
    assert_int_equal(test_scalar(&answer, scalar(BULK), 1), MIB_SET_NOT_WRITABLE);
    answer.settings.allow_control = true; /* the other setting */
    assert_int_equal(test_scalar(&answer, scalar(PER_VM), 1), MIB_SET_NOT_WRITABLE);
    assert_int_equal(test_guest(&answer, name, 3), MIB_SET_FINE);
    answer.settings.allow_control = false;
    answer.settings.writable_switches = true;
    assert_int_equal(test_guest(&answer, name, 3), MIB_SET_NOT_WRITABLE);
    assert_int_equal(test_guest(&answer, guest(GUEST_RUNNING, COLUMN_ROW_STATUS), 6), MIB_SET_NOT_WRITABLE);
    assert_int_equal(test_scalar(&answer, scalar(PER_VM), 1), MIB_SET_FINE);
    snapshot_unref(rows.snapshot);
}

static void control_that_libvirt_denies_is_unavailable(void **state)
{
    struct rows rows;
    struct answer answer = answer_of(&rows, true, true);

    (void)state;
    answer.may_control = false;
    assert_int_equal(test_guest(&answer, guest(GUEST_RUNNING, COLUMN_STATE), 3), MIB_SET_UNAVAILABLE);
    assert_int_equal(test_guest(&answer, guest(GUEST_RUNNING, COLUMN_ROW_STATUS), 6), MIB_SET_UNAVAILABLE);
    assert_int_equal(test_guest(&answer, guest(GUEST_RUNNING, COLUMN_STATE), 99), MIB_SET_WRONG_VALUE);
    assert_int_equal(test_guest(&answer, guest(99, COLUMN_STATE), 3), MIB_SET_NO_CREATION);
    assert_int_equal(test_scalar(&answer, scalar(PER_VM), 1), MIB_SET_FINE); /* needs no libvirt */
    answer.settings.allow_control = false;
    assert_int_equal(test_guest(&answer, guest(GUEST_RUNNING, COLUMN_STATE), 3), MIB_SET_NOT_WRITABLE);
    snapshot_unref(rows.snapshot);
}

static void only_columns_with_a_setter_are_writable(void **state)
{
    struct rows rows;
    struct answer answer = answer_of(&rows, true, true);
    struct name name = guest(GUEST_RUNNING, COLUMN_STATE);

    (void)state;
    for (mib_subid column = 0; column < 12; column++)
        if (column != COLUMN_STATE && column != COLUMN_ROW_STATUS)
            assert_int_equal(test_guest(&answer, guest(GUEST_RUNNING, column), 1), MIB_SET_NOT_WRITABLE);
    for (mib_subid number = 0; number < 14; number++)
        if (number != PER_VM && number != BULK)
            assert_int_equal(test_scalar(&answer, scalar(number), 1), MIB_SET_NOT_WRITABLE);
    for (name.length = 0; name.length <= 10; name.length++)
        assert_int_equal(test_guest(&answer, name, 3), MIB_SET_NOT_WRITABLE);
    name.length = 27;
    name.oid[8]++; /* another table's column of that number */
    assert_int_equal(test_guest(&answer, name, 3), MIB_SET_NOT_WRITABLE);
    snapshot_unref(rows.snapshot);
}

static void set_creates_no_row(void **state)
{
    struct rows rows;
    struct answer answer = answer_of(&rows, true, true);
    struct name name = guest(GUEST_RUNNING, COLUMN_STATE), shorter = name, longer = name, wide = name;

    (void)state;
    assert_int_equal(test_guest(&answer, guest(FIXTURE_GUESTS, COLUMN_ROW_STATUS), 4), MIB_SET_NO_CREATION);
    shorter.length = 11;
    assert_int_equal(test_guest(&answer, shorter, 3), MIB_SET_NO_CREATION);
    shorter.length = name.length - 1;
    assert_int_equal(test_guest(&answer, shorter, 3), MIB_SET_NO_CREATION);
    longer.length++;
    assert_int_equal(test_guest(&answer, longer, 3), MIB_SET_NO_CREATION);
    wide.oid[wide.length - 1] += 256;
    assert_int_equal(test_guest(&answer, wide, 3), MIB_SET_NO_CREATION);
    name = scalar(PER_VM);
    name.oid[name.length - 1] = 1;
    assert_int_equal(test_scalar(&answer, name, 1), MIB_SET_NO_CREATION);
    name.length--;
    assert_int_equal(test_scalar(&answer, name, 1), MIB_SET_NO_CREATION);
    snapshot_unref(rows.snapshot);
    answer.rows = NULL; /* before the first listing */
    assert_int_equal(test_guest(&answer, guest(GUEST_RUNNING, COLUMN_STATE), 3), MIB_SET_NO_CREATION);
    assert_int_equal(test_scalar(&answer, scalar(PER_VM), 1), MIB_SET_FINE);
}

/* `fine` has a y for each number from 1 on that may be set, and an n for each other. */
static void assert_values(const struct answer *answer, bool is_scalar, struct name name, const char *fine)
{
    static const int32_t far[] = { INT32_MIN, -1, 0, 100, INT32_MAX };

    for (int32_t value = 1; value <= 9; value++) {
        enum mib_set wanted = fine[value - 1] == 'y' ? MIB_SET_FINE : MIB_SET_WRONG_VALUE;

        assert_int_equal(is_scalar ? test_scalar(answer, name, value) : test_guest(answer, name, value), wanted);
    }
    for (size_t i = 0; i < ARRAY_COUNT(far); i++)
        assert_int_equal(is_scalar ? test_scalar(answer, name, far[i]) : test_guest(answer, name, far[i]),
                         MIB_SET_WRONG_VALUE);
}

static void values_are_checked_before_rows_and_types_before_values(void **state)
{
    struct rows rows;
    struct answer answer = answer_of(&rows, true, true);
    struct name gone = guest(FIXTURE_GUESTS, COLUMN_STATE);

    (void)state;
    assert_values(&answer, false, guest(GUEST_RUNNING, COLUMN_STATE), "ynyynnnnn");
    assert_values(&answer, false, guest(GUEST_RUNNING, COLUMN_ROW_STATUS), "ynnynynnn");
    assert_values(&answer, true, scalar(PER_VM), "yynnnnnnn");
    assert_values(&answer, true, scalar(BULK), "yynnnnnnn");
    assert_int_equal(test_guest(&answer, gone, 2), MIB_SET_WRONG_VALUE);
    assert_int_equal(mib_set_test(&libvirt_mib, &answer, gone.oid, gone.length, NULL), MIB_SET_WRONG_TYPE);
    answer.settings.allow_control = false;
    assert_int_equal(mib_set_test(&libvirt_mib, &answer, gone.oid, gone.length, NULL), MIB_SET_NOT_WRITABLE);
    snapshot_unref(rows.snapshot);
}

static struct switches turn(struct switches switches, mib_subid number, int32_t value)
{
    const struct answer answer = { .settings = { .writable_switches = true } };
    const struct name name = scalar(number);
    struct set_effect effect = { .switches = switches };

    mib_set_apply(&vm_mib, &answer, name.oid, name.length, value, &effect);
    assert_null(effect.domain);
    return effect.switches;
}

static void each_switch_is_turned_alone(void **state)
{
    struct switches switches = { .libvirt = true };

    (void)state;
    switches = turn(switches, PER_VM, 1);
    assert_true(switches.per_vm && !switches.bulk);
    switches = turn(switches, BULK, 1);
    assert_true(switches.per_vm && switches.bulk);
    switches = turn(switches, PER_VM, 2);
    assert_true(!switches.per_vm && switches.bulk);
    switches = turn(switches, BULK, 2);
    assert_true(!switches.per_vm && !switches.bulk && switches.libvirt);
}

static void each_value_is_its_action_on_its_domain(void **state)
{
    static const struct {
        mib_subid column;
        int32_t value;
        enum command_action action;
    } wanted[] = {
        { COLUMN_STATE, 1, COMMAND_RESUME },       { COLUMN_STATE, 3, COMMAND_SUSPEND },
        { COLUMN_STATE, 4, COMMAND_SHUTDOWN },     { COLUMN_ROW_STATUS, 4, COMMAND_START },
        { COLUMN_ROW_STATUS, 6, COMMAND_DESTROY },
    };
    struct rows rows;
    struct answer answer = answer_of(&rows, false, true);

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(wanted); i++) {
        struct name name = guest(GUEST_PAUSED + (unsigned)i, wanted[i].column);
        struct set_effect effect = { .domain = NULL };
        unsigned char uuid[UUID_BYTES];

        fixture_uuid(GUEST_PAUSED + (unsigned)i, uuid);
        mib_set_apply(&libvirt_mib, &answer, name.oid, name.length, wanted[i].value, &effect);
        assert_non_null(effect.domain);
        assert_int_equal(effect.action, wanted[i].action);
        assert_memory_equal(effect.domain->uuid, uuid, sizeof(uuid));
    }
    snapshot_unref(rows.snapshot);
}

static void an_active_row_a_gone_row_and_a_read_only_column_have_no_effect(void **state)
{
    struct rows rows;
    struct answer answer = answer_of(&rows, false, true);
    const struct {
        struct name name;
        int32_t value;
    } objects[] = {
        { guest(GUEST_RUNNING, COLUMN_ROW_STATUS), 1 },
        { guest(FIXTURE_GUESTS, COLUMN_STATE), 3 },
        { guest(GUEST_RUNNING, 2), 3 },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(objects); i++) {
        const struct name *name = &objects[i].name;
        struct set_effect effect = { .domain = NULL };

        mib_set_apply(&libvirt_mib, &answer, name->oid, name->length, objects[i].value, &effect);
        assert_null(effect.domain);
    }
    snapshot_unref(rows.snapshot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_writable_unless_a_setting_allows_it),
        cmocka_unit_test(control_that_libvirt_denies_is_unavailable),
        cmocka_unit_test(only_columns_with_a_setter_are_writable),
        cmocka_unit_test(set_creates_no_row),
        cmocka_unit_test(values_are_checked_before_rows_and_types_before_values),
        cmocka_unit_test(each_switch_is_turned_alone),
        cmocka_unit_test(each_value_is_its_action_on_its_domain),
        cmocka_unit_test(an_active_row_a_gone_row_and_a_read_only_column_have_no_effect),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
