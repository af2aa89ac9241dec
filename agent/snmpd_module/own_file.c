/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/snmpd_module/own_file.h"

#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <sys/stat.h>

void own_file_find(struct own_file *file, const void *address)
{
    Dl_info info;
    struct stat status;

    *file = (struct own_file){ .path = NULL };
    if (!dladdr(address, &info) || !info.dli_fname)
        return;
    file->path = info.dli_fname;
    file->is_known = stat(file->path, &status) == 0;
    if (file->is_known) {
        file->device = status.st_dev;
        file->inode = status.st_ino;
    }
}

/* The loaded file keeps its number as long as it is loaded, so a new file has another one. */
bool own_file_is_replaced(const struct own_file *file)
{
    struct stat status;

    if (!file->is_known)
        return false;
    if (stat(file->path, &status) < 0)
        return errno == ENOENT;
    return status.st_dev != file->device || status.st_ino != file->inode;
}
