/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/autostart_once.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "lib/libvirt/domain_handles.h"
#include "lib/libvirt/virt.h"

/* As libvirt 11.2 declares it. */
typedef int autostart_once_function(virDomainPtr domain, int *once);

/* NULL if this libvirt does not have the function. */
static autostart_once_function *autostart_once_find(void)
{
    void *found = dlsym(RTLD_DEFAULT, "virDomainGetAutostartOnce");
    autostart_once_function *function;

    memcpy(&function, &found, sizeof(function)); /* C has no conversion between the two */
    return function;
}

bool autostart_once_is_unsupported(const struct driver *driver)
{
    return driver_lacks(driver, DRIVER_NO_AUTOSTART_ONCE) || !autostart_once_find();
}

/* The answer of an earlier domain may have shown that the driver does not support it. */
static enum tristate autostart_once_ask(autostart_once_function *get, struct driver *driver, virDomainPtr domain)
{
    int once = 0;

    if (!get || driver_lacks(driver, DRIVER_NO_AUTOSTART_ONCE))
        return TRISTATE_FALSE;
    if (get(domain, &once) == 0)
        return tristate_of(once);
    if (!virt_is_unsupported(virGetLastErrorCode()))
        return TRISTATE_UNKNOWN;
    (void)driver_learn(driver, DRIVER_NO_AUTOSTART_ONCE);
    return TRISTATE_FALSE;
}

static struct autostart_once *autostart_once_new(size_t count)
{
    struct autostart_once *once = calloc(1, sizeof(*once));

    if (!once)
        return NULL;
    once->count = count;
    once->rows = calloc(count + 1, sizeof(*once->rows));
    if (once->rows)
        return once;
    free(once);
    return NULL;
}

struct autostart_once *autostart_once_read(struct connection *connection)
{
    CLEANUP(domain_handles_clear) struct domain_handles domains = { 0 };
    autostart_once_function *get = autostart_once_find();
    struct driver *driver = connection_driver(connection);
    struct autostart_once *once;

    if (autostart_once_is_unsupported(driver) ||
        !domain_handles_list(&domains, connection_conn(connection), VIR_CONNECT_LIST_DOMAINS_PERSISTENT))
        return NULL;
    domain_handles_sort(&domains);
    once = autostart_once_new(domains.count);
    for (size_t i = 0; once && i < domains.count; i++) {
        memcpy(once->rows[i].uuid, domains.items[i].uuid, UUID_BYTES);
        once->rows[i].once = autostart_once_ask(get, driver, domains.items[i].domain);
    }
    if (!driver_lacks(driver, DRIVER_NO_AUTOSTART_ONCE))
        return once;
    autostart_once_free(once);
    return NULL;
}

void autostart_once_free(struct autostart_once *once)
{
    if (!once)
        return;
    free(once->rows);
    free(once);
}

static const struct autostart_once_row *autostart_once_find_row(const struct autostart_once *once,
                                                                const struct domain *domain)
{
    return once ? uuid_find(once->rows, once->count, sizeof(*once->rows), domain->uuid) : NULL;
}

/* Only persistent domains are asked. So asking again would bring no answer for any other domain. */
bool autostart_once_knows(const struct autostart_once *once, const struct domain *domain)
{
    return domain->persistent != TRISTATE_TRUE || autostart_once_find_row(once, domain) != NULL;
}

/* A transient domain has no configuration that could start at a boot. */
static enum tristate autostart_once_answer(const struct autostart_once *once, const struct domain *domain)
{
    const struct autostart_once_row *row = autostart_once_find_row(once, domain);

    if (domain->persistent == TRISTATE_FALSE)
        return TRISTATE_FALSE;
    return row ? row->once : TRISTATE_UNKNOWN;
}

void autostart_once_fill(const struct autostart_once *once, const struct driver *driver, struct snapshot *snapshot)
{
    bool is_unsupported = autostart_once_is_unsupported(driver);

    for (size_t i = 0; i < snapshot->count; i++) {
        struct domain *domain = &snapshot->domains[i];

        domain->autostart_once = is_unsupported ? TRISTATE_FALSE : autostart_once_answer(once, domain);
    }
}
