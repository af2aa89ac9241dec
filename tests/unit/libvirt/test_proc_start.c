/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/array.h"
#include "lib/base/clock.h"
#include "lib/libvirt/proc_start.h"
#include "lib/model/domain.h"
#include "tests/unit/between.h"

/* Fields 3 to 21 and 23 to 26 of a stat line. */
#define BEFORE "S 1 4242 4242 0 -1 4194560 2391 0 13 0 1523 311 0 0 20 0 7 0"
#define AFTER  "1048576000 51200 18446744073709551615 1"

static void the_start_is_the_22nd_field(void **state)
{
    static const struct {
        const char *stat;
        uint64_t start;
    } lines[] = {
        { "4242 (qemu-system-x86) " BEFORE " 777123 " AFTER "\n", 777123 },
        { "1 (init) " BEFORE " 1 " AFTER "\n", 1 },
        { "4242 (two words) " BEFORE " 777123 " AFTER "\n", 777123 },
        { "4242 (a) b) c) " BEFORE " 777123 " AFTER "\n", 777123 },
        { "4242 () S 1 2 3) " BEFORE " 777123 " AFTER "\n", 777123 },
        { "4242 (new\nline) " BEFORE " 777123 " AFTER "\n", 777123 },
        { "4242 ( ) " BEFORE " 18446744073709551615 " AFTER "\n", UINT64_MAX },
        { "4242 (qemu) " BEFORE " 777123", 777123 }, /* no field follows */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(lines); i++)
        if (proc_start_parse(lines[i].stat) != lines[i].start)
            fail_msg("line %zu: %ju", i, (uintmax_t)proc_start_parse(lines[i].stat));
}

static void other_texts_have_no_start(void **state)
{
    static const char *const lines[] = { "",
                                         "\n",
                                         "4242",
                                         "4242 (qemu",
                                         "4242 (qemu)",
                                         "4242 (qemu) ",
                                         "4242 (qemu) " BEFORE,
                                         "4242 qemu " BEFORE " 777123 " AFTER,
                                         "4242 (qemu) " BEFORE " x " AFTER };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(lines); i++)
        if (proc_start_parse(lines[i]) != 0)
            fail_msg("\"%s\": %ju", lines[i], (uintmax_t)proc_start_parse(lines[i]));
}

/* A process with these arguments. It ends when our end of the socket is closed. */
struct child {
    pid_t pid;
    int line;
};

static struct child start_child(const char *one, const char *two, const char *three, const char *four)
{
    struct child child;
    int ends[2];
    char ready;

    /* Closed on exec, so that no child keeps the socket of another one open. */
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    child.line = ends[0];
    child.pid = fork();
    assert_true(child.pid >= 0);
    if (child.pid == 0) {
        (void)dup2(ends[1], STDIN_FILENO);
        (void)dup2(ends[1], STDOUT_FILENO);
        execl("/bin/sh", "sh", "-c", "printf x; read line; exit 0", "guest", one, two, three, four, (char *)NULL);
        _exit(127);
    }
    (void)close(ends[1]);
    /* When it has written something, its command line is complete. */
    assert_int_equal(read(child.line, &ready, 1), 1);
    return child;
}

static void end_child(struct child child)
{
    (void)close(child.line);
    assert_int_equal(waitpid(child.pid, NULL, 0), child.pid);
}

/* A UUID that no other run of this test uses. */
static void own_uuid(unsigned number, unsigned char uuid[UUID_BYTES], char text[UUID_TEXT])
{
    int64_t now = clock_real_ms();
    pid_t pid = getpid();

    memset(uuid, 0xe7, UUID_BYTES);
    memcpy(uuid, &now, 8);
    memcpy(uuid + 8, &pid, sizeof(pid));
    uuid[15] = (unsigned char)number;
    uuid_format(uuid, text);
}

/* The start time of the process with that UUID now, or 0. */
static int64_t found_start(const unsigned char uuid[UUID_BYTES])
{
    struct proc_starts *starts = proc_start_read();
    int64_t start;

    if (!starts)
        skip(); /* no /proc */
    start = proc_start_of(starts, uuid);
    proc_start_free(starts);
    return start;
}

static void a_process_is_found_by_the_uuid_on_its_command_line(void **state)
{
    unsigned char uuid[UUID_BYTES];
    char text[UUID_TEXT];
    int64_t before, after, start;
    struct child child;

    (void)state;
    own_uuid(1, uuid, text);
    before = clock_boot_ms();
    child = start_child("-name", "guest=x", "-uuid", text);
    after = clock_boot_ms();
    start = found_start(uuid);
    end_child(child);
    /* The kernel counts in ticks of a hundredth of a second. */
    assert_between(start, before - 20, after + 20);
}

static void a_process_that_is_gone_is_not_found(void **state)
{
    unsigned char uuid[UUID_BYTES];
    char text[UUID_TEXT];

    (void)state;
    own_uuid(2, uuid, text);
    end_child(start_child("-uuid", text, "-S", NULL));
    assert_int_equal(found_start(uuid), 0);
}

static void a_uuid_in_another_argument_is_ignored(void **state)
{
    unsigned char uuid[UUID_BYTES];
    char text[UUID_TEXT], joined[64];
    struct child children[5];
    int64_t start;

    (void)state;
    own_uuid(3, uuid, text);
    (void)snprintf(joined, sizeof(joined), "-uuid=%s", text);
    children[0] = start_child(text, "-name", "-smbios", text);
    children[1] = start_child(joined, NULL, NULL, NULL);
    children[2] = start_child("-uuid", "nonsense", "-uuid", NULL);
    children[3] = start_child("-UUID", text, "--uuid", text);
    children[4] = start_child("-uuidx", text, "-u", text);
    start = found_start(uuid);
    for (size_t i = 0; i < ARRAY_COUNT(children); i++)
        end_child(children[i]);
    assert_int_equal(start, 0);
}

static void many_guests_are_found(void **state)
{
    enum { GUESTS = 70 };
    unsigned char uuids[GUESTS][UUID_BYTES];
    struct child children[GUESTS];
    struct proc_starts *starts;
    int missing = 0;

    (void)state;
    for (unsigned i = 0; i < GUESTS; i++) {
        char text[UUID_TEXT];

        own_uuid(i, uuids[i], text);
        uuids[i][0] = (unsigned char)(i * 37); /* not sorted */
        uuid_format(uuids[i], text);
        children[i] = start_child("-uuid", text, NULL, NULL);
    }
    starts = proc_start_read();
    for (unsigned i = 0; i < GUESTS; i++) {
        missing += starts && proc_start_of(starts, uuids[i]) == 0;
        end_child(children[i]);
    }
    if (!starts)
        skip();
    proc_start_free(starts);
    assert_int_equal(missing, 0);
}

static void null_can_be_freed(void **state)
{
    (void)state;
    proc_start_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_start_is_the_22nd_field),
        cmocka_unit_test(other_texts_have_no_start),
        cmocka_unit_test(a_process_is_found_by_the_uuid_on_its_command_line),
        cmocka_unit_test(a_process_that_is_gone_is_not_found),
        cmocka_unit_test(a_uuid_in_another_argument_is_ignored),
        cmocka_unit_test(many_guests_are_found),
        cmocka_unit_test(null_can_be_freed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
