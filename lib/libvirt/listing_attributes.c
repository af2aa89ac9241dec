/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/listing_rows.h"
#include "lib/model/filter.h"

static int listing_attributes_ask_autostart(virDomainPtr domain)
{
    int autostart = 0;

    return virDomainGetAutostart(domain, &autostart) < 0 ? -1 : autostart != 0;
}

static int listing_attributes_ask_managed_save(virDomainPtr domain)
{
    return virDomainHasManagedSaveImage(domain, 0);
}

static int listing_attributes_ask_snapshot(virDomainPtr domain)
{
    int count = virDomainSnapshotNum(domain, 0);

    return count < 0 ? -1 : count > 0;
}

static int listing_attributes_ask_checkpoint(virDomainPtr domain)
{
    int count = virDomainListAllCheckpoints(domain, NULL, 0);

    return count < 0 ? -1 : count > 0;
}

const struct listing_attribute listing_attributes[LISTING_ATTRIBUTES] = {
    { FILTER_PERSISTENT, FILTER_TRANSIENT, offsetof(struct domain, persistent), virDomainIsPersistent },
    { FILTER_AUTOSTART, FILTER_NO_AUTOSTART, offsetof(struct domain, autostart),
      listing_attributes_ask_autostart },
    { FILTER_WITH_MANAGED_SAVE, FILTER_WITHOUT_MANAGED_SAVE, offsetof(struct domain, managed_save),
      listing_attributes_ask_managed_save },
    { FILTER_WITH_SNAPSHOT, FILTER_WITHOUT_SNAPSHOT, offsetof(struct domain, snapshot),
      listing_attributes_ask_snapshot },
    { FILTER_WITH_CHECKPOINT, FILTER_WITHOUT_CHECKPOINT, offsetof(struct domain, checkpoint),
      listing_attributes_ask_checkpoint },
};

static void listing_attributes_set(struct listing *listing, const struct listing_attribute *attribute,
                                   enum tristate value)
{
    for (size_t i = 0; i < listing->count; i++)
        *listing_attribute_of(&listing->rows[i].domain, attribute) = value;
}

/* If the listing took several calls, a domain that moved from one part to another in the meantime may be in
 * neither. If a set has such a domain, it gets its row back. */
static void listing_attributes_keep_stray(struct domain_handles *strays, struct domain_handle *handle)
{
    (void)domain_handles_add(strays, &handle->domain, 1); /* takes the domain over */
    handle->domain = NULL;
}

static bool listing_attributes_add_strays(struct listing *listing, struct domain_handles *strays)
{
    if (strays->count == 0)
        return true;
    domain_handles_sort(strays);
    if (!listing_add_rows(listing, strays))
        return false;
    qsort(listing->rows, listing->count, sizeof(*listing->rows), uuid_compare);
    return true;
}

/* Lists the domains that have an attribute. If the rows did not fit into one reply, these may not fit either. */
static bool listing_attributes_list(struct listing *listing, uint32_t word, struct domain_handles *set)
{
    uint32_t parts = 0;

    listing->error = VIR_ERR_OK; /* if out of memory, no call has failed */
    return listing_list_domains(listing, word, listing->parts > 1, set, &parts);
}

static void listing_attributes_mark(struct listing *listing, const struct listing_attribute *attribute,
                                    struct domain_handles *set, struct domain_handles *strays)
{
    size_t expected = 0;

    listing_attributes_set(listing, attribute, TRISTATE_FALSE);
    for (size_t i = 0; i < set->count; i++) {
        struct listing_row *row = listing_find_listed(listing, set->items[i].domain, &expected);

        if (row)
            *listing_attribute_of(&row->domain, attribute) = TRISTATE_TRUE;
        else if (listing->parts > 1 && listing->filter == 0)
            listing_attributes_keep_stray(strays, &set->items[i]);
    }
}

/* Step 3, for one attribute. No call is needed if the filter asks for domains that have the attribute, or for
 * domains that do not. Otherwise all domains that have it are listed, whether they fit the filter or not: a row
 * whose domain does not fit the filter any more must not be marked as not having it. If the call fails, the
 * attribute is unknown in this listing. If the driver rejects the flag, it is not asked for again. */
static void listing_attributes_read_one(struct listing *listing, const struct listing_attribute *attribute,
                                        struct domain_handles *strays)
{
    struct driver *driver = connection_driver(listing->connection);
    uint32_t chosen = listing->filter & (attribute->yes | attribute->no);
    CLEANUP(domain_handles_clear) struct domain_handles set = { 0 };

    if (chosen == attribute->yes || chosen == attribute->no) {
        listing_attributes_set(listing, attribute, tristate_of(chosen == attribute->yes));
        return;
    }
    if (driver_rejected(driver) & attribute->yes)
        return;
    if (listing_attributes_list(listing, attribute->yes, &set))
        listing_attributes_mark(listing, attribute, &set, strays);
    else if (connection_is_alive(listing->connection) && virt_is_unsupported(listing->error))
        driver_reject(driver, attribute->yes | attribute->no);
}

bool listing_attributes_read(struct listing *listing)
{
    CLEANUP(domain_handles_clear) struct domain_handles strays = { 0 };

    for (size_t i = 0; i < LISTING_ATTRIBUTES; i++) {
        listing_attributes_read_one(listing, &listing_attributes[i], &strays);
        if (!connection_is_alive(listing->connection))
            return false;
    }
    return listing_attributes_add_strays(listing, &strays);
}
