/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RFC 7666, vmNetworkTable. Traffic stands in the host's ifTable, to which vmNetworkIfIndex leads. */
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "agent/mib/host_nic.h"
#include "agent/mib/vm_tables.h"
#include "lib/model/xml_facts.h"

enum { MAC_BYTES = 6 };

static const struct domain *vm_network_domain(const void *row)
{
    return ((const struct rows_item *)row)->row->domain;
}

static const struct interface *vm_network_interface(const void *row)
{
    return &vm_network_domain(row)->xml_facts->interfaces[((const struct rows_item *)row)->first];
}

static bool vm_network_at_least(const struct answer *answer, const struct vm_row *row, const mib_subid *least,
                                struct rows_item *item, mib_subid *found)
{
    const struct xml_facts *xml_facts = row->domain->xml_facts;

    (void)answer;
    return xml_facts && vm_device_at_least(row->interfaces, xml_facts->interface_count, least[0], item, found);
}

static const struct rows_items items = { 1, vm_network_at_least };

static bool vm_network_find(const void *answer, const mib_subid *index, size_t length, struct mib_row *row)
{
    return rows_find_item(answer, &items, index, length, row);
}

static bool vm_network_next(const void *answer, const mib_subid *index, size_t length, struct mib_row *row)
{
    return rows_next_item(answer, &items, index, length, row);
}

const struct mib_rows vm_network_rows = { vm_network_find, vm_network_next };

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
static uint32_t vm_network_host_index(const struct answer *answer, const void *row)
{
    const struct interface *interface = vm_network_interface(row);
    unsigned char mac[MAC_BYTES];

    if (!answer->rows->snapshot->source.local || !domain_active(vm_network_domain(row)) || !interface->target)
        return 0;
    if (!vm_network_carries_mac(interface) || !vm_network_parse_mac(interface->mac, mac))
        return if_nametoindex(interface->target);
    return host_nic_with_mac(interface->target, mac);
}

static bool vm_network_get_if_index(const void *answer, const void *row, struct mib_value *value)
{
    return mib_put_integer(value, vm_network_host_index(answer, row));
}

/* The bridge, or the device below a macvtap. Where the guest's own device is not to be seen, neither is this. */
static bool vm_network_get_parent(const void *data, const void *row, struct mib_value *value)
{
    const struct answer *answer = data;
    const struct interface *interface = vm_network_interface(row);
    bool elsewhere =
        domain_active(vm_network_domain(row)) && interface->target && vm_network_host_index(answer, row) == 0;

    if (!answer->rows->snapshot->source.local || !interface->parent || elsewhere)
        return mib_put_integer(value, 0);
    return mib_put_integer(value, if_nametoindex(interface->parent));
}

static bool vm_network_get_model(const void *answer, const void *row, struct mib_value *value)
{
    const struct interface *interface = vm_network_interface(row);

    (void)answer;
    return mib_put_text(value, interface->model ? interface->model : "");
}

static bool vm_network_get_address(const void *answer, const void *row, struct mib_value *value)
{
    bool has_mac = vm_network_parse_mac(vm_network_interface(row)->mac, (unsigned char *)value->buffer);

    (void)answer;
    value->bytes = value->buffer;
    value->length = has_mac ? MAC_BYTES : 0;
    return true;
}

const struct mib_column vm_network_columns[VM_NETWORK_COLUMNS] = {
    { 2, MIB_INTEGER, vm_network_get_if_index, "vmNetworkIfIndex" },
    { 3, MIB_INTEGER, vm_network_get_parent, "vmNetworkParent" },
    { 4, MIB_OCTETS, vm_network_get_model, "vmNetworkModel" },
    { 5, MIB_OCTETS, vm_network_get_address, "vmNetworkPhysAddress" },
};
