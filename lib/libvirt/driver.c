/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/driver.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/refcount.h"

/* What is special about some drivers, with a row for each. */
static const struct driver_traits {
    const char *type; /* NULL: any other driver */
    const char *answer_statistic;
} traits[] = {
    /* libvirtd reads QEMU's resident memory only if it gets the domain's job, which it needs to ask the monitor.
     */
    { "QEMU", "balloon.rss" },
    { NULL, NULL },
};

struct driver {
    struct refcount refcount; /* for driver_ref() and driver_unref() alone */
    atomic_uint limits, rejected;
    atomic_ulong version;
    _Atomic(const struct driver_traits *) traits;
};

static const struct driver_traits *driver_find_traits(const char *type)
{
    const struct driver_traits *row = traits;

    while (row->type && strcmp(row->type, type) != 0)
        row++;
    return row;
}

struct driver *driver_new(void)
{
    struct driver *driver = calloc(1, sizeof(*driver));

    if (!driver)
        return NULL;
    refcount_init(&driver->refcount);
    atomic_init(&driver->traits, driver_find_traits(""));
    return driver;
}

struct driver *driver_ref(struct driver *driver)
{
    refcount_take(&driver->refcount);
    return driver;
}

void driver_unref(struct driver *driver)
{
    if (driver && refcount_drop(&driver->refcount))
        free(driver);
}

void driver_set_type(struct driver *driver, const char *type)
{
    atomic_store(&driver->traits, driver_find_traits(type));
}

void driver_set_version(struct driver *driver, unsigned long version)
{
    unsigned long before = version > 0 ? atomic_exchange(&driver->version, version) : 0;

    if (before == 0 || before == version)
        return;
    atomic_store(&driver->limits, 0);
    atomic_store(&driver->rejected, 0);
}

const char *driver_answer_statistic(const struct driver *driver)
{
    return atomic_load(&driver->traits)->answer_statistic;
}

bool driver_lacks(const struct driver *driver, enum driver_limit limit)
{
    return atomic_load(&driver->limits) & (unsigned)limit;
}

bool driver_learn(struct driver *driver, enum driver_limit limit)
{
    return !(atomic_fetch_or(&driver->limits, (unsigned)limit) & (unsigned)limit);
}

uint32_t driver_rejected(const struct driver *driver)
{
    return atomic_load(&driver->rejected);
}

void driver_reject(struct driver *driver, uint32_t bits)
{
    atomic_fetch_or(&driver->rejected, bits);
}
