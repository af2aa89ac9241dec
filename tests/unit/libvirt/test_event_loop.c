/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What happens if libvirt's event loop fails. libvirt's function is replaced. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <libvirt/libvirt.h>

#include "lib/base/clock.h"
#include "lib/libvirt/event_loop.h"
#include "tests/unit/libvirt/mock_libvirt.h"

static struct {
    bool fails;
    unsigned failures, runs;
    unsigned warnings, notices;
    char line[256]; /* the last warning */
} seen;

int virEventRunDefaultImpl(void)
{
    bool fails;
    MOCK_REAL(virEventRunDefaultImpl);

    mock_lock();
    fails = seen.fails;
    seen.failures += fails;
    seen.runs += !fails;
    mock_unlock();
    return fails ? -1 : real();
}

static void note_line(void *data, enum log_level level, const char *line)
{
    (void)data;
    mock_lock();
    seen.warnings += level == LOG_LEVEL_WARNING;
    seen.notices += level == LOG_LEVEL_NOTICE;
    if (level == LOG_LEVEL_WARNING)
        (void)strncpy(seen.line, line, sizeof(seen.line) - 1);
    mock_unlock();
}

static const struct log_sink note = { note_line, NULL };

static void set_failing(bool fails)
{
    mock_lock();
    seen.fails = fails;
    mock_unlock();
}

static void a_loop_that_fails_is_reported_and_runs_again(void **state)
{
    struct event_loop *loop;

    (void)state;
    set_failing(true);
    loop = event_loop_start(&note);
    assert_non_null(loop);
    EVENTUALLY(mock_read(&seen.failures) >= 2);
    assert_int_equal(mock_read(&seen.warnings), 1); /* once, not at each attempt */
    assert_non_null(strstr(seen.line, "event loop"));
    set_failing(false);
    EVENTUALLY(mock_read(&seen.runs) >= 1);
    EVENTUALLY(mock_read(&seen.notices) == 1);
    event_loop_stop(loop);
    assert_int_equal(mock_read(&seen.warnings), 1);
}

static void a_loop_that_fails_does_not_use_a_cpu_and_ends_at_once(void **state)
{
    struct event_loop *loop;
    int64_t began;

    (void)state;
    set_failing(true);
    loop = event_loop_start(&note);
    assert_non_null(loop);
    EVENTUALLY(mock_read(&seen.failures) >= 4);
    assert_true(standin_cpu_ms(300) < 150);
    began = clock_boot_ms();
    event_loop_stop(loop);
    assert_true(clock_boot_ms() - began < 900);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_loop_that_fails_is_reported_and_runs_again),
        cmocka_unit_test(a_loop_that_fails_does_not_use_a_cpu_and_ends_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
