/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/descriptors.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "lib/base/cleanup.h"

/* How many of `wanted` descriptors can be opened. The function opens them to find out. The limit of the process
 * does not show how many are open already, and the host also has a limit. */
static size_t descriptors_left(size_t wanted)
{
    AUTO_FREE int *fds = calloc(wanted, sizeof(*fds));
    size_t left = 0;

    for (; fds && left < wanted; left++) {
        fds[left] = eventfd(0, EFD_CLOEXEC);
        if (fds[left] < 0)
            break;
    }
    for (size_t i = 0; i < left; i++)
        (void)close(fds[i]);
    return left;
}

/* Raises the soft limit, which is often only 1,024 for the sake of select(). SPARE is for descriptors that are
 * open already. */
static void descriptors_raise_limit(size_t wanted)
{
    enum { SPARE = 64 };
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= wanted + SPARE)
        return;
    limit.rlim_cur = limit.rlim_max < wanted + SPARE ? limit.rlim_max : wanted + SPARE;
    (void)setrlimit(RLIMIT_NOFILE, &limit); /* descriptors_left() shows whether it helped */
}

bool descriptors_check(size_t wanted, char why[DESCRIPTORS_WHY_MAX])
{
    size_t left;

    descriptors_raise_limit(wanted);
    left = descriptors_left(wanted);
    (void)snprintf(why, DESCRIPTORS_WHY_MAX,
                   "too few file descriptors: %zu left, %zu needed; raise the limit (ulimit -n, LimitNOFILE=)",
                   left, wanted);
    return left == wanted;
}
