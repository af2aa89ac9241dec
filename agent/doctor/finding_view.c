/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/doctor/finding.h"
#include "agent/doctor/snmpd_conf.h"
#include "agent/mib/guestlist_mib.h"
#include "agent/mib/vm_mib.h"
#include "agent/snmp/query.h"
#include "config.h"
#include "lib/base/array.h"
#include "lib/base/cleanup.h"

static const uint32_t vm_mib_oid[] = { VM_MIB_OID };
static const uint32_t vm_table_oid[] = { VM_MIB_OID, 1, 4 };

static const char *finding_view_peer(const struct snmpd_conf *conf)
{
    return *conf->address ? conf->address : "localhost";
}

static void finding_view_untried(const struct finding_case *input, const struct snmpd_conf *conf,
                                 struct finding_result *result)
{
    if (*conf->unreadable)
        finding_put(result, FINDING_NOTE, "not tried: %s cannot read %s, which has the community", input->user,
                    conf->unreadable);
    else if (!conf->has_file)
        finding_put(result, FINDING_NOTE, "not tried: no snmpd.conf is found, so no community is known");
    else if (*conf->other)
        finding_put(result, FINDING_NOTE,
                    "not tried: this check reads only rocommunity and rwcommunity in snmpd.conf, "
                    "not %s",
                    conf->other);
    else
        finding_put(result, FINDING_NOTE, "not tried: snmpd.conf has no community that this host may use");
    finding_add_remedy(result, "run --check as root, or try it: snmpwalk -v2c -c COMMUNITY -On localhost "
                               "1.3.6.1.2.1.236");
}

static void finding_view_hidden(const struct snmpd_conf *conf, struct finding_result *result)
{
    finding_put(result, FINDING_WRONG, "snmpd hides VM-MIB: the community in %s sees %s%s only", conf->file,
                *conf->view ? "the view " : "", *conf->view ? conf->view : conf->only);
    if (!*conf->view) {
        finding_add_remedy(result, "take \"%s\" out of the community's line in %s, then reload snmpd", conf->only,
                           conf->file);
        return;
    }
    finding_add_remedy(result, "add to %s, then reload snmpd: view %s included .1.3.6.1.2.1.236", conf->file,
                       conf->view);
    finding_add_remedy(result, "and for GUESTLIST-MIB: view %s included .%s", conf->view,
                       GUESTLIST_ENTERPRISE_OID_STRING);
}

/* snmpd answers, but shows no object of VM-MIB. */
static void finding_view_empty(const struct finding_case *input, const struct snmpd_conf *conf,
                               struct finding_result *result)
{
    switch (snmpd_conf_shows(conf, "1.3.6.1.2.1.236")) {
    case SNMPD_CONF_HIDDEN:
        finding_view_hidden(conf, result);
        break;
    case SNMPD_CONF_SHOWN:
    case SNMPD_CONF_UNKNOWN:
        if (input->is_registered) {
            finding_put(result, FINDING_WRONG,
                        "VM-MIB is served, but snmpd at %s does not show it to the community "
                        "in %s",
                        finding_view_peer(conf), conf->file);
            finding_add_remedy(result,
                               "add .1.3.6.1.2.1.236 to what the community may see: \"view\" and \"access\" "
                               "in %s",
                               conf->file);
        } else if (*conf->module.name && !conf->module.has_contexts) {
            finding_put(result, FINDING_WRONG, "%s loads the module, but snmpd at %s shows no VM-MIB",
                        conf->module.file, finding_view_peer(conf));
            finding_add_remedy(result,
                               "restart snmpd; lines of its log that begin with \"guestlist:\" have the reason");
        } else
            finding_put(result, FINDING_NOTE,
                        "snmpd at %s answers; whether it shows VM-MIB can be checked when guestlistd "
                        "runs",
                        finding_view_peer(conf));
    }
}

static void finding_view_query(const struct finding_case *input, const struct snmpd_conf *conf,
                               struct finding_result *result)
{
    const char *peer = finding_view_peer(conf);

    switch (query_below(peer, conf->community, vm_mib_oid, ARRAY_COUNT(vm_mib_oid))) {
    case QUERY_NO_ANSWER:
        finding_put(result, FINDING_WRONG, "snmpd at %s does not answer to the community in %s", peer, conf->file);
        finding_add_remedy(result, "start snmpd; if it runs, compare \"agentAddress\" and the community in %s",
                           conf->file);
        break;
    case QUERY_EMPTY:
        finding_view_empty(input, conf, result);
        break;
    case QUERY_FOUND:
        if (query_below(peer, conf->community, vm_table_oid, ARRAY_COUNT(vm_table_oid)) == QUERY_FOUND)
            finding_put(result, FINDING_FINE, "snmpd at %s shows rows to the community in %s", peer, conf->file);
        else {
            finding_put(result, FINDING_WRONG, "snmpd at %s shows VM-MIB, but no row of vmTable", peer);
            finding_add_remedy(result,
                               "see libvirt and filter above; a walk of GUESTLIST-MIB (.%s.1.1) shows the "
                               "running agent's hypervisor and its last error",
                               GUESTLIST_ENTERPRISE_OID_STRING);
        }
    }
}

void finding_view(struct finding_case *input, struct finding_result *result)
{
    AUTO_FREE struct snmpd_conf *conf = snmpd_conf_load();

    if (!conf)
        return;
    if (*conf->community)
        finding_view_query(input, conf, result);
    else
        finding_view_untried(input, conf, result);
}

/* Rows are there without names, so missing names are only a note. */
void finding_names(struct finding_case *input, struct finding_result *result)
{
    static const char *const wanted[] = { "VM-MIB::vmTable", "GUESTLIST-MIB::glDomainTable",
                                          "LIBVIRT-MIB::libvirtGuestTable" };

    (void)input;
    for (size_t i = 0; i < ARRAY_COUNT(wanted); i++) {
        if (query_knows_name(wanted[i]))
            continue;
        finding_put(result, FINDING_NOTE, "net-snmp's tools do not know %s: they show rows by numbers", wanted[i]);
        finding_add_remedy(result, "add to /etc/snmp/snmp.conf, below a line \"mibs\": includeFile %s",
                           GUESTLIST_SNMP_CONF);
        return;
    }
    finding_put(result, FINDING_FINE, "net-snmp's tools know those of VM-MIB, GUESTLIST-MIB and LIBVIRT-MIB");
}
