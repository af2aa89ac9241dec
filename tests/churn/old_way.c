/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <libvirt/libvirt.h>
#include <stdlib.h>
#include <string.h>

#include "tests/churn/churn.h"

enum { OLD_WAY_DOMAINS_MAX = 2 * DOMAINS + 16 };

static bool old_way_add(struct snapshot *snapshot, virDomainPtr handle)
{
    struct domain *domain = &snapshot->domains[snapshot->count];
    unsigned id = virDomainGetID(handle);
    int persistent = virDomainIsPersistent(handle), autostart = 0;

    if (snapshot->count == OLD_WAY_DOMAINS_MAX || virDomainGetUUID(handle, domain->uuid) < 0)
        return false;
    domain->id = id == (unsigned)-1 ? DOMAIN_ID_INACTIVE : (int)id;
    domain->persistent = persistent < 0 ? TRISTATE_UNKNOWN : persistent ? TRISTATE_TRUE : TRISTATE_FALSE;
    if (virDomainGetState(handle, &domain->state, &domain->reason, 0) < 0)
        domain->state = DOMAIN_STATE_UNREAD;
    if (virDomainGetAutostart(handle, &autostart) == 0)
        domain->autostart = autostart ? TRISTATE_TRUE : TRISTATE_FALSE;
    domain->name = snapshot_keep(snapshot, virDomainGetName(handle));
    snapshot->count++;
    return domain->name != NULL;
}

static bool old_way_add_all(struct snapshot *snapshot, virConnectPtr connection, unsigned flags)
{
    virDomainPtr *handles = NULL;
    int count = virConnectListAllDomains(connection, &handles, flags);
    bool fine = count >= 0;

    for (int i = 0; i < count; i++) {
        fine = old_way_add(snapshot, handles[i]) && fine;
        (void)virDomainFree(handles[i]);
    }
    free(handles);
    return fine;
}

struct snapshot *old_way_take(void *connection)
{
    struct snapshot *snapshot = snapshot_new(OLD_WAY_DOMAINS_MAX);

    if (!snapshot)
        return NULL;
    if (!old_way_add_all(snapshot, connection, VIR_CONNECT_LIST_DOMAINS_ACTIVE) ||
        !old_way_add_all(snapshot, connection, VIR_CONNECT_LIST_DOMAINS_INACTIVE)) {
        snapshot_unref(snapshot);
        return NULL;
    }
    qsort(snapshot->domains, snapshot->count, sizeof(*snapshot->domains), uuid_compare);
    return snapshot;
}
