/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/index/vmindex_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cleanup.h"

/*
 * guestlist vmindex 1
 * boot f3b1...-... (of this host)
 * changed 123456 (vmTableLastChange)
 * 1 6695eb01-f6a4-8304-79aa-97f2502e193f 0
 * ...index, UUID, since when it is not listed (seconds since 1970) or 0
 * end 1
 */
static const char first_line[] = "guestlist vmindex 1";

static bool vmindex_file_read_head(struct statefile_reader *reader, struct vmindex *vmindex)
{
    char digits[16];
    uint64_t changed = 0;
    int end = 0;

    if (!statefile_next_line(reader) || strcmp(reader->line, first_line) != 0)
        return statefile_damaged(reader, "\"guestlist vmindex 1\"");
    if (!statefile_next_line(reader) || sscanf(reader->line, "boot %63s%n", vmindex->boot, &end) != 1 ||
        reader->line[end])
        return statefile_damaged(reader, "\"boot\" and a boot id");
    end = 0;
    if (!statefile_next_line(reader) || sscanf(reader->line, "changed %10[0-9]%n", digits, &end) != 1 ||
        reader->line[end] || (changed = strtoull(digits, NULL, 10)) > UINT32_MAX)
        return statefile_damaged(reader, "\"changed\" and a number");
    vmindex->last_change_cs = (uint32_t)changed;
    return true;
}

static bool vmindex_file_read_entry(const char *line, struct vmindex_entry *entry)
{
    char index_digits[16], uuid[UUID_TEXT], gone_digits[24];
    uint64_t index, gone_s;
    int end = 0;

    *entry = (struct vmindex_entry){ 0 };
    if (sscanf(line, "%10[0-9] %36s %19[0-9]%n", index_digits, uuid, gone_digits, &end) != 3 || line[end])
        return false;
    index = strtoull(index_digits, NULL, 10);
    gone_s = strtoull(gone_digits, NULL, 10);
    if (index < 1 || index > VMINDEX_HIGHEST || gone_s > INT64_MAX)
        return false;
    entry->index = (uint32_t)index;
    entry->gone_real_s = (int64_t)gone_s;
    return uuid_parse(uuid, entry->uuid);
}

/* Two domains with one index would be two rows with one name. */
static bool vmindex_file_has_index_once(struct statefile_reader *reader, const struct vmindex *vmindex)
{
    AUTO_FREE unsigned char *seen = calloc(VMINDEX_HIGHEST / 8 + 1, 1);

    if (!seen)
        return statefile_failed(reader, ENOMEM);
    for (size_t i = 0; i < vmindex->count; i++) {
        uint32_t index = vmindex->entries[i].index;

        if (seen[index / 8] & 1 << index % 8)
            return statefile_damaged(reader, "each index once");
        seen[index / 8] |= (unsigned char)(1 << index % 8);
    }
    return true;
}

static bool vmindex_file_read_body(struct statefile_reader *reader, struct vmindex *vmindex)
{
    struct vmindex_entry entry;

    while (statefile_next_line(reader) && vmindex_file_read_entry(reader->line, &entry)) {
        if (vmindex_find(vmindex, entry.uuid))
            return statefile_damaged(reader, "each UUID once");
        if (!vmindex_add(vmindex, &entry))
            return statefile_failed(reader, ENOMEM);
    }
    return vmindex_file_has_index_once(reader, vmindex) &&
           statefile_end(reader, vmindex->count, "INDEX UUID SECONDS, or \"end\" and the number of such lines");
}

static bool vmindex_file_read_all(struct statefile_reader *reader, void *data)
{
    return vmindex_file_read_head(reader, data) && vmindex_file_read_body(reader, data);
}

enum statefile_loaded vmindex_file_load(struct vmindex *vmindex, const char *path, char *why, size_t size)
{
    enum statefile_loaded loaded = statefile_load(path, vmindex_file_read_all, vmindex, why, size);

    if (loaded == STATEFILE_DAMAGED || loaded == STATEFILE_UNREADABLE)
        vmindex_clear(vmindex);
    return loaded;
}

static void vmindex_file_write_all(FILE *file, const void *data)
{
    const struct vmindex *vmindex = data;
    char uuid[UUID_TEXT];

    (void)fprintf(file, "%s\nboot %s\nchanged %" PRIu32 "\n", first_line,
                  vmindex->boot[0] ? vmindex->boot : "unknown", vmindex->last_change_cs);
    for (size_t i = 0; i < vmindex->count; i++) {
        uuid_format(vmindex->entries[i].uuid, uuid);
        (void)fprintf(file, "%" PRIu32 " %s %" PRId64 "\n", vmindex->entries[i].index, uuid,
                      vmindex->entries[i].gone_real_s);
    }
    (void)fprintf(file, "end %zu\n", vmindex->count);
}

bool vmindex_file_save(const struct vmindex *vmindex, const char *path, char *why, size_t size)
{
    return statefile_save(path, vmindex_file_write_all, vmindex, why, size);
}
