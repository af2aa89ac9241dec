/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RFC 7666, vmNetworkTable. Traffic stands in the host's ifTable, to which vmNetworkIfIndex leads. */
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "agent/mib/host_nic.h"
#include "agent/mib/vm_devices.h"
#include "agent/mib/vm_tables.h"
#include "lib/model/xml_facts.h"

enum { MAC_BYTES = 6 };

static const struct domain *vm_network_domain(const struct mib_cell *cell)
{
    return ((const struct rows_item *)cell->row)->row->domain;
}

static const struct interface *vm_network_interface(const struct mib_cell *cell)
{
    return &vm_network_domain(cell)->xml_facts->interfaces[((const struct rows_item *)cell->row)->first];
}

static bool vm_network_seek_item(struct rows_item *item, const mib_subid *least, mib_subid *found)
{
    const struct xml_facts *xml_facts = item->row->domain->xml_facts;

    return xml_facts && vm_devices_seek(item, item->row->interfaces, xml_facts->interface_count, least[0], found);
}

static bool vm_network_seek(const struct answer *answer, const mib_subid *index, size_t length,
                            struct mib_row *row)
{
    return rows_seek_item(answer, 1, vm_network_seek_item, index, length, row);
}

/* False if it has none, or one that is not six octets. */
static bool vm_network_parse_mac(const char *text, unsigned char mac[MAC_BYTES])
{
    int end = 0;

    return text &&
           sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%n", &mac[0], &mac[1], &mac[2], &mac[3], &mac[4],
                  &mac[5], &end) == MAC_BYTES &&
           text[end] == '\0';
}

/* Devices that libvirt makes for these carry the guest's address but for its first octet; with any other they are
 * not this guest's, such as one of that name in another network namespace. */
static bool vm_network_carries_mac(const struct interface *interface)
{
    static const char *const types[] = { "bridge", "network", "direct" };

    for (size_t i = 0; interface->type && i < sizeof(types) / sizeof(*types); i++)
        if (strcmp(interface->type, types[i]) == 0)
            return true;
    return false;
}

/* The host's interface that leads to the guest's, 0 if there is none, or none that this process could see. */
static uint32_t vm_network_host_index(const struct mib_cell *cell)
{
    const struct interface *interface = vm_network_interface(cell);
    unsigned char mac[MAC_BYTES];

    if (!cell->answer->rows->snapshot->source.local || !domain_active(vm_network_domain(cell)) || !interface->target)
        return 0;
    if (!vm_network_carries_mac(interface) || !vm_network_parse_mac(interface->mac, mac))
        return if_nametoindex(interface->target);
    return host_nic_with_mac(interface->target, mac);
}

static bool vm_network_get_if_index(const struct mib_cell *cell)
{
    return mib_put_integer(cell->value, vm_network_host_index(cell));
}

/* The bridge, or the device below a macvtap. Where the guest's own device is not to be seen, neither is this. */
static bool vm_network_get_parent(const struct mib_cell *cell)
{
    const struct interface *interface = vm_network_interface(cell);
    bool elsewhere =
        domain_active(vm_network_domain(cell)) && interface->target && vm_network_host_index(cell) == 0;

    if (!cell->answer->rows->snapshot->source.local || !interface->parent || elsewhere)
        return mib_put_integer(cell->value, 0);
    return mib_put_integer(cell->value, if_nametoindex(interface->parent));
}

static bool vm_network_get_model(const struct mib_cell *cell)
{
    const struct interface *interface = vm_network_interface(cell);

    return mib_put_text(cell->value, interface->model ? interface->model : "");
}

static bool vm_network_get_address(const struct mib_cell *cell)
{
    bool has_mac = vm_network_parse_mac(vm_network_interface(cell)->mac, (unsigned char *)cell->value->buffer);

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
