/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GUESTLIST-MIB, glNetworkTable: the traffic of a network interface, as the guest sees it. It has the rows of
 * vmNetworkTable. An interface without statistics has no values. */
#include "agent/mib/guestlist_tables.h"
#include "agent/mib/vm_tables.h"
#include "lib/model/device_stats.h"

#define COUNTER(name, fact, field) VM_DEVICE_COUNTER(name, net_stats, vm_network_stats, fact, field, 1)

COUNTER(guestlist_network_get_received_octets, NET_RX_BYTES, rx_bytes)
COUNTER(guestlist_network_get_received_packets, NET_RX_PACKETS, rx_packets)
COUNTER(guestlist_network_get_received_errors, NET_RX_ERRORS, rx_errors)
COUNTER(guestlist_network_get_received_drops, NET_RX_DROPS, rx_drops)
COUNTER(guestlist_network_get_sent_octets, NET_TX_BYTES, tx_bytes)
COUNTER(guestlist_network_get_sent_packets, NET_TX_PACKETS, tx_packets)
COUNTER(guestlist_network_get_sent_errors, NET_TX_ERRORS, tx_errors)
COUNTER(guestlist_network_get_sent_drops, NET_TX_DROPS, tx_drops)

static const struct mib_column columns[] = {
    { 1, MIB_COUNTER64, guestlist_network_get_received_octets, "glNetworkInOctets", NULL },
    { 2, MIB_COUNTER64, guestlist_network_get_received_packets, "glNetworkInPackets", NULL },
    { 3, MIB_COUNTER64, guestlist_network_get_received_errors, "glNetworkInErrors", NULL },
    { 4, MIB_COUNTER64, guestlist_network_get_received_drops, "glNetworkInDrops", NULL },
    { 5, MIB_COUNTER64, guestlist_network_get_sent_octets, "glNetworkOutOctets", NULL },
    { 6, MIB_COUNTER64, guestlist_network_get_sent_packets, "glNetworkOutPackets", NULL },
    { 7, MIB_COUNTER64, guestlist_network_get_sent_errors, "glNetworkOutErrors", NULL },
    { 8, MIB_COUNTER64, guestlist_network_get_sent_drops, "glNetworkOutDrops", NULL },
};

static const mib_subid base[] = { GUESTLIST_ENTERPRISE_OID, 1, 8, 1 };

const struct mib_table guestlist_network_table = MIB_TABLE(base, columns, vm_network_seek);
