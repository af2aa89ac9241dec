/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RFC 7666, vmNetworkTable: the network interfaces in the XML. Their traffic is in the host's ifTable, to which
 * vmNetworkIfIndex leads. */
#include "agent/mib/vm_devices.h"
#include "agent/mib/vm_tables.h"
#include "lib/model/device_stats.h"
#include "lib/model/xml_facts.h"

static const struct interface *vm_network_interface(const struct mib_cell *cell)
{
    const struct rows_item *item = cell->row;

    return &item->row->domain->xml_facts->interfaces[item->first];
}

/* A domain that is not active has no device on the host. Nor has an interface of type user. */
const struct net_stats *vm_network_stats(const struct mib_cell *cell)
{
    return device_stats_interface(rows_item_domain(cell)->device_stats, vm_network_interface(cell)->target);
}

static bool vm_network_seek_item(struct rows_item *item, const mib_subid *least, mib_subid *found)
{
    const struct xml_facts *xml_facts = item->row->domain->xml_facts;

    return xml_facts && vm_devices_seek(item, item->row->interfaces, xml_facts->interface_count, least[0], found);
}

bool vm_network_seek(const struct answer *answer, const mib_subid *index, size_t length, struct mib_row *row)
{
    return rows_seek_item(answer, 1, vm_network_seek_item, index, length, row);
}

static bool vm_network_get_if_index(const struct mib_cell *cell)
{
    const struct rows_item *item = cell->row;

    return mib_put_integer(cell->value, item->row->host_interfaces[item->first]);
}

static bool vm_network_get_parent(const struct mib_cell *cell)
{
    const struct rows_item *item = cell->row;

    return mib_put_integer(cell->value, item->row->host_parents[item->first]);
}

static bool vm_network_get_model(const struct mib_cell *cell)
{
    const struct interface *interface = vm_network_interface(cell);

    return mib_put_text(cell->value, interface->model ? interface->model : "");
}

static bool vm_network_get_address(const struct mib_cell *cell)
{
    bool has_mac = vm_devices_parse_mac(vm_network_interface(cell)->mac, (unsigned char *)cell->value->buffer);

    cell->value->bytes = cell->value->buffer;
    cell->value->length = has_mac ? MAC_BYTES : 0;
    return true;
}

static const struct mib_column columns[] = {
    { 2, MIB_INTEGER, vm_network_get_if_index, "vmNetworkIfIndex", NULL },
    { 3, MIB_INTEGER, vm_network_get_parent, "vmNetworkParent", NULL },
    { 4, MIB_OCTETS, vm_network_get_model, "vmNetworkModel", NULL },
    { 5, MIB_OCTETS, vm_network_get_address, "vmNetworkPhysAddress", NULL },
};

static const mib_subid base[] = { VM_MIB_OID, 1, 8, 1 };

const struct mib_table vm_network_table = MIB_TABLE(base, columns, vm_network_seek);
