/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/resource.h>

#include "agent/index/statefile.h"

enum { WHY_MAX = 512 };

static char folder[64], path[128], why[WHY_MAX];

static int make_folder(void **state)
{
    (void)state;
    (void)strcpy(folder, "/tmp/statefile.XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    (void)snprintf(path, sizeof(path), "%s/file", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    (void)unlink(path);
    return rmdir(folder);
}

static void write_file(const char *text, size_t length)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

/* Joins the lines with "|". The first one that begins with "bad" is damage. */
static bool read_lines(struct statefile_reader *reader, void *data)
{
    char *joined = data;

    joined[0] = '\0';
    while (statefile_next_line(reader)) {
        if (strncmp(reader->line, "bad", 3) == 0)
            return statefile_damaged(reader, "better");
        (void)strcat(strcat(joined, reader->line), "|");
    }
    return true;
}

static void an_incomplete_line_is_the_end(void **state)
{
    static const struct {
        const char *text;
        size_t length;
        const char *joined;
    } files[] = {
        { "", 0, "" },
        { "one\ntwo\n", 8, "one|two|" },
        { "one\n\ntwo\n", 9, "one||two|" },
        { "one\ntwo", 7, "one|" }, /* cut short */
        { "one\nt\0o\nthree\n", 14, "one|" },
        { "\0", 1, "" },
    };
    char joined[64];

    (void)state;
    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
        write_file(files[i].text, files[i].length);
        assert_int_equal(statefile_load(path, read_lines, joined, why, sizeof(why)), STATEFILE_LOADED);
        assert_string_equal(joined, files[i].joined);
    }
}

static void a_line_that_is_too_long_is_the_end(void **state)
{
    char text[600], joined[600];

    (void)state;
    memset(text, 'x', sizeof(text));
    text[254] = '\n';
    write_file(text, 255);
    assert_int_equal(statefile_load(path, read_lines, joined, why, sizeof(why)), STATEFILE_LOADED);
    assert_int_equal(strlen(joined), 255); /* with the bar */
    memset(text, 'x', sizeof(text));
    text[599] = '\n';
    write_file(text, 600);
    assert_int_equal(statefile_load(path, read_lines, joined, why, sizeof(why)), STATEFILE_LOADED);
    assert_string_equal(joined, "");
}

static void damage_names_file_line_and_value(void **state)
{
    char joined[64], wanted[256];

    (void)state;
    write_file("one\nbad luck\n", 13);
    assert_int_equal(statefile_load(path, read_lines, joined, why, sizeof(why)), STATEFILE_DAMAGED);
    (void)snprintf(wanted, sizeof(wanted), "%s: line 2: \"bad luck\": expected better", path);
    assert_string_equal(why, wanted);
    write_file("bad \x1b[2J\n", 9);
    assert_int_equal(statefile_load(path, read_lines, joined, why, sizeof(why)), STATEFILE_DAMAGED);
    (void)snprintf(wanted, sizeof(wanted), "%s: line 1: \"bad \\x1b[2J\": expected better", path);
    assert_string_equal(why, wanted);
}

static void a_missing_file_is_not_an_unreadable_one(void **state)
{
    char joined[64], below[160];

    (void)state;
    (void)unlink(path);
    assert_int_equal(statefile_load(path, read_lines, joined, why, sizeof(why)), STATEFILE_NONE);
    write_file("", 0);
    (void)snprintf(below, sizeof(below), "%s/below", path);
    assert_int_equal(statefile_load(below, read_lines, joined, why, sizeof(why)), STATEFILE_UNREADABLE);
    assert_non_null(strstr(why, "below: Not a directory"));
}

static void assert_unreadable(bool (*read)(struct statefile_reader *reader, void *data), const char *reason)
{
    char joined[64], wanted[256];

    assert_int_equal(statefile_load(path, read, joined, why, sizeof(why)), STATEFILE_UNREADABLE);
    (void)snprintf(wanted, sizeof(wanted), "%s: %s", path, reason);
    assert_string_equal(why, wanted);
}

static void write_text(FILE *file, const void *data)
{
    (void)fputs(data, file);
}

static size_t files_in_folder(void)
{
    DIR *directory = opendir(folder);
    size_t count = 0;

    assert_non_null(directory);
    while (readdir(directory))
        count++;
    (void)closedir(directory);
    return count - 2; /* without . and .. */
}

static void only_regular_files_can_be_read(void **state)
{
    (void)state;
    (void)unlink(path);
    assert_int_equal(mkdir(path, 0755), 0);
    assert_unreadable(read_lines, "Is a directory");
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(mkfifo(path, 0644), 0); /* no process writes to it: opening must not block */
    assert_unreadable(read_lines, "it is not a regular file");
    (void)unlink(path);
}

/* The link leads to a file that must be neither read nor written. */
static void links_are_not_followed(void **state)
{
    char target[96], temporary[160], joined[64];
    struct stat status;

    (void)state;
    (void)snprintf(target, sizeof(target), "%s/target", folder);
    (void)snprintf(temporary, sizeof(temporary), "%s%s", path, STATEFILE_NEW);
    (void)unlink(path);
    assert_true(statefile_save(target, write_text, "secret\n", why, sizeof(why)));
    assert_int_equal(symlink(target, path), 0);
    assert_unreadable(read_lines, "it is a symbolic link, which is not followed");
    assert_int_equal(symlink(target, temporary), 0);
    assert_true(statefile_save(path, write_text, "new\n", why, sizeof(why)));
    assert_int_equal(statefile_load(target, read_lines, joined, why, sizeof(why)), STATEFILE_LOADED);
    assert_string_equal(joined, "secret|");
    assert_int_equal(lstat(path, &status), 0);
    assert_true(S_ISREG(status.st_mode));
    assert_int_equal(unlink(target), 0);
    assert_int_equal(files_in_folder(), 1);
}

/* No process reads it, so that opening it would block for ever. */
static void a_pipe_in_the_place_of_the_new_file_does_not_block(void **state)
{
    char temporary[160];

    (void)state;
    (void)snprintf(temporary, sizeof(temporary), "%s%s", path, STATEFILE_NEW);
    assert_int_equal(mkfifo(temporary, 0644), 0);
    assert_true(statefile_save(path, write_text, "new\n", why, sizeof(why)));
    assert_int_equal(files_in_folder(), 1);
}

static bool read_one(struct statefile_reader *reader, void *data)
{
    (void)data;
    return statefile_next_line(reader) && statefile_end(reader, 0, "an end");
}

static void nothing_may_follow_the_end(void **state)
{
    static const struct {
        const char *text;
        size_t length;
        bool is_good;
    } files[] = {
        { "end 0\n", 6, true },    { "end 0\nmore\n", 11, false }, { "end 0\nm", 7, false },
        { "end 0\n\0", 7, false }, { "end 0\n\n", 7, false },      { "end 4294967296\n", 15, false },
        { "end -0\n", 7, false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
        write_file(files[i].text, files[i].length);
        if (statefile_load(path, read_one, NULL, why, sizeof(why)) !=
            (files[i].is_good ? STATEFILE_LOADED : STATEFILE_DAMAGED))
            fail_msg("file %zu: %s", i, why);
    }
}

static void damage_is_shown_without_control_characters(void **state)
{
    char joined[64];

    (void)state;
    write_file("bad \033[2J\033]0;x\007\n", 15);
    assert_int_equal(statefile_load(path, read_lines, joined, why, sizeof(why)), STATEFILE_DAMAGED);
    assert_non_null(strstr(why, "\"bad \\x1b[2J\\x1b]0;x\\x07\""));
    for (const char *c = why; *c; c++)
        assert_true(*c >= ' ');
}

static void without_descriptors_the_file_is_unreadable(void **state)
{
    struct rlimit before, none;

    (void)state;
    write_file("one\n", 4);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = (struct rlimit){ 0, before.rlim_max };
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    assert_unreadable(read_lines, "Too many open files");
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
}

/* As if the disk failed in the middle. */
static bool read_from_nowhere(struct statefile_reader *reader, void *data)
{
    assert_int_equal(dup2(open("/", O_RDONLY | O_DIRECTORY), fileno(reader->file)), fileno(reader->file));
    return !read_lines(reader, data) || statefile_damaged(reader, "another line");
}

static bool read_without_memory(struct statefile_reader *reader, void *data)
{
    (void)data;
    return !statefile_next_line(reader) || statefile_failed(reader, ENOMEM);
}

static void a_file_is_not_damaged_because_reading_fails(void **state)
{
    (void)state;
    write_file("one\n", 4);
    assert_unreadable(read_from_nowhere, "Is a directory");
    assert_unreadable(read_without_memory, "Cannot allocate memory");
}

static void a_damaged_file_is_moved_and_nothing_else(void **state)
{
    char aside[PATH_MAX], wanted[160], below[160];

    (void)state;
    write_file("old", 3);
    (void)snprintf(wanted, sizeof(wanted), "%s%%damaged", path);
    assert_true(statefile_move_aside(path, aside));
    assert_string_equal(aside, wanted);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(unlink(aside), 0);
    write_file("old", 3);
    assert_int_equal(mkdir(wanted, 0755), 0);
    assert_false(statefile_move_aside(path, aside));
    assert_int_equal(access(path, F_OK), 0);
    assert_int_equal(rmdir(wanted), 0);
    (void)snprintf(below, sizeof(below), "%s/below", path);
    assert_false(statefile_move_aside(below, aside));
}

static void a_save_replaces_the_whole_file(void **state)
{
    char joined[64];
    struct stat status;

    (void)state;
    assert_true(statefile_save(path, write_text, "a long first version\n", why, sizeof(why)));
    assert_true(statefile_save(path, write_text, "new\n", why, sizeof(why)));
    assert_int_equal(statefile_load(path, read_lines, joined, why, sizeof(why)), STATEFILE_LOADED);
    assert_string_equal(joined, "new|");
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0644);
    assert_int_equal(files_in_folder(), 1);
}

static void write_nowhere(FILE *file, const void *data)
{
    (void)data;
    (void)fputs("half", file);
    assert_int_equal(close(fileno(file)), 0); /* as if the disk were gone */
}

static void a_save_that_fails_leaves_the_old_file(void **state)
{
    char joined[64], longer[PATH_MAX + 16];

    (void)state;
    assert_true(statefile_save(path, write_text, "old\n", why, sizeof(why)));
    assert_false(statefile_save(path, write_nowhere, NULL, why, sizeof(why)));
    assert_memory_equal(why, path, strlen(path));
    assert_int_equal(statefile_load(path, read_lines, joined, why, sizeof(why)), STATEFILE_LOADED);
    assert_string_equal(joined, "old|");
    assert_int_equal(files_in_folder(), 1);
    memset(longer, 'x', sizeof(longer) - 1);
    longer[sizeof(longer) - 1] = '\0';
    assert_false(statefile_save(longer, write_text, "", why, sizeof(why)));
    assert_false(statefile_save("/dev/null/file", write_text, "", why, sizeof(why)));
    assert_string_equal(why, "/dev/null/file: Not a directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_incomplete_line_is_the_end),
        cmocka_unit_test(a_line_that_is_too_long_is_the_end),
        cmocka_unit_test(damage_names_file_line_and_value),
        cmocka_unit_test(a_missing_file_is_not_an_unreadable_one),
        cmocka_unit_test(only_regular_files_can_be_read),
        cmocka_unit_test(links_are_not_followed),
        cmocka_unit_test(a_pipe_in_the_place_of_the_new_file_does_not_block),
        cmocka_unit_test(nothing_may_follow_the_end),
        cmocka_unit_test(damage_is_shown_without_control_characters),
        cmocka_unit_test(without_descriptors_the_file_is_unreadable),
        cmocka_unit_test(a_file_is_not_damaged_because_reading_fails),
        cmocka_unit_test(a_damaged_file_is_moved_and_nothing_else),
        cmocka_unit_test(a_save_replaces_the_whole_file),
        cmocka_unit_test(a_save_that_fails_leaves_the_old_file),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
