/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GUESTLIST-MIB, glDomainTable: what libvirt knows of a domain and VM-MIB has no object for. Unlike vmOperState,
 * its state stays what it was last, however old the listing is. */
#include "agent/mib/guestlist_tables.h"
#include "lib/model/xml_facts.h"

enum { DETAILS_OK = 1, DETAILS_PARTIAL = 2 };

static const struct domain *guestlist_domain_of(const void *row)
{
    return ((const struct vm_row *)row)->domain;
}

bool gl_put_tristate(struct mib_value *value, enum tristate tristate)
{
    static const int32_t numbers[] = { [TRISTATE_TRUE] = 1, [TRISTATE_FALSE] = 2, [TRISTATE_UNKNOWN] = 3 };

    return mib_put_integer(value, numbers[tristate]);
}

static bool guestlist_domain_get_id(const void *answer, const void *row, struct mib_value *value)
{
    const struct domain *domain = guestlist_domain_of(row);

    (void)answer;
    return mib_put_integer(value, domain_active(domain) ? domain->id : 0);
}

/* A number of a later libvirt has no name in the MIB: rather no state than a wrong one. */
static bool guestlist_domain_get_state(const void *answer, const void *row, struct mib_value *value)
{
    int state = guestlist_domain_of(row)->last_state;

    (void)answer;
    return state >= 0 && state < DOMAIN_STATES && mib_put_integer(value, state);
}

static bool guestlist_domain_get_reason(const void *answer, const void *row, struct mib_value *value)
{
    const struct domain *domain = guestlist_domain_of(row);

    (void)answer;
    return domain->last_state != DOMAIN_STATE_UNREAD && mib_put_integer(value, domain->last_reason);
}

static bool guestlist_domain_get_reason_text(const void *answer, const void *row, struct mib_value *value)
{
    const struct domain *domain = guestlist_domain_of(row);

    (void)answer;
    return domain->last_state != DOMAIN_STATE_UNREAD &&
           mib_put_text(value, domain_reason_word(domain->last_state, domain->last_reason));
}

static bool guestlist_domain_get_active(const void *answer, const void *row, struct mib_value *value)
{
    (void)answer;
    return gl_put_tristate(value, domain_active(guestlist_domain_of(row)) ? TRISTATE_TRUE : TRISTATE_FALSE);
}

static bool guestlist_domain_get_persistent(const void *answer, const void *row, struct mib_value *value)
{
    (void)answer;
    return gl_put_tristate(value, guestlist_domain_of(row)->persistent);
}

static bool guestlist_domain_get_autostart(const void *answer, const void *row, struct mib_value *value)
{
    (void)answer;
    return gl_put_tristate(value, guestlist_domain_of(row)->autostart);
}

static bool guestlist_domain_get_managed_save(const void *answer, const void *row, struct mib_value *value)
{
    (void)answer;
    return gl_put_tristate(value, guestlist_domain_of(row)->managed_save);
}

static bool guestlist_domain_get_snapshot(const void *answer, const void *row, struct mib_value *value)
{
    (void)answer;
    return gl_put_tristate(value, guestlist_domain_of(row)->snapshot);
}

static bool guestlist_domain_get_checkpoint(const void *answer, const void *row, struct mib_value *value)
{
    (void)answer;
    return gl_put_tristate(value, guestlist_domain_of(row)->checkpoint);
}

static bool guestlist_domain_get_state_since(const void *answer, const void *row, struct mib_value *value)
{
    const struct domain *domain = guestlist_domain_of(row);

    (void)answer;
    return domain->last_state != DOMAIN_STATE_UNREAD && gl_put_date(value, domain->state_since_real_ms);
}

static bool guestlist_domain_get_title(const void *answer, const void *row, struct mib_value *value)
{
    const struct xml_facts *xml_facts = guestlist_domain_of(row)->xml_facts;

    (void)answer;
    return xml_facts && mib_put_text(value, xml_facts->title ? xml_facts->title : "");
}

static bool guestlist_domain_get_details(const void *answer, const void *row, struct mib_value *value)
{
    const struct answer *given = answer;
    bool is_partial =
        snapshot_stats_are_partial(given->rows->snapshot, guestlist_domain_of(row), given->now_boot_ms);

    return mib_put_integer(value, is_partial ? DETAILS_PARTIAL : DETAILS_OK);
}

static bool guestlist_domain_get_autostart_once(const void *answer, const void *row, struct mib_value *value)
{
    (void)answer;
    return gl_put_tristate(value, guestlist_domain_of(row)->autostart_once);
}

static bool guestlist_domain_get_starts_at_boot(const void *answer, const void *row, struct mib_value *value)
{
    (void)answer;
    return gl_put_tristate(value, domain_starts_at_boot(guestlist_domain_of(row)));
}

const struct mib_column gl_domain_columns[GL_DOMAIN_COLUMNS] = {
    { 1, MIB_INTEGER, guestlist_domain_get_id, "glDomainId" },
    { 2, MIB_INTEGER, guestlist_domain_get_state, "glDomainState" },
    { 3, MIB_INTEGER, guestlist_domain_get_reason, "glDomainStateReason" },
    { 4, MIB_OCTETS, guestlist_domain_get_reason_text, "glDomainStateReasonText" },
    { 5, MIB_INTEGER, guestlist_domain_get_active, "glDomainActive" },
    { 6, MIB_INTEGER, guestlist_domain_get_persistent, "glDomainPersistent" },
    { 7, MIB_INTEGER, guestlist_domain_get_autostart, "glDomainAutostart" },
    { 8, MIB_INTEGER, guestlist_domain_get_managed_save, "glDomainManagedSave" },
    { 9, MIB_INTEGER, guestlist_domain_get_snapshot, "glDomainSnapshot" },
    { 10, MIB_INTEGER, guestlist_domain_get_checkpoint, "glDomainCheckpoint" },
    { 11, MIB_OCTETS, guestlist_domain_get_state_since, "glDomainStateSince" },
    { 12, MIB_OCTETS, guestlist_domain_get_title, "glDomainTitle" },
    { 13, MIB_INTEGER, guestlist_domain_get_details, "glDomainDetails" },
    { 14, MIB_INTEGER, guestlist_domain_get_autostart_once, "glDomainAutostartOnce" },
    { 15, MIB_INTEGER, guestlist_domain_get_starts_at_boot, "glDomainStartsAtBoot" },
};
