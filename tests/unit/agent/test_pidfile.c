/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/pidfile.h"

static char folder[64], path[80], target[80], why[512];

static int make_folder(void **state)
{
    (void)state;
    (void)strcpy(folder, "/tmp/pidfile.XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    (void)snprintf(path, sizeof(path), "%s/pid", folder);
    (void)snprintf(target, sizeof(target), "%s/target", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    (void)unlink(path);
    (void)unlink(target);
    return rmdir(folder);
}

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void assert_holds(const char *name, const char *wanted)
{
    char text[64] = "";
    FILE *file = fopen(name, "r");

    assert_non_null(file);
    assert_int_equal(fread(text, 1, sizeof(text) - 1, file), strlen(wanted));
    assert_int_equal(fclose(file), 0);
    assert_string_equal(text, wanted);
}

static void assert_refused(const char *reason)
{
    struct pidfile pidfile = { .fd = -1 };

    why[0] = '\0';
    assert_false(pidfile_take(&pidfile, path, why, sizeof(why)));
    assert_int_equal(pidfile.fd, -1);
    if (!strstr(why, path) || !strstr(why, reason))
        fail_msg("\"%s\" does not say \"%s\"", why, reason);
}

static void the_file_has_the_id_while_the_agent_runs(void **state)
{
    struct pidfile pidfile = { .fd = -1 };
    char wanted[32];
    struct stat status;
    mode_t mask = umask(S_IWGRP | S_IWOTH);

    (void)state;
    (void)snprintf(wanted, sizeof(wanted), "%ld\n", (long)getpid());
    write_file(path, "4194304\n"); /* of an agent that was killed */
    assert_true(pidfile_take(&pidfile, path, why, sizeof(why)));
    assert_true(pidfile_sign(&pidfile, why, sizeof(why)));
    assert_holds(path, wanted);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0644);
    pidfile_drop(&pidfile);
    assert_int_equal(access(path, F_OK), -1);
    (void)umask(mask);
}

static void a_second_agent_is_refused_and_changes_nothing(void **state)
{
    struct pidfile first = { .fd = -1 };
    char wanted[32];

    (void)state;
    (void)snprintf(wanted, sizeof(wanted), "%ld\n", (long)getpid());
    assert_true(pidfile_take(&first, path, why, sizeof(why)));
    assert_true(pidfile_sign(&first, why, sizeof(why)));
    assert_refused("another guestlistd uses it");
    assert_holds(path, wanted);
    pidfile_drop(&first);
}

static void the_file_of_another_agent_is_not_removed(void **state)
{
    struct pidfile first = { .fd = -1 };

    (void)state;
    assert_true(pidfile_take(&first, path, why, sizeof(why)));
    assert_int_equal(unlink(path), 0);
    write_file(path, "77\n");
    pidfile_drop(&first);
    assert_holds(path, "77\n");
}

/* As when the agent goes to the background: its parent process ends, and the child has the file. */
static void the_lock_survives_the_way_to_the_background(void **state)
{
    struct pidfile pidfile = { .fd = -1 };
    int pipe_ends[2], status;
    char end;
    pid_t child;

    (void)state;
    assert_true(pidfile_take(&pidfile, path, why, sizeof(why)));
    assert_int_equal(pipe(pipe_ends), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)close(pipe_ends[1]);
        _exit(read(pipe_ends[0], &end, 1) == 0 ? 0 : 1);
    }
    assert_int_equal(close(pidfile.fd), 0);
    assert_refused("another guestlistd uses it");
    assert_int_equal(close(pipe_ends[1]), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(close(pipe_ends[0]), 0);
    assert_true(pidfile_take(&pidfile, path, why, sizeof(why)));
    pidfile_drop(&pidfile);
}

static void a_link_is_not_followed(void **state)
{
    (void)state;
    write_file(target, "5\n");
    assert_int_equal(symlink(target, path), 0);
    assert_refused("it is a symbolic link");
    assert_holds(target, "5\n");
    assert_int_equal(unlink(target), 0);
    assert_refused("it is a symbolic link");
    assert_int_equal(access(target, F_OK), -1);
    assert_int_equal(unlink(path), 0);
}

static void a_file_that_is_no_pid_file_stays(void **state)
{
    (void)state;
    write_file(path, "root:x:0:0\n");
    assert_refused("something other than a process id");
    assert_holds(path, "root:x:0:0\n");
    write_file(path, "1234567890123456789012345678901234567890\n");
    assert_refused("something other than a process id");
    write_file(path, "");
    assert_int_equal(link(path, target), 0);
    assert_refused("another name");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0644), 0);
    assert_refused("not a regular file");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0755), 0);
    assert_refused("Is a directory");
    assert_int_equal(rmdir(path), 0);
}

static void nothing_is_done_without_a_file(void **state)
{
    struct pidfile none = { .fd = -1 };

    (void)state;
    assert_true(pidfile_sign(&none, why, sizeof(why)));
    pidfile_drop(&none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_file_has_the_id_while_the_agent_runs),
        cmocka_unit_test(a_second_agent_is_refused_and_changes_nothing),
        cmocka_unit_test(the_file_of_another_agent_is_not_removed),
        cmocka_unit_test(the_lock_survives_the_way_to_the_background),
        cmocka_unit_test(a_link_is_not_followed),
        cmocka_unit_test(a_file_that_is_no_pid_file_stays),
        cmocka_unit_test(nothing_is_done_without_a_file),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
