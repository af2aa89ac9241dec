/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/index/statefile.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/cleanup.h"

bool statefile_damaged(struct statefile_reader *reader, const char *expected)
{
    (void)snprintf(reader->why, reader->size, "%s: line %u: \"%.60s\": expected %s", reader->path, reader->number,
                   reader->line, expected);
    return false;
}

bool statefile_is_end(const struct statefile_reader *reader, size_t count)
{
    size_t announced;
    int end = 0;

    return sscanf(reader->line, "end %zu%n", &announced, &end) == 1 && !reader->line[end] && announced == count;
}

bool statefile_next_line(struct statefile_reader *reader)
{
    size_t length;

    reader->number++;
    reader->line[0] = '\0';
    if (!fgets(reader->line, sizeof(reader->line), reader->file)) {
        if (ferror(reader->file))
            reader->error = errno;
        return false;
    }
    length = strlen(reader->line);
    if (length == 0 || reader->line[length - 1] != '\n')
        return false;
    reader->line[length - 1] = '\0';
    return true;
}

bool statefile_failed(struct statefile_reader *reader, int error)
{
    reader->error = error;
    return false;
}

/* NULL with errno. Only a regular file can be opened. Opening a pipe or a terminal must not block. */
static FILE *statefile_open(const char *path)
{
    AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat status;
    FILE *file;

    if (fd < 0 || fstat(fd, &status) < 0)
        return NULL;
    if (!S_ISREG(status.st_mode)) {
        errno = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
        return NULL;
    }
    file = fdopen(fd, "r");
    if (file)
        fd = -1; /* the FILE closes it */
    return file;
}

enum statefile_loaded statefile_load(const char *path, bool (*read)(struct statefile_reader *reader, void *data),
                                     void *data, char *why, size_t size)
{
    AUTO_FCLOSE FILE *file = statefile_open(path);
    struct statefile_reader reader = { .file = file, .path = path, .why = why, .size = size };

    if (!file && errno == ENOENT)
        return STATEFILE_NONE;
    if (!file)
        reader.error = errno;
    else if (read(&reader, data))
        return STATEFILE_LOADED;
    if (!reader.error)
        return STATEFILE_DAMAGED;
    (void)snprintf(why, size, "%s: %s", path, strerror(reader.error));
    return STATEFILE_UNREADABLE;
}

bool statefile_move_aside(const char *path, char aside[PATH_MAX])
{
    if (snprintf(aside, PATH_MAX, "%s%s", path, STATEFILE_DAMAGE) >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return false;
    }
    return rename(path, aside) == 0;
}

/* The rename is on disk only after the directory was synced. */
static bool statefile_sync_directory(const char *path)
{
    char copy[PATH_MAX];
    AUTO_CLOSE int fd = -1;

    (void)snprintf(copy, sizeof(copy), "%s", path);
    fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd >= 0 && fsync(fd) == 0;
}

static bool statefile_is_on_disk(FILE *file)
{
    return fflush(file) == 0 && !ferror(file) && fsync(fileno(file)) == 0;
}

bool statefile_save(const char *path, void (*write)(FILE *file, const void *data), const void *data, char *why,
                    size_t size)
{
    char temporary[PATH_MAX];
    FILE *file;
    bool written = false;

    if (snprintf(temporary, sizeof(temporary), "%s%s", path, STATEFILE_NEW) >= (int)sizeof(temporary)) {
        (void)snprintf(why, size, "%s: the path is too long", path);
        return false;
    }
    file = fopen(temporary, "we");
    if (file && fchmod(fileno(file), 0644) == 0) {
        write(file, data);
        written = statefile_is_on_disk(file);
    }
    if (file && fclose(file) != 0)
        written = false;
    if (written && rename(temporary, path) == 0 && statefile_sync_directory(path))
        return true;
    (void)snprintf(why, size, "%s: %s", path, strerror(errno));
    (void)unlink(temporary);
    return false;
}
