/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/index/statefile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/cleanup.h"
#include "lib/base/text.h"

/* A damaged file may have control characters in it, which must not reach the log. */
bool statefile_damaged(struct statefile_reader *reader, const char *expected)
{
    char shown[64];

    (void)text_printable(reader->line, shown, sizeof(shown));
    (void)snprintf(reader->why, reader->size, "%s: line %u: \"%s\": expected %s", reader->path, reader->number,
                   shown, expected);
    return false;
}

static bool statefile_is_end(const struct statefile_reader *reader, size_t count)
{
    char digits[16];
    long announced;
    int end = 0;

    return reader->is_whole && sscanf(reader->line, "end %10[0-9]%n", digits, &end) == 1 && !reader->line[end] &&
           text_number(digits, 0, INT32_MAX, &announced) && (size_t)announced == count;
}

bool statefile_end(struct statefile_reader *reader, size_t count, const char *expected)
{
    int next;

    if (!statefile_is_end(reader, count))
        return statefile_damaged(reader, expected);
    next = getc(reader->file);
    if (next == EOF)
        return ferror(reader->file) ? statefile_failed(reader, errno) : true;
    (void)ungetc(next, reader->file);
    (void)statefile_next_line(reader);
    return statefile_damaged(reader, "nothing after the line with \"end\"");
}

bool statefile_next_line(struct statefile_reader *reader)
{
    size_t length;

    reader->number++;
    reader->is_whole = false;
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
    reader->is_whole = true;
    return true;
}

bool statefile_failed(struct statefile_reader *reader, int error)
{
    reader->error = error;
    return false;
}

int statefile_directory(const char *path, int flags, const char **name)
{
    const char *slash = strrchr(path, '/');
    size_t length = slash ? (size_t)(slash - path) : 0;
    char folder[PATH_MAX] = ".";

    *name = slash ? slash + 1 : path;
    if (length >= sizeof(folder)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    if (slash)
        (void)snprintf(folder, sizeof(folder), "%.*s", length > 0 ? (int)length : 1, path);
    return open(folder, flags | O_DIRECTORY | O_CLOEXEC);
}

const char *statefile_problem(int fd)
{
    struct stat status;

    if (fd < 0)
        return errno == ELOOP ? "it is a symbolic link, which is not followed" : strerror(errno);
    if (fstat(fd, &status) < 0)
        return strerror(errno);
    if (S_ISREG(status.st_mode))
        return NULL;
    return S_ISDIR(status.st_mode) ? strerror(EISDIR) : "it is not a regular file";
}

int statefile_open(const char *path, int flags)
{
    const char *name;
    AUTO_CLOSE int directory = statefile_directory(path, O_PATH, &name);

    if (directory < 0)
        return -1;
    /* Opening a pipe or a terminal must not block. */
    return openat(directory, name, flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0644);
}

static enum statefile_loaded statefile_unreadable(const char *path, const char *problem, char *why, size_t size)
{
    (void)snprintf(why, size, "%s: %s", path, problem);
    return STATEFILE_UNREADABLE;
}

enum statefile_loaded statefile_load(const char *path, bool (*read)(struct statefile_reader *reader, void *data),
                                     void *data, char *why, size_t size)
{
    AUTO_CLOSE int fd = statefile_open(path, O_RDONLY);
    bool is_missing = fd < 0 && errno == ENOENT;
    const char *problem = statefile_problem(fd);
    struct statefile_reader reader = { .path = path, .why = why, .size = size };
    AUTO_FCLOSE FILE *file = problem ? NULL : fdopen(fd, "r");

    if (is_missing)
        return STATEFILE_NONE;
    if (problem || !file)
        return statefile_unreadable(path, problem ? problem : strerror(errno), why, size);
    fd = -1; /* the FILE closes it */
    reader.file = file;
    if (read(&reader, data))
        return STATEFILE_LOADED;
    if (!reader.error)
        return STATEFILE_DAMAGED;
    return statefile_unreadable(path, strerror(reader.error), why, size);
}

bool statefile_move_aside(const char *path, char aside[PATH_MAX])
{
    if (snprintf(aside, PATH_MAX, "%s%s", path, STATEFILE_DAMAGE) >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return false;
    }
    return rename(path, aside) == 0;
}

static bool statefile_is_on_disk(FILE *file)
{
    return fflush(file) == 0 && !ferror(file) && fsync(fileno(file)) == 0;
}

/* A file of that name is the rest of a save that did not end, or someone else's link or pipe. It is removed, and
 * never written to. */
static FILE *statefile_create(int directory, const char *name)
{
    enum { FLAGS = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC };
    AUTO_CLOSE int fd = openat(directory, name, FLAGS, 0644);
    FILE *file;

    if (fd < 0 && errno == EEXIST && unlinkat(directory, name, 0) == 0)
        fd = openat(directory, name, FLAGS, 0644);
    file = fd < 0 ? NULL : fdopen(fd, "w");
    if (file)
        fd = -1; /* the FILE closes it */
    return file;
}

/* The rename is on disk only after the directory was synced. */
static bool statefile_replace(int directory, const char *temporary, const char *name)
{
    return renameat(directory, temporary, directory, name) == 0 && fsync(directory) == 0;
}

bool statefile_save(const char *path, void (*write)(FILE *file, const void *data), const void *data, char *why,
                    size_t size)
{
    char temporary[NAME_MAX + 1];
    const char *name;
    AUTO_CLOSE int directory = statefile_directory(path, O_RDONLY, &name);
    FILE *file = NULL;
    bool written = false;

    if (snprintf(temporary, sizeof(temporary), "%s%s", name, STATEFILE_NEW) >= (int)sizeof(temporary)) {
        (void)snprintf(why, size, "%s: the path is too long", path);
        return false;
    }
    if (directory >= 0)
        file = statefile_create(directory, temporary);
    if (file && fchmod(fileno(file), 0644) == 0) {
        write(file, data);
        written = statefile_is_on_disk(file);
    }
    if (file && fclose(file) != 0)
        written = false;
    if (written && statefile_replace(directory, temporary, name))
        return true;
    (void)snprintf(why, size, "%s: %s", path, strerror(errno));
    if (file)
        (void)unlinkat(directory, temporary, 0);
    return false;
}
