/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/vmindex_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

#include "core/cleanup.h"

/*
 * guestlist vmindex 1
 * boot f3b1...-... (of this host)
 * changed 123456 (vmTableLastChange)
 * 1 6695eb01-f6a4-8304-79aa-97f2502e193f 0
 * ...index, UUID, when it was first missed (seconds since 1970) or 0
 * end 1
 */
static const char first_line[] = "guestlist vmindex 1";

struct reader {
    FILE *file;
    const char *path;
    char line[256];
    unsigned number;
    char *why;
    size_t size;
};

static void damaged(struct reader *reader, const char *expected)
{
    (void)snprintf(reader->why, reader->size, "%s: line %u: \"%.60s\": expected %s", reader->path, reader->number,
                   reader->line, expected);
}

/* The next line without its newline. False at the end or if it is too long to be one of ours. */
static bool next_line(struct reader *reader)
{
    size_t length;

    reader->number++;
    reader->line[0] = '\0';
    if (!fgets(reader->line, sizeof(reader->line), reader->file))
        return false;
    length = strlen(reader->line);
    if (length == 0 || reader->line[length - 1] != '\n')
        return false;
    reader->line[length - 1] = '\0';
    return true;
}

static bool read_head(struct reader *reader, struct vmindex *vmindex)
{
    int end = 0;

    if (!next_line(reader) || strcmp(reader->line, first_line) != 0) {
        damaged(reader, "\"guestlist vmindex 1\"");
        return false;
    }
    if (!next_line(reader) || sscanf(reader->line, "boot %63s%n", vmindex->boot, &end) != 1 || reader->line[end]) {
        damaged(reader, "\"boot\" and a boot id");
        return false;
    }
    end = 0;
    if (!next_line(reader) || sscanf(reader->line, "changed %" SCNu32 "%n", &vmindex->last_change_cs, &end) != 1 ||
        reader->line[end]) {
        damaged(reader, "\"changed\" and a number");
        return false;
    }
    return true;
}

static bool read_entry(const char *line, struct vmindex_entry *entry)
{
    char uuid[DOMAIN_UUID_TEXT];
    int end = 0;

    *entry = (struct vmindex_entry){ 0 };
    return sscanf(line, "%" SCNu32 " %36s %" SCNd64 "%n", &entry->index, uuid, &entry->gone_real_s, &end) == 3 &&
           line[end] == '\0' && entry->index >= 1 && entry->index <= VMINDEX_HIGHEST && entry->gone_real_s >= 0 &&
           domain_parse_uuid(uuid, entry->uuid);
}

/* Two domains with one index would be two rows with one name. */
static bool has_index_twice(const struct vmindex *vmindex)
{
    AUTO_FREE unsigned char *seen = calloc(VMINDEX_HIGHEST / 8 + 1, 1);

    for (size_t i = 0; seen && i < vmindex->count; i++) {
        uint32_t index = vmindex->entries[i].index;

        if (seen[index / 8] & 1 << index % 8)
            return true;
        seen[index / 8] |= (unsigned char)(1 << index % 8);
    }
    return false;
}

static bool read_body(struct reader *reader, struct vmindex *vmindex)
{
    struct vmindex_entry entry;
    size_t announced;
    int end = 0;

    while (next_line(reader) && read_entry(reader->line, &entry))
        if (!vmindex_add(vmindex, &entry)) {
            damaged(reader, "each UUID once");
            return false;
        }
    /* Without its last line the file was cut short, and indexes that it lost would be given out anew. */
    if (sscanf(reader->line, "end %zu%n", &announced, &end) != 1 || reader->line[end] ||
        announced != vmindex->count) {
        damaged(reader, "INDEX UUID SECONDS, or \"end\" and the number of such lines");
        return false;
    }
    if (has_index_twice(vmindex)) {
        damaged(reader, "each index once");
        return false;
    }
    return true;
}

enum vmindex_loaded vmindex_load(struct vmindex *vmindex, const char *path, char *why, size_t size)
{
    AUTO_FCLOSE FILE *file = fopen(path, "re");
    struct reader reader = { .file = file, .path = path, .why = why, .size = size };

    if (!file && errno == ENOENT)
        return VMINDEX_NONE;
    if (!file) {
        (void)snprintf(why, size, "%s: %s", path, strerror(errno));
        return VMINDEX_UNREADABLE;
    }
    if (read_head(&reader, vmindex) && read_body(&reader, vmindex))
        return VMINDEX_LOADED;
    vmindex_clear(vmindex);
    return VMINDEX_DAMAGED;
}

static bool write_all(const struct vmindex *vmindex, FILE *file)
{
    char uuid[DOMAIN_UUID_TEXT];

    (void)fprintf(file, "%s\nboot %s\nchanged %" PRIu32 "\n", first_line,
                  vmindex->boot[0] ? vmindex->boot : "unknown", vmindex->last_change_cs);
    for (size_t i = 0; i < vmindex->count; i++) {
        domain_format_uuid(vmindex->entries[i].uuid, uuid);
        (void)fprintf(file, "%" PRIu32 " %s %" PRId64 "\n", vmindex->entries[i].index, uuid,
                      vmindex->entries[i].gone_real_s);
    }
    (void)fprintf(file, "end %zu\n", vmindex->count);
    return fflush(file) == 0 && !ferror(file) && fsync(fileno(file)) == 0;
}

/* The rename is durable only once the directory is. */
static bool sync_directory(const char *path)
{
    char copy[PATH_MAX];
    AUTO_CLOSE int fd = -1;

    (void)snprintf(copy, sizeof(copy), "%s", path);
    fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd >= 0 && fsync(fd) == 0;
}

bool vmindex_save(const struct vmindex *vmindex, const char *path, char *why, size_t size)
{
    char temporary[PATH_MAX];
    FILE *file;
    bool written;

    if (snprintf(temporary, sizeof(temporary), "%s.new", path) >= (int)sizeof(temporary)) {
        (void)snprintf(why, size, "%s: the path is too long", path);
        return false;
    }
    file = fopen(temporary, "we");
    written = file && fchmod(fileno(file), 0644) == 0 && write_all(vmindex, file);
    if (file && fclose(file) != 0)
        written = false;
    if (written && rename(temporary, path) == 0 && sync_directory(path))
        return true;
    (void)snprintf(why, size, "%s: %s", path, strerror(errno));
    (void)unlink(temporary);
    return false;
}
