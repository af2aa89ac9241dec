/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/index/deviceindex_file.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "lib/base/text.h"

/*
 * guestlist deviceindex 1
 * 6695eb01-f6a4-8304-79aa-97f2502e193f disk 1 vda
 * 6695eb01-f6a4-8304-79aa-97f2502e193f interface 1 52:54:00:12:34:56
 * ...UUID, kind, index, key
 * end 2
 */
static const char first_line[] = "guestlist deviceindex 1";

static const char *const kind_words[DEVICE_KINDS] = { [DEVICE_DISK] = "disk", [DEVICE_INTERFACE] = "interface" };

/* DEVICE_KINDS if there is no such word. */
static enum device_kind deviceindex_file_kind(const char *word)
{
    enum device_kind kind = 0;

    while (kind < DEVICE_KINDS && strcmp(word, kind_words[kind]) != 0)
        kind++;
    return kind;
}

/* The key is the rest of the line after one blank. It may itself begin with a blank. */
static bool deviceindex_file_read_device(struct statefile_reader *reader, struct deviceindex *deviceindex)
{
    char text[UUID_TEXT], word[16], digits[16];
    unsigned char uuid[UUID_BYTES];
    enum device_kind kind;
    const char *key;
    long index;
    int end = 0;

    if (sscanf(reader->line, "%36s %15s %10[0-9]%n", text, word, digits, &end) != 3)
        return false;
    kind = deviceindex_file_kind(word);
    key = reader->line + end + 1;
    if (!uuid_parse(text, uuid) || kind == DEVICE_KINDS || !text_number(digits, 1, INT32_MAX, &index))
        return false;
    if (reader->line[end] != ' ' || !*key || strlen(key) >= DEVICE_KEY_MAX)
        return false;
    return deviceindex_add(deviceindex, uuid, kind, (uint32_t)index, key) ||
           (errno == ENOMEM && statefile_failed(reader, ENOMEM));
}

static bool deviceindex_file_read_all(struct statefile_reader *reader, void *data)
{
    size_t count = 0;

    if (!statefile_next_line(reader) || strcmp(reader->line, first_line) != 0)
        return statefile_damaged(reader, "\"guestlist deviceindex 1\"");
    while (statefile_next_line(reader) && deviceindex_file_read_device(reader, data))
        count++;
    return !reader->error &&
           statefile_end(
               reader, count,
               "UUID disk|interface INDEX NAME, each name and index of a domain once, or \"end\" and the "
               "number of such lines");
}

enum statefile_loaded deviceindex_file_load(struct deviceindex *deviceindex, const char *path, char *why,
                                            size_t size)
{
    enum statefile_loaded loaded = statefile_load(path, deviceindex_file_read_all, deviceindex, why, size);

    if (loaded == STATEFILE_DAMAGED || loaded == STATEFILE_UNREADABLE)
        deviceindex_clear(deviceindex);
    return loaded;
}

static void deviceindex_file_write_all(FILE *file, const void *data)
{
    const struct deviceindex *deviceindex = data;
    size_t count = 0;

    (void)fprintf(file, "%s\n", first_line);
    for (size_t i = 0; i < deviceindex->count; i++) {
        const struct device_block *block = &deviceindex->blocks[i];
        char uuid[UUID_TEXT];

        uuid_format(block->uuid, uuid);
        for (size_t d = 0; d < block->count; d++)
            (void)fprintf(file, "%s %s %" PRIu32 " %s\n", uuid, kind_words[block->devices[d].kind],
                          block->devices[d].index, block->devices[d].key);
        count += block->count;
    }
    (void)fprintf(file, "end %zu\n", count);
}

bool deviceindex_file_save(const struct deviceindex *deviceindex, const char *path, char *why, size_t size)
{
    return statefile_save(path, deviceindex_file_write_all, deviceindex, why, size);
}
