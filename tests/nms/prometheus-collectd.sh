#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A real Prometheus with a real collectd and the files of integrations/prometheus has the same alerts as with SNMP.
# They fire and resolve. One cause gives one alert.
. "$(dirname "$0")/../integration/lib.sh"
. "$(dirname "$0")/../integration/collectd.sh"
. "$(dirname "$0")/prometheus-lib.sh"
need prometheus promtool collectd curl jq virsh libvirtd qemu-system-x86_64
need_root
need_plugin

start_libvirtd
for name in web db; do
    define_qemu $name
    act "start $name; autostart $name"
done
create_qemu build
define_qemu off

start_reporting "$QEMU_URI"

start_prometheus "s/hv2.example.org:9103/127.0.0.1:$COLLECTD_PORT/; /job_name: guestlist-snmp/,/127.0.0.1:9116/d"
expect_alerts "all is well" 'DomainWillNotComeBack build'
equal "build 4"$'\n'"db 4"$'\n'"off 11"$'\n'"web 4" "$(query guestlist:domain_state domain)" "the states"
equal "hv1 local 2" "$(query guestlist:hypervisor_status instance hypervisor)" "the status"
expect_recorded agent_up listing_age_seconds domain_starts_at_boot domain_persistent domain_uptime_seconds domain_active \
    domain_reason domain_memory_bytes domain_vcpus domain_cpu:rate5m domains:count domains_active:count domains_should_run:count \
    domains_will_not_come_back:count domains_crashed:count

expect_alerts_of_guests

expect_alerts_of_libvirtd

# collectd's own virt waits for libvirtd then. The other plugins must not.
pause_libvirtd
expect_alerts "libvirtd hangs, one cause" HypervisorUnreachable
resume_libvirtd
expect_alerts "libvirtd goes on" 'DomainShouldRun db' 'DomainWillNotComeBack build'
stop_collectd || FAIL "collectd ended with status $?"
expect_alerts "collectd is stopped, one cause" AgentGone
OK
