/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file with the vmIndex of each domain. A file is refused with a message, or it can be written and read again.
 */
#include <stdlib.h>
#include <string.h>

#include "agent/index/vmindex_file.h"
#include "tests/fuzz/fuzz.h"

static void check_map(const struct vmindex *vmindex)
{
    for (size_t i = 0; i < vmindex->count; i++) {
        const struct vmindex_entry *entry = &vmindex->entries[i];

        fuzz_require(entry->index >= 1 && entry->index <= VMINDEX_HIGHEST, "%u", entry->index);
        fuzz_require(entry->gone_real_s >= 0, "%ld", (long)entry->gone_real_s);
        fuzz_require(vmindex_find(vmindex, entry->uuid) == entry, "entry %zu is not found", i);
        for (size_t other = 0; other < i; other++)
            fuzz_require(vmindex->entries[other].index != entry->index, "%u twice", entry->index);
    }
}

static void require_same(const struct vmindex *one, const struct vmindex *other)
{
    fuzz_require(strcmp(one->boot, other->boot) == 0, "%s, %s", one->boot, other->boot);
    fuzz_require(one->last_change_cs == other->last_change_cs, "%u, %u", one->last_change_cs,
                 other->last_change_cs);
    fuzz_require(one->count == other->count, "%zu, %zu", one->count, other->count);
    for (size_t i = 0; i < one->count; i++)
        fuzz_require(memcmp(one->entries[i].uuid, other->entries[i].uuid, UUID_BYTES) == 0 &&
                         one->entries[i].index == other->entries[i].index &&
                         one->entries[i].gone_real_s == other->entries[i].gone_real_s,
                     "entry %zu", i);
}

/* A file that was accepted has its last line at its end: what follows it would be lost. */
static void require_end(const char *path)
{
    char *text = fuzz_read_file(path), *end = strstr(text, "\nend");

    fuzz_require(end && strcspn(end + 1, "\n") + 2 >= strlen(end), "text behind the end: %s", text);
    free(text);
}

static void save_and_load(const struct vmindex *vmindex, const char *path)
{
    struct vmindex again = { .count = 0 };
    char why[1024] = "";

    fuzz_require(vmindex_file_save(vmindex, path, why, sizeof(why)), "%s", why);
    fuzz_require(vmindex_file_load(&again, path, why, sizeof(why)) == STATEFILE_LOADED, "%s", why);
    require_same(vmindex, &again);
    vmindex_clear(&again);
}

void fuzz_one(struct fuzz_input *input)
{
    const char *path = fuzz_path("vmindex");
    struct vmindex vmindex = { .count = 0 };
    char why[1024] = "";

    fuzz_write_rest(input, path);
    if (vmindex_file_load(&vmindex, path, why, sizeof(why)) == STATEFILE_LOADED) {
        require_end(path);
        check_map(&vmindex);
        save_and_load(&vmindex, path);
    } else {
        fuzz_require_sentence(why);
        fuzz_require(vmindex.count == 0, "%zu entries of a file that was refused", vmindex.count);
    }
    vmindex_clear(&vmindex);
}
