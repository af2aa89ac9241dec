#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# With an agent that has only VM-MIB, such as OpenBSD's vmd, the module guestlist reads what there is, and the basic alerts
# work.
. "$(dirname "$0")/../integration/lib.sh"
. "$(dirname "$0")/../integration/agent.sh"
. "$(dirname "$0")/prometheus-lib.sh"
need prometheus promtool prometheus-snmp-exporter curl jq virsh libvirtd snmpget
need_root

start_libvirtd
fill_shared_test_driver
start_snmpd 'view basic included .1.3.6.1.2.1.1' 'view basic included .1.3.6.1.2.1.236'
sed -i 's/^rocommunity public .*/& -V basic/' "$T/snmpd/snmpd.conf"
restart_snmpd
configure_agent 'interval 1' 'staleAfter 3'
start_agent -u "$SHARED_URI"
wait_for 30 'row_of sh-paused'
equal '' "$(walk "$guestlist_mib" | grep INTEGER)" "objects of GUESTLIST-MIB in the view"
start_exporter
start_prometheus "s/hv1.example.org/127.0.0.1:$SNMP_PORT/; s/127.0.0.1:9116/127.0.0.1:$EXPORTER_PORT/
    /job_name: guestlist-collectd/,\$d"

# A guest that runs without autostart gives an alert for information. A guest that is paused by a user, saved, or shut off
# with a snapshot gives none.
info=('DomainWillNotComeBack sh-running' 'DomainWillNotComeBack sh-paused' 'DomainWillNotComeBack sh-transient')
expect_alerts "one should run, one crashed" 'DomainShouldRun sh-waiting' 'DomainCrashed sh-crashed' "${info[@]}"
on_shared "start sh-waiting; start sh-crashed; autostart sh-crashed" > "$T/out" 2>&1 || FAIL "$(cat "$T/out")"
expect_alerts "both run" "${info[@]}"
equal '2' "$(query guestlist:hypervisor_status)" "the status, found out from the states"
pause_libvirtd
expect_alerts "no state is known, one cause" ListingStale
resume_libvirtd
expect_alerts "they are known again" "${info[@]}"
stop_agent
expect_alerts "the agent is stopped, one cause" AgentGone
OK
