#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# With a real Prometheus and snmp_exporter, every metric has a value, and each alert fires and resolves.
# The files are those of integrations/prometheus. One cause gives one alert.
. "$(dirname "$0")/../integration/lib.sh"
. "$(dirname "$0")/../integration/agent.sh"
. "$(dirname "$0")/prometheus-lib.sh"
need prometheus promtool prometheus-snmp-exporter curl jq virsh libvirtd snmpget qemu-system-x86_64 qemu-img
need_root

start_libvirtd
start_snmpd
for name in web db; do
    define_qemu $name
    act "start $name; autostart $name"
done
create_qemu build
define_qemu off
configure_agent 'interval 1' 'staleAfter 4'
start_agent -u "$QEMU_URI"
wait_for 30 '[ "$(vm $vm_oper_state web)" = 4 ]'
start_exporter

for module in vm_mib guestlist; do
    # Print the names of the metrics of a module, in either format.
    awk -v module="$module:" 'NF == 1 && /^ *[a-z_]+:$/ && $1 ~ /^(vm_mib|guestlist):$/ { inside = $1 == module }
        inside && $1 == "-" && $2 == "name:" { print $3 }' "$(exporter_config)" > "$T/names"
    [ "$(wc -l < "$T/names")" -gt 10 ] || FAIL "the module $module has no metrics"
    wait_for 30 "scrape $module > $T/metrics; cut -d '{' -f 1 $T/metrics | cut -d ' ' -f 1 | sort -u > $T/seen
        ! grep -vxFf $T/seen $T/names"
    ! grep -q NaN "$T/metrics" || FAIL "$module: $(grep NaN "$T/metrics")"
    step "$(wc -l < "$T/names") metrics of the module $module have a value"
done
grep -q '^vmOperState{vmIndex="[0-9]*",vmName="web"} 4$' "$T/metrics" || FAIL "$(grep ^vmOperState "$T/metrics")"
scrape vm_mib > "$T/metrics"
! grep -q '^gl' "$T/metrics" || FAIL "vm_mib asks for more than VM-MIB"

start_prometheus "s/hv1.example.org/127.0.0.1:$SNMP_PORT/; s/127.0.0.1:9116/127.0.0.1:$EXPORTER_PORT/
    /job_name: guestlist-collectd/,\$d"
expect_alerts "all is well" 'DomainWillNotComeBack build'
equal "127.0.0.1:$SNMP_PORT 1" "$(query guestlist:agent_up instance)" agent_up
equal "build 4"$'\n'"db 4"$'\n'"off 11"$'\n'"web 4" "$(query guestlist:domain_state domain)" "the states"
expect_recorded hypervisor_status listing_age_seconds domain_starts_at_boot domain_persistent domain_reason domain_uptime_seconds \
    domain_memory_bytes domain_vcpus domain_cpu:rate5m domain_active domains:count domains_active:count \
    domains_should_run:count domains_will_not_come_back:count domains_crashed:count

expect_alerts_of_guests

start_broken full
expect_alerts "a guest is paused by an I/O error" 'DomainPausedByError full' 'DomainWillNotComeBack build'
equal 'full 5' "$(query 'glDomainStateReason{vmName="full"}' vmName)" "its reason"
act undefine full
act destroy full
expect_alerts "that guest is gone" 'DomainWillNotComeBack build'

expect_alerts_of_libvirtd

pause_libvirtd
expect_alerts "libvirtd hangs, one cause" ListingStale
expect_alerts "libvirtd hangs so long that it is given up, one cause" HypervisorUnreachable
resume_libvirtd
expect_alerts "libvirtd goes on" 'DomainShouldRun db' 'DomainWillNotComeBack build'

stop_agent
expect_alerts "the agent is stopped, one cause" AgentGone
start_agent -u "$QEMU_URI"
expect_alerts "the agent is back" 'DomainShouldRun db' 'DomainWillNotComeBack build'
stop_snmpd
expect_alerts "snmpd is stopped, one cause" AgentGone
restart_snmpd
expect_alerts "snmpd is back" 'DomainShouldRun db' 'DomainWillNotComeBack build'

sed -i "s/expr: guestlist:domain_state < 0/expr: guestlist:domain_state{domain=~\"d.\"} >= bool 0/" "$P/rules/guestlist-optout.rules.yml"
kill -s HUP "$PROMETHEUS_PID"
expect_alerts "a guest is left out" 'DomainWillNotComeBack build'
act start db
OK
