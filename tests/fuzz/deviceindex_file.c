/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file with the indexes of disks and interfaces. A file is refused with a message, or it can be written and
 * read again. */
#include <stdlib.h>
#include <string.h>

#include "agent/index/deviceindex_file.h"
#include "tests/fuzz/fuzz.h"

static void check_block(const struct device_block *block)
{
    for (size_t i = 0; i < block->count; i++) {
        const struct device *device = &block->devices[i];

        fuzz_require(device->index >= 1 && device->index <= INT32_MAX, "%u", device->index);
        fuzz_require(device->key[0] && strlen(device->key) < DEVICE_KEY_MAX, "%s", device->key);
        for (size_t other = 0; other < i; other++)
            fuzz_require(block->devices[other].kind != device->kind ||
                             (block->devices[other].index != device->index &&
                              strcmp(block->devices[other].key, device->key) != 0),
                         "%u %s twice", device->index, device->key);
    }
}

static void check_map(const struct deviceindex *deviceindex)
{
    for (size_t i = 0; i < deviceindex->count; i++) {
        check_block(&deviceindex->blocks[i]);
        fuzz_require(i == 0 ||
                         memcmp(deviceindex->blocks[i - 1].uuid, deviceindex->blocks[i].uuid, UUID_BYTES) < 0,
                     "block %zu is not in order", i);
    }
}

static void require_end(const char *path)
{
    char *text = fuzz_read_file(path), *end = strstr(text, "\nend");

    fuzz_require(end && strcspn(end + 1, "\n") + 2 >= strlen(end), "text behind the end: %s", text);
    free(text);
}

/* What is written once is written again in the same way. */
static void save_and_load(const struct deviceindex *deviceindex, const char *path)
{
    struct deviceindex again = { .count = 0 };
    char why[1024] = "", *first, *second;

    fuzz_require(deviceindex_file_save(deviceindex, path, why, sizeof(why)), "%s", why);
    first = fuzz_read_file(path);
    fuzz_require(deviceindex_file_load(&again, path, why, sizeof(why)) == STATEFILE_LOADED, "%s", why);
    fuzz_require(deviceindex_file_save(&again, path, why, sizeof(why)), "%s", why);
    second = fuzz_read_file(path);
    fuzz_require(strcmp(first, second) == 0, "%s\n%s", first, second);
    free(first);
    free(second);
    deviceindex_clear(&again);
}

void fuzz_one(struct fuzz_input *input)
{
    const char *path = fuzz_path("deviceindex");
    struct deviceindex deviceindex = { .count = 0 };
    char why[1024] = "";

    fuzz_write_rest(input, path);
    if (deviceindex_file_load(&deviceindex, path, why, sizeof(why)) == STATEFILE_LOADED) {
        require_end(path);
        check_map(&deviceindex);
        save_and_load(&deviceindex, path);
    } else {
        fuzz_require_sentence(why);
        fuzz_require(deviceindex.count == 0, "%zu blocks of a file that was refused", deviceindex.count);
    }
    deviceindex_clear(&deviceindex);
}
