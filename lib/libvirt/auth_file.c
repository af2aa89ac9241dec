/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/auth_file.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/base/uri.h"

#define AUTH_FILE_OF_SYSTEM "/etc/libvirt/auth.conf"

enum { AUTH_FILE_ENTRY_MAX = 4096 };

static bool auth_file_put(const char *folder, const char *rest, char *path, size_t size)
{
    int length = snprintf(path, size, "%s%s", folder, rest);

    return length > 0 && (size_t)length < size;
}

/* The path of the user's own file. libvirt's library finds it by the same rules. */
static bool auth_file_of_user(char *path, size_t size)
{
    const char *folder = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    char entry_text[AUTH_FILE_ENTRY_MAX];
    struct passwd entry, *found = NULL;

    if (folder && *folder)
        return auth_file_put(folder, "/libvirt/auth.conf", path, size);
    if (home && *home)
        return auth_file_put(home, "/.config/libvirt/auth.conf", path, size);
    if (getpwuid_r(geteuid(), &entry, entry_text, sizeof(entry_text), &found) != 0 || !found)
        return false;
    return auth_file_put(found->pw_dir, "/.config/libvirt/auth.conf", path, size);
}

bool auth_file_find(const char *uri, char *path, size_t size)
{
    const char *named = getenv("LIBVIRT_AUTH_FILE");

    if (named)
        return auth_file_put(named, "", path, size);
    if (!uri)
        uri = getenv("LIBVIRT_DEFAULT_URI");
    if (uri && uri_parameter(uri, "authfile", path, size))
        return true;
    if (auth_file_of_user(path, size) && access(path, R_OK) == 0)
        return true;
    (void)auth_file_put(AUTH_FILE_OF_SYSTEM, "", path, size);
    return access(path, R_OK) == 0;
}

bool auth_file_is_endless(const char *path)
{
    struct stat status;

    if (stat(path, &status) < 0 || S_ISREG(status.st_mode) || S_ISDIR(status.st_mode))
        return false;
    return !S_ISCHR(status.st_mode) || status.st_rdev != makedev(1, 3); /* /dev/null */
}
