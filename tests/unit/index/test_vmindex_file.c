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

#include "agent/index/vmindex_file.h"
#include "tests/unit/scarce_memory.h"

enum { WHY_MAX = 1024 };

static char folder[64], path[128], why[WHY_MAX];

static int make_folder(void **state)
{
    (void)state;
    (void)strcpy(folder, "/tmp/vmindex.XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    (void)snprintf(path, sizeof(path), "%s/vmindex", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    (void)unlink(path);
    return rmdir(folder);
}

static void write_file(const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static struct vmindex_entry entry(unsigned char last, uint32_t index, int64_t gone)
{
    return (struct vmindex_entry){ .uuid = { [15] = last }, .index = index, .gone_real_s = gone };
}

static void a_saved_map_is_loaded(void **state)
{
    struct vmindex saved = { .boot = "0f1e-boot", .last_change_cs = 4294967295u }, loaded = { .dirty = false };
    struct vmindex_entry one = entry(1, 7, 0), two = entry(2, 3, 1732443843);

    (void)state;
    assert_true(vmindex_add(&saved, &one) && vmindex_add(&saved, &two));
    assert_true(vmindex_file_save(&saved, path, why, sizeof(why)));
    assert_int_equal(vmindex_file_load(&loaded, path, why, sizeof(why)), STATEFILE_LOADED);
    assert_string_equal(loaded.boot, saved.boot);
    assert_int_equal(loaded.last_change_cs, saved.last_change_cs);
    assert_int_equal(loaded.count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_memory_equal(loaded.entries[i].uuid, saved.entries[i].uuid, UUID_BYTES);
        assert_int_equal(loaded.entries[i].index, saved.entries[i].index);
        assert_int_equal(loaded.entries[i].gone_real_s, saved.entries[i].gone_real_s);
    }
    vmindex_clear(&saved);
    vmindex_clear(&loaded);
}

static void a_missing_file_is_no_damage(void **state)
{
    struct vmindex loaded = { .dirty = false };

    (void)state;
    (void)unlink(path);
    assert_int_equal(vmindex_file_load(&loaded, path, why, sizeof(why)), STATEFILE_NONE);
}

static void an_unreadable_path_is_reported(void **state)
{
    struct vmindex loaded = { .dirty = false };
    char below[160];

    (void)state;
    write_file("");
    (void)snprintf(below, sizeof(below), "%s/vmindex", path);
    assert_int_equal(vmindex_file_load(&loaded, below, why, sizeof(why)), STATEFILE_UNREADABLE);
    assert_non_null(strstr(why, below));
    assert_false(vmindex_file_save(&loaded, below, why, sizeof(why)));
    assert_non_null(strstr(why, below));
}

#define HEAD   "guestlist vmindex 1\nboot b\nchanged 5\n"
#define UUID_1 "00000000-0000-0000-0000-000000000001"
#define UUID_2 "00000000-0000-0000-0000-000000000002"

static void damage_is_found_and_reported_with_its_line(void **state)
{
    static const struct {
        const char *text, *line;
    } files[] = {
        { "", "line 1" },
        { "guestlist vmindex 2\n", "line 1" },
        { "guestlist vmindex 1\nchanged 5\n", "line 2" },
        { "guestlist vmindex 1\nboot b\nchanged x\n", "line 3" },
        { "guestlist vmindex 1\nboot b\nchanged 5 6\n", "line 3" },
        { HEAD, "line 4" },                           /* cut short */
        { HEAD "1 " UUID_1 " 0\n", "line 5" },        /* cut short */
        { HEAD "1 " UUID_1 " 0\nend 2\n", "line 5" }, /* a line is missing */
        { HEAD "1 " UUID_1 " 0\nend 1 more\n", "line 5" },
        { HEAD "1 " UUID_1 " 0\nend 1", "line 5" }, /* cut short */
        { HEAD "1 " UUID_1 " 0\nend 1\nmore\n", "line 6" },
        { HEAD "0 " UUID_1 " 0\nend 1\n", "line 4" }, /* no index */
        { HEAD "-1 " UUID_1 " 0\nend 1\n", "line 4" },
        { HEAD "99999999999 " UUID_1 " 0\nend 1\n", "line 4" },
        { HEAD "4294967297 " UUID_1 " 0\nend 1\n", "line 4" }, /* 1 in 32 bits */
        { HEAD "+1 " UUID_1 " 0\nend 1\n", "line 4" },
        { "guestlist vmindex 1\nboot b\nchanged 4294967296\nend 0\n", "line 3" },
        { HEAD "1 " UUID_1 " 0\nend 1\nend 1\n", "line 6" },
        { HEAD "1 nonsense 0\nend 1\n", "line 4" },
        { HEAD "1 " UUID_1 " -5\nend 1\n", "line 4" },
        { HEAD "1 " UUID_1 " 0 more\nend 1\n", "line 4" },
        { HEAD "1 " UUID_1 " 0\n2 " UUID_1 " 0\nend 2\n", "each UUID once" },
        { HEAD "1 " UUID_1 " 0\n1 " UUID_2 " 0\nend 2\n", "each index once" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
        struct vmindex loaded = { .dirty = false };

        write_file(files[i].text);
        assert_int_equal(vmindex_file_load(&loaded, path, why, sizeof(why)), STATEFILE_DAMAGED);
        assert_int_equal(loaded.count, 0);
        if (!strstr(why, files[i].line) || !strstr(why, path))
            fail_msg("file %zu: \"%s\" does not name %s and \"%s\"", i, why, path, files[i].line);
    }
}

/* The check for doubled indexes needs memory. */
static void a_map_is_not_loaded_unchecked(void **state)
{
    struct vmindex loaded = { .dirty = false };
    enum statefile_loaded result = STATEFILE_DAMAGED;

    (void)state;
    if (!scarce_memory_works())
        skip();
    write_file(HEAD "1 " UUID_1 " 0\n1 " UUID_2 " 0\nend 2\n");
    for (long good = 0; result != STATEFILE_LOADED; good++) {
        scarce_memory_after(good, 1);
        result = vmindex_file_load(&loaded, path, why, sizeof(why));
        assert_int_not_equal(result, STATEFILE_LOADED);
        if (!scarce_memory_was_hit())
            break;
        scarce_memory_after(0, 0);
        assert_int_equal(loaded.count, 0);
        if (result == STATEFILE_UNREADABLE)
            assert_non_null(strstr(why, "Cannot allocate memory"));
    }
    scarce_memory_after(0, 0);
}

static void a_failed_save_leaves_the_old_file(void **state)
{
    struct vmindex vmindex = { .boot = "b" };
    char blocker[160];
    struct stat status;

    (void)state;
    write_file("old");
    (void)snprintf(blocker, sizeof(blocker), "%s%%new", path);
    assert_int_equal(mkdir(blocker, 0700), 0);
    assert_false(vmindex_file_save(&vmindex, path, why, sizeof(why)));
    assert_int_equal(rmdir(blocker), 0);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_size, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_saved_map_is_loaded),
        cmocka_unit_test(a_missing_file_is_no_damage),
        cmocka_unit_test(an_unreadable_path_is_reported),
        cmocka_unit_test(damage_is_found_and_reported_with_its_line),
        cmocka_unit_test(a_map_is_not_loaded_unchecked),
        cmocka_unit_test(a_failed_save_leaves_the_old_file),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
