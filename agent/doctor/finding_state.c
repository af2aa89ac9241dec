/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/doctor/finding.h"
#include "lib/base/array.h"

/* guestlistd makes the directory itself, if it may write to the parent. */
static void finding_state_missing(const struct finding_case *input, struct finding_result *result)
{
    const char *path = input->settings->state_directory;
    char parent[PATH_MAX];

    (void)snprintf(parent, sizeof(parent), "%s", path);
    if (access(dirname(parent), W_OK | X_OK) == 0) {
        finding_put(result, FINDING_FINE, "%s does not exist yet; guestlistd makes it", path);
        return;
    }
    finding_put(result, FINDING_WRONG,
                "%s does not exist, and %s cannot make it: rows change their numbers at each "
                "restart",
                path, input->user);
    finding_add_remedy(result, "as root: install -d -o %s %s", input->user, path);
}

/* False if a file in the directory cannot be read; `path` is that file. */
static bool finding_state_is_usable(const char *directory, char *path, size_t size)
{
    static const char *const names[] = { "vmindex", "deviceindex" };

    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        (void)snprintf(path, size, "%s/%s", directory, names[i]);
        if (access(path, F_OK) == 0 && access(path, R_OK) < 0)
            return false;
    }
    return true;
}

void finding_state_directory(struct finding_case *input, struct finding_result *result)
{
    const char *directory = input->settings->state_directory;
    char path[PATH_MAX + 16];
    struct stat status;
    int why = stat(directory, &status) < 0 ? errno : S_ISDIR(status.st_mode) ? 0 : ENOTDIR;

    if (why == ENOENT) {
        finding_state_missing(input, result);
        return;
    }
    if (why) {
        finding_put(result, FINDING_WRONG, "%s: %s", directory, strerror(why));
        finding_add_remedy(result, "use another directory: the line \"stateDirectory\" in %s, or --state-dir",
                           input->file);
    } else if (access(directory, R_OK | W_OK | X_OK) < 0) {
        finding_put(result, FINDING_WRONG, "%s: %s cannot write in it: %s; mode %04o, owner uid %ld", directory,
                    input->user, strerror(errno), (unsigned)status.st_mode & 07777, (long)status.st_uid);
        finding_add_remedy(result, "as root: chown -R %s %s", input->user, directory);
    } else if (!finding_state_is_usable(directory, path, sizeof(path))) {
        finding_put(result, FINDING_WRONG, "%s: %s cannot read it: %s", path, input->user, strerror(errno));
        finding_add_remedy(result, "as root: chown -R %s %s", input->user, directory);
    } else
        finding_put(result, FINDING_FINE, "%s: %s can write in it", directory, input->user);
}
