/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/pidfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/index/statefile.h"
#include "lib/base/cleanup.h"

/* More than a process id and its newline. */
enum { PIDFILE_TEXT_MAX = 24 };

/* A wrong path, or a hard link of someone else, must not destroy another file. */
static const char *pidfile_problem(int fd)
{
    char text[PIDFILE_TEXT_MAX] = "";
    struct stat status;
    ssize_t length;

    if (fstat(fd, &status) < 0)
        return strerror(errno);
    if (status.st_nlink != 1)
        return "the file has another name as well";
    length = pread(fd, text, sizeof(text) - 1, 0);
    if (length < 0)
        return strerror(errno);
    if (status.st_size >= (off_t)sizeof(text) || strspn(text, "0123456789\n") != (size_t)status.st_size)
        return "the file contains something other than a process id";
    return NULL;
}

bool pidfile_take(struct pidfile *pidfile, const char *path, char *why, size_t size)
{
    AUTO_CLOSE int fd = statefile_open(path, O_RDWR | O_CREAT);
    const char *problem = statefile_problem(fd);

    if (!problem)
        problem = pidfile_problem(fd);
    if (!problem && flock(fd, LOCK_EX | LOCK_NB) < 0)
        problem = errno == EWOULDBLOCK ? "another guestlistd uses it" : strerror(errno);
    if (problem) {
        (void)snprintf(why, size, "cannot write %s: %s", path, problem);
        return false;
    }
    *pidfile = (struct pidfile){ path, fd };
    fd = -1; /* the struct has it now */
    return true;
}

bool pidfile_sign(const struct pidfile *pidfile, char *why, size_t size)
{
    char text[PIDFILE_TEXT_MAX];
    int length = snprintf(text, sizeof(text), "%ld\n", (long)getpid());

    if (pidfile->fd < 0)
        return true;
    if (ftruncate(pidfile->fd, 0) == 0 && pwrite(pidfile->fd, text, (size_t)length, 0) == length)
        return true;
    (void)snprintf(why, size, "cannot write %s: %s", pidfile->path, strerror(errno));
    return false;
}

void pidfile_drop(struct pidfile *pidfile)
{
    const char *name;
    AUTO_CLOSE int directory = pidfile->fd < 0 ? -1 : statefile_directory(pidfile->path, O_PATH, &name);
    struct stat ours, there;

    if (pidfile->fd < 0)
        return;
    if (directory >= 0 && fstat(pidfile->fd, &ours) == 0 &&
        fstatat(directory, name, &there, AT_SYMLINK_NOFOLLOW) == 0 && ours.st_dev == there.st_dev &&
        ours.st_ino == there.st_ino)
        (void)unlinkat(directory, name, 0); /* the file of an agent that has ended does no harm */
    (void)close(pidfile->fd);
    pidfile->fd = -1;
}
