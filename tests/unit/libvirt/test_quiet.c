/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who gets libvirt's errors in a process with other users of libvirt. The functions are those of libvirt's
 * library.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

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

    assert_null(opening_connect("test:///no/such/file.xml", VIR_CONNECT_RO, &opening));
    assert_true(*opening.why);
}

static void the_handler_of_another_plugin_stays(void **state)
{
    (void)state;
    virSetErrorFunc(NULL, handle);
    fail_to_open();
    assert_true(handled > 0);
    handled = 0;
    assert_null(virConnectOpen("test:///no/such/file.xml")); /* a call of the other plugin */
    assert_true(handled > 0);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_handler_of_another_plugin_stays),
        cmocka_unit_test(a_program_of_its_own_can_make_libvirt_quiet),
    };

    return virInitialize() == 0 ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
