/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which errors libvirt prints in a process with other users of libvirt. The functions are those of libvirt's
 * library.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>
#include <libvirt/virterror.h>

#include "lib/libvirt/opening.h"
#include "lib/libvirt/quiet.h"

static unsigned handled;

static void handle(void *data, virErrorPtr error)
{
    (void)data;
    (void)error;
    handled++;
}

static void fail_to_open(void)
{
    struct opening opening;

    assert_null(opening_connect("qemu:///system?socket=/no/such/socket", VIR_CONNECT_RO, &opening));
    assert_true(*opening.why);
}

static void a_program_of_its_own_can_make_libvirt_quiet(void **state)
{
    (void)state;
    virSetErrorFunc(NULL, handle);
    handled = 0;
    quiet_libvirt();
    fail_to_open();
    assert_int_equal(handled, 0);
}

/* Returns how much is printed to stderr. */
static long printed_by(void (*call)(void))
{
    FILE *file = tmpfile();
    int saved = dup(STDERR_FILENO);
    long length;

    assert_non_null(file);
    assert_true(saved >= 0);
    assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
    call();
    (void)fflush(stderr);
    assert_true(dup2(saved, STDERR_FILENO) >= 0);
    (void)close(saved);
    length = lseek(fileno(file), 0, SEEK_END);
    (void)fclose(file);
    return length;
}

static void fail_as_another_plugin(void)
{
    assert_null(virConnectOpen("qemu:///system?socket=/no/such/socket"));
}

static void *thread_fail_to_open(void *data)
{
    fail_to_open();
    return data;
}

static void fail_to_open_on_own_thread(void)
{
    pthread_t thread;

    assert_int_equal(pthread_create(&thread, NULL, thread_fail_to_open, NULL), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
}

static void in_collectd_errors_of_other_plugins_are_still_printed(void **state)
{
    (void)state;
    quiet_own_threads();
    assert_true(printed_by(fail_as_another_plugin) > 0);
    assert_int_equal(printed_by(fail_to_open_on_own_thread), 0);
    assert_true(printed_by(fail_as_another_plugin) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_collectd_errors_of_other_plugins_are_still_printed),
        cmocka_unit_test(a_program_of_its_own_can_make_libvirt_quiet),
    };

    return virInitialize() == 0 ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
