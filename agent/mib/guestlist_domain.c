/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GUESTLIST-MIB, glDomainTable: facts of libvirt about a domain for which VM-MIB has no object. Unlike
 * vmOperState, glDomainState is the last state that could be read, even if the listing is old. */
#include "agent/mib/guestlist_tables.h"
#include "lib/model/io_error.h"
#include "lib/model/xml_facts.h"

enum { DETAILS_OK = 1, DETAILS_PARTIAL = 2 };

static bool guestlist_domain_get_id(const struct mib_cell *cell)
{
    const struct domain *domain = rows_domain(cell);

    return mib_put_integer(cell->value, domain_active(domain) ? domain->id : 0);
}

/* A state that only a later libvirt has is not in the MIB, so there is no value: it would be wrong. */
static bool guestlist_domain_get_state(const struct mib_cell *cell)
{
    int state = rows_domain(cell)->last_state;

    return state >= 0 && state < DOMAIN_STATES && mib_put_integer(cell->value, state);
}

static bool guestlist_domain_get_reason(const struct mib_cell *cell)
{
    const struct domain *domain = rows_domain(cell);

    return domain->last_state != DOMAIN_STATE_UNREAD && mib_put_integer(cell->value, domain->last_reason);
}

static bool guestlist_domain_get_reason_text(const struct mib_cell *cell)
{
    const struct domain *domain = rows_domain(cell);

    return domain->last_state != DOMAIN_STATE_UNREAD &&
           mib_put_text(cell->value, domain_reason_word(domain->last_state, domain->last_reason));
}

static bool guestlist_domain_get_active(const struct mib_cell *cell)
{
    return mib_put_gl_truth(cell->value, domain_active(rows_domain(cell)) ? TRISTATE_TRUE : TRISTATE_FALSE);
}

static bool guestlist_domain_get_state_since(const struct mib_cell *cell)
{
    const struct domain *domain = rows_domain(cell);

    return domain->last_state != DOMAIN_STATE_UNREAD && mib_put_date(cell->value, domain->state_since_real_ms);
}

static bool guestlist_domain_get_title(const struct mib_cell *cell)
{
    const struct xml_facts *xml_facts = rows_domain(cell)->xml_facts;

    return xml_facts && mib_put_text(cell->value, xml_facts->title ? xml_facts->title : "");
}

static bool guestlist_domain_get_description(const struct mib_cell *cell)
{
    const struct xml_facts *xml_facts = rows_domain(cell)->xml_facts;

    return xml_facts && mib_put_text(cell->value, xml_facts->description ? xml_facts->description : "");
}

static bool guestlist_domain_get_details(const struct mib_cell *cell)
{
    bool is_partial =
        snapshot_stats_are_partial(rows_snapshot(cell), rows_domain(cell), cell->answer->now_boot_ms);

    return mib_put_integer(cell->value, is_partial ? DETAILS_PARTIAL : DETAILS_OK);
}

static enum domain_control guestlist_domain_control(const struct mib_cell *cell)
{
    return snapshot_control(rows_snapshot(cell), rows_domain(cell), cell->answer->now_boot_ms);
}

static bool guestlist_domain_get_control(const struct mib_cell *cell)
{
    enum domain_control control = guestlist_domain_control(cell);

    return control != DOMAIN_CONTROL_UNKNOWN && mib_put_integer(cell->value, control);
}

static bool guestlist_domain_get_control_seconds(const struct mib_cell *cell)
{
    enum domain_control control = guestlist_domain_control(cell);
    uint32_t seconds = domain_control_seconds(rows_domain(cell), control, cell->answer->now_boot_ms);

    return control != DOMAIN_CONTROL_UNKNOWN && mib_put_unsigned(cell->value, seconds);
}

static bool guestlist_domain_get_io_error(const struct mib_cell *cell)
{
    const struct domain *domain = rows_domain(cell);

    if (!domain_is_paused_by_io_error(domain))
        return mib_put_text(cell->value, "");
    return domain->io_error && mib_put_text(cell->value, domain->io_error->text);
}

static bool guestlist_domain_get_starts_at_boot(const struct mib_cell *cell)
{
    return mib_put_gl_truth(cell->value, domain_starts_at_boot(rows_domain(cell)));
}

#define TRISTATE(name, field)                                                                                     \
    static bool name(const struct mib_cell *cell)                                                                 \
    {                                                                                                             \
        return mib_put_gl_truth(cell->value, rows_domain(cell)->field);                                           \
    }

TRISTATE(guestlist_domain_get_persistent, persistent)
TRISTATE(guestlist_domain_get_autostart, autostart)
TRISTATE(guestlist_domain_get_managed_save, managed_save)
TRISTATE(guestlist_domain_get_snapshot, snapshot)
TRISTATE(guestlist_domain_get_checkpoint, checkpoint)
TRISTATE(guestlist_domain_get_autostart_once, autostart_once)

static const struct mib_column columns[] = {
    { 1, MIB_INTEGER, guestlist_domain_get_id, "glDomainId", NULL },
    { 2, MIB_INTEGER, guestlist_domain_get_state, "glDomainState", NULL },
    { 3, MIB_INTEGER, guestlist_domain_get_reason, "glDomainStateReason", NULL },
    { 4, MIB_OCTETS, guestlist_domain_get_reason_text, "glDomainStateReasonText", NULL },
    { 5, MIB_INTEGER, guestlist_domain_get_active, "glDomainActive", NULL },
    { 6, MIB_INTEGER, guestlist_domain_get_persistent, "glDomainPersistent", NULL },
    { 7, MIB_INTEGER, guestlist_domain_get_autostart, "glDomainAutostart", NULL },
    { 8, MIB_INTEGER, guestlist_domain_get_managed_save, "glDomainManagedSave", NULL },
    { 9, MIB_INTEGER, guestlist_domain_get_snapshot, "glDomainSnapshot", NULL },
    { 10, MIB_INTEGER, guestlist_domain_get_checkpoint, "glDomainCheckpoint", NULL },
    { 11, MIB_OCTETS, guestlist_domain_get_state_since, "glDomainStateSince", NULL },
    { 12, MIB_OCTETS, guestlist_domain_get_title, "glDomainTitle", NULL },
    { 13, MIB_INTEGER, guestlist_domain_get_details, "glDomainDetails", NULL },
    { 14, MIB_INTEGER, guestlist_domain_get_autostart_once, "glDomainAutostartOnce", NULL },
    { 15, MIB_INTEGER, guestlist_domain_get_starts_at_boot, "glDomainStartsAtBoot", NULL },
    { 16, MIB_OCTETS, guestlist_domain_get_io_error, "glDomainIoError", NULL },
    { 17, MIB_INTEGER, guestlist_domain_get_control, "glDomainControl", NULL },
    { 18, MIB_GAUGE32, guestlist_domain_get_control_seconds, "glDomainControlSeconds", NULL },
    { 19, MIB_OCTETS, guestlist_domain_get_description, "glDomainDescription", NULL },
};

static const mib_subid base[] = { GUESTLIST_ENTERPRISE_OID, 1, 2, 1 };

const struct mib_table guestlist_domain_table = MIB_TABLE(base, columns, rows_seek_vm);
