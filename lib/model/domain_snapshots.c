/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/model/domain_snapshots.h"

#include <stdbool.h>
#include <stdlib.h>

struct domain_snapshots *domain_snapshots_new(void)
{
    struct domain_snapshots *snapshots = calloc(1, sizeof(*snapshots));

    if (snapshots)
        refcount_init(&snapshots->refcount);
    return snapshots;
}

struct domain_snapshots *domain_snapshots_ref(struct domain_snapshots *snapshots)
{
    if (snapshots)
        refcount_take(&snapshots->refcount);
    return snapshots;
}

void domain_snapshots_unref(struct domain_snapshots *snapshots)
{
    if (snapshots && refcount_drop(&snapshots->refcount))
        free(snapshots);
}

/* A snapshot whose time is not known may be the newest or the oldest one. So both are unknown from then on. */
void domain_snapshots_add(struct domain_snapshots *snapshots, int64_t made_real_s)
{
    bool is_first = snapshots->count++ == 0;
    bool is_known = made_real_s != DOMAIN_SNAPSHOTS_NO_TIME &&
                    (is_first || snapshots->newest_real_s != DOMAIN_SNAPSHOTS_NO_TIME);

    if (!is_known)
        snapshots->newest_real_s = snapshots->oldest_real_s = DOMAIN_SNAPSHOTS_NO_TIME;
    else if (is_first)
        snapshots->newest_real_s = snapshots->oldest_real_s = made_real_s;
    else if (made_real_s > snapshots->newest_real_s)
        snapshots->newest_real_s = made_real_s;
    else if (made_real_s < snapshots->oldest_real_s)
        snapshots->oldest_real_s = made_real_s;
}
