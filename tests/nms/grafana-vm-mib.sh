#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# With VM-MIB alone, only those panels of the dashboards are empty that need GUESTLIST-MIB.
. "$(dirname "$0")/../integration/lib.sh"
. "$(dirname "$0")/../integration/agent.sh"
. "$(dirname "$0")/prometheus-lib.sh"
. "$(dirname "$0")/grafana-lib.sh"
need prometheus promtool prometheus-snmp-exporter curl jq virsh libvirtd snmpget
need_root

start_libvirtd
fill_shared_test_driver
start_snmpd
configure_agent 'interval 1' 'staleAfter 3'
start_agent -u "$SHARED_URI"
wait_for 30 'row_of sh-paused'
start_exporter
start_prometheus "s/hv1.example.org/127.0.0.1:$SNMP_PORT/; s/127.0.0.1:9116/127.0.0.1:$EXPORTER_PORT/
    s/module: .*/module: [vm_mib]/; /job_name: guestlist-collectd/,\$d"

expect_alerts "one should run, one crashed" 'DomainShouldRun sh-waiting' 'DomainCrashed sh-crashed' \
    'DomainWillNotComeBack sh-running' 'DomainWillNotComeBack sh-paused' 'DomainWillNotComeBack sh-transient'
wait_for 30 "[ -n \"\$(query guestlist:domain_cpu:rate5m)\" ]"
expect_full guestlist-fleet "127.0.0.1:$SNMP_PORT" '' 'Guests on several hosts, A' 'Guests on several hosts, B' \
    'What should run and does not, C' 'Guests that vanished with their host, A' 'Guests that vanished with their host, B' 'Hosts, G' \
    'Guests that moved within the last hour, A' 'Guests that moved within the last hour, B'
expect_full guestlist-host "127.0.0.1:$SNMP_PORT" '' 'Age of the listing, A' 'Guests, H'
expect_full guestlist-guest "127.0.0.1:$SNMP_PORT" sh-waiting 'Reason, A' 'Reasons over time, A'
OK
