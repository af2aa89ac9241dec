/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/index/statelock.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/index/statefile.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"

/* A file of another user, or on a read-only file system, can be locked but not written. */
static int statelock_open(const char *path)
{
    int fd = statefile_open(path, O_RDWR | O_CREAT);

    return fd < 0 && (errno == EACCES || errno == EROFS) ? statefile_open(path, O_RDONLY) : fd;
}

static bool statelock_can_write_beside(const char *path)
{
    char copy[PATH_MAX];

    (void)snprintf(copy, sizeof(copy), "%s", path);
    return access(dirname(copy), W_OK) == 0;
}

static void statelock_explain_taken(const char *path, int fd, char *why, size_t size)
{
    char text[16] = "";
    long process;

    if (pread(fd, text, sizeof(text) - 1, 0) > 0)
        text[strcspn(text, "\n")] = '\0';
    if (text_number(text, 1, INT_MAX, &process))
        (void)snprintf(why, size, "%s is locked: another guestlistd uses it, process %ld", path, process);
    else
        (void)snprintf(why, size, "%s is locked: another guestlistd uses it", path);
}

bool statelock_is_kept(const char *path, int fd)
{
    char lock_path[PATH_MAX];
    struct stat own, there;
    const char *name;
    AUTO_CLOSE int directory = -1;

    if (snprintf(lock_path, sizeof(lock_path), "%s%s", path, STATEFILE_LOCK) >= (int)sizeof(lock_path))
        return true;
    directory = statefile_directory(lock_path, O_PATH, &name);
    if (directory < 0 || fstatat(directory, name, &there, AT_SYMLINK_NOFOLLOW) < 0)
        return errno != ENOENT && errno != ENOTDIR;
    return fstat(fd, &own) < 0 || (own.st_dev == there.st_dev && own.st_ino == there.st_ino);
}

bool statelock_take(const char *path, int *fd, char *why, size_t size)
{
    char name[PATH_MAX];
    AUTO_CLOSE int lock = -1;
    const char *problem;

    *fd = -1;
    if (snprintf(name, sizeof(name), "%s%s", path, STATEFILE_LOCK) >= (int)sizeof(name)) {
        (void)snprintf(why, size, "%s: the path is too long", path);
        return false;
    }
    lock = statelock_open(name);
    problem = statefile_problem(lock);
    if (lock < 0 && !statelock_can_write_beside(name))
        return true;
    if (!problem && flock(lock, LOCK_EX | LOCK_NB) == 0) {
        *fd = lock;
        lock = -1; /* the caller closes it */
        return true;
    }
    if (!problem && errno == EWOULDBLOCK)
        statelock_explain_taken(path, lock, why, size);
    else
        (void)snprintf(why, size, "%s: cannot lock it: %s", name, problem ? problem : strerror(errno));
    return false;
}

void statelock_sign(int fd)
{
    char text[16];
    int length = snprintf(text, sizeof(text), "%ld\n", (long)getpid());

    if (fd < 0 || ftruncate(fd, 0) < 0)
        return;
    if (pwrite(fd, text, (size_t)length, 0) < length && ftruncate(fd, 0) < 0)
        return; /* the lock holds without the id */
}
