/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/proc_start.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>

#include "lib/base/array.h"
#include "lib/base/cleanup.h"
#include "lib/model/domain.h"

struct proc_start {
    unsigned char uuid[UUID_BYTES];
    int64_t started_boot_ms;
};

struct proc_starts {
    size_t count;
    struct proc_start *items;
};

/* Reads as much as fits. QEMU's UUID is near the beginning of its command line. */
static ssize_t proc_start_read_file(int proc, const char *pid, const char *name, char *buffer, size_t size)
{
    char path[300];
    AUTO_CLOSE int fd = -1;
    ssize_t length;

    (void)snprintf(path, sizeof(path), "%s/%s", pid, name);
    fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    length = read(fd, buffer, size - 1);
    buffer[length > 0 ? length : 0] = '\0';
    return length;
}

static bool proc_start_find_uuid(const char *arguments, size_t length, unsigned char uuid[UUID_BYTES])
{
    const char *end = arguments + length;
    bool is_next = false;

    for (const char *argument = arguments; argument < end; argument += strlen(argument) + 1) {
        if (is_next)
            return uuid_parse(argument, uuid);
        is_next = strcmp(argument, "-uuid") == 0;
    }
    return false;
}

uint64_t proc_start_parse(const char *stat)
{
    const char *field = strrchr(stat, ')');

    /* Field 3 comes after the closing bracket of the command name. */
    for (int number = 2; field && number < 22; number++)
        field = strchr(field + 1, ' ');
    return field ? strtoull(field + 1, NULL, 10) : 0;
}

static void proc_start_add(struct proc_starts *starts, const struct proc_start *start)
{
    struct proc_start *items = array_grow(starts->items, starts->count, 1, sizeof(*items));

    if (!items)
        return; /* out of memory: this uptime is missing */
    starts->items = items;
    items[starts->count++] = *start;
}

static void proc_start_read_process(struct proc_starts *starts, int proc, const char *pid, char *buffer,
                                    size_t size)
{
    struct proc_start start;
    ssize_t length = proc_start_read_file(proc, pid, "cmdline", buffer, size);
    uint64_t ticks;

    if (length <= 0 || !proc_start_find_uuid(buffer, (size_t)length, start.uuid))
        return;
    if (proc_start_read_file(proc, pid, "stat", buffer, size) <= 0)
        return;
    ticks = proc_start_parse(buffer);
    start.started_boot_ms = (int64_t)(ticks * 1000 / (uint64_t)sysconf(_SC_CLK_TCK));
    proc_start_add(starts, &start);
}

struct proc_starts *proc_start_read(void)
{
    enum { BUFFER_BYTES = 64 * 1024 };
    struct proc_starts *starts = calloc(1, sizeof(*starts));
    AUTO_FREE char *buffer = malloc(BUFFER_BYTES);
    DIR *proc = opendir("/proc");

    if (!starts || !buffer || !proc) {
        if (proc)
            (void)closedir(proc);
        free(starts);
        return NULL;
    }
    for (struct dirent *entry; (entry = readdir(proc)) != NULL;)
        if (isdigit((unsigned char)entry->d_name[0]))
            proc_start_read_process(starts, dirfd(proc), entry->d_name, buffer, BUFFER_BYTES);
    (void)closedir(proc);
    if (starts->count > 0)
        qsort(starts->items, starts->count, sizeof(*starts->items), uuid_compare);
    return starts;
}

void proc_start_free(struct proc_starts *starts)
{
    if (!starts)
        return;
    free(starts->items);
    free(starts);
}

int64_t proc_start_of(const struct proc_starts *starts, const unsigned char uuid[UUID_BYTES])
{
    const struct proc_start *found = uuid_find(starts->items, starts->count, sizeof(*found), uuid);

    return found ? found->started_boot_ms : 0;
}
