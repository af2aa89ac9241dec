/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GUESTLIST-MIB, glDomainTable: what libvirt knows of a domain and VM-MIB has no object for. Unlike vmOperState,
 * its state stays what it was last, however old the listing is. */
#include "agent/mib/guestlist_tables.h"
#include "lib/model/xml_facts.h"

enum { DETAILS_OK = 1, DETAILS_PARTIAL = 2 };

static const struct domain *domain_of(const void *row)
{
    return ((const struct vm_row *)row)->domain;
}

bool gl_put_tristate(struct mib_value *value, enum tristate tristate)
{
    static const int32_t numbers[] = { [TRISTATE_TRUE] = 1, [TRISTATE_FALSE] = 2, [TRISTATE_UNKNOWN] = 3 };

    return mib_put_integer(value, numbers[tristate]);
}

static bool get_id(const void *answer, const void *row, struct mib_value *value)
{
    const struct domain *domain = domain_of(row);

    (void)answer;
    return mib_put_integer(value, domain_active(domain) ? domain->id : 0);
}

/* A number of a later libvirt has no name in the MIB: rather no state than a wrong one. */
static bool get_state(const void *answer, const void *row, struct mib_value *value)
{
    int state = domain_of(row)->last_state;

    (void)answer;
    return state >= 0 && state < DOMAIN_STATES && mib_put_integer(value, state);
}

static bool get_reason(const void *answer, const void *row, struct mib_value *value)
{
    const struct domain *domain = domain_of(row);

    (void)answer;
    return domain->last_state != DOMAIN_STATE_UNREAD && mib_put_integer(value, domain->last_reason);
}

static bool get_reason_text(const void *answer, const void *row, struct mib_value *value)
{
    const struct domain *domain = domain_of(row);

    (void)answer;
    return domain->last_state != DOMAIN_STATE_UNREAD &&
           mib_put_text(value, domain_reason_word(domain->last_state, domain->last_reason));
}

static bool get_active(const void *answer, const void *row, struct mib_value *value)
{
    (void)answer;
    return gl_put_tristate(value, domain_active(domain_of(row)) ? TRISTATE_TRUE : TRISTATE_FALSE);
}

static bool get_persistent(const void *answer, const void *row, struct mib_value *value)
{
    (void)answer;
    return gl_put_tristate(value, domain_of(row)->persistent);
}

static bool get_autostart(const void *answer, const void *row, struct mib_value *value)
{
    (void)answer;
    return gl_put_tristate(value, domain_of(row)->autostart);
}

static bool get_managed_save(const void *answer, const void *row, struct mib_value *value)
{
    (void)answer;
    return gl_put_tristate(value, domain_of(row)->managed_save);
}

static bool get_snapshot(const void *answer, const void *row, struct mib_value *value)
{
    (void)answer;
    return gl_put_tristate(value, domain_of(row)->snapshot);
}

static bool get_checkpoint(const void *answer, const void *row, struct mib_value *value)
{
    (void)answer;
    return gl_put_tristate(value, domain_of(row)->checkpoint);
}

static bool get_state_since(const void *answer, const void *row, struct mib_value *value)
{
    const struct domain *domain = domain_of(row);

    (void)answer;
    return domain->last_state != DOMAIN_STATE_UNREAD && gl_put_date(value, domain->state_since_real_ms);
}

static bool get_title(const void *answer, const void *row, struct mib_value *value)
{
    const struct xml_facts *xml_facts = domain_of(row)->xml_facts;

    (void)answer;
    return xml_facts && mib_put_text(value, xml_facts->title ? xml_facts->title : "");
}

static bool get_details(const void *answer, const void *row, struct mib_value *value)
{
    const struct answer *given = answer;
    bool is_partial = snapshot_stats_are_partial(given->rows->snapshot, domain_of(row), given->now_boot_ms);

    return mib_put_integer(value, is_partial ? DETAILS_PARTIAL : DETAILS_OK);
}

static bool get_autostart_once(const void *answer, const void *row, struct mib_value *value)
{
    (void)answer;
    return gl_put_tristate(value, domain_of(row)->autostart_once);
}

static bool get_starts_at_boot(const void *answer, const void *row, struct mib_value *value)
{
    (void)answer;
    return gl_put_tristate(value, domain_starts_at_boot(domain_of(row)));
}

const struct mib_column gl_domain_columns[GL_DOMAIN_COLUMNS] = {
    { 1, MIB_INTEGER, get_id, "glDomainId" },
    { 2, MIB_INTEGER, get_state, "glDomainState" },
    { 3, MIB_INTEGER, get_reason, "glDomainStateReason" },
    { 4, MIB_OCTETS, get_reason_text, "glDomainStateReasonText" },
    { 5, MIB_INTEGER, get_active, "glDomainActive" },
    { 6, MIB_INTEGER, get_persistent, "glDomainPersistent" },
    { 7, MIB_INTEGER, get_autostart, "glDomainAutostart" },
    { 8, MIB_INTEGER, get_managed_save, "glDomainManagedSave" },
    { 9, MIB_INTEGER, get_snapshot, "glDomainSnapshot" },
    { 10, MIB_INTEGER, get_checkpoint, "glDomainCheckpoint" },
    { 11, MIB_OCTETS, get_state_since, "glDomainStateSince" },
    { 12, MIB_OCTETS, get_title, "glDomainTitle" },
    { 13, MIB_INTEGER, get_details, "glDomainDetails" },
    { 14, MIB_INTEGER, get_autostart_once, "glDomainAutostartOnce" },
    { 15, MIB_INTEGER, get_starts_at_boot, "glDomainStartsAtBoot" },
};
