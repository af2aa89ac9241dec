#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A real Prometheus gets the guests of one host by SNMP and those of another by collectd. Every query of every panel of the
# dashboards has a value for each host, and the first row of the fleet has the right numbers.
. "$(dirname "$0")/../integration/lib.sh"
. "$(dirname "$0")/../integration/agent.sh"
. "$(dirname "$0")/../integration/collectd.sh"
. "$(dirname "$0")/prometheus-lib.sh"
. "$(dirname "$0")/grafana-lib.sh"
need prometheus promtool prometheus-snmp-exporter collectd curl jq virsh libvirtd snmpget qemu-system-x86_64 qemu-img
need_root
need_plugin

on_each() { # COMMAND...
    local host
    for host in hv1 hv2; do
        use_libvirtd $host
        "$@"
    done
}

guests() {
    local name
    for name in web db; do
        define_qemu $name
        act "start $name; autostart $name"
    done
    create_qemu build-7f3
    define_qemu template
}

# Only for pictures: they show some minutes.
let_pass() { # SECONDS
    local until=$((${EPOCHREALTIME%[.,]*} + $1))
    [ -z "${KEEP_PICTURES-}" ] || wait_for $(($1 + 10)) "[ \${EPOCHREALTIME%[.,]*} -ge $until ]"
}

interrupt() { # HOST
    [ -n "${KEEP_PICTURES-}" ] || return 0
    use_libvirtd "$1"
    stop_libvirtd
    expect_panel 4 guestlist-fleet 'Hypervisors over time' "$1"
    let_pass 20
    restart_libvirtd
    expect_panel 2 guestlist-fleet 'Hypervisors over time' "$1"
}

crash() { kill -s KILL "$(qemu_pid "$1")"; } # GUEST

start_libvirtd -n hv1
start_libvirtd -n hv2
on_each guests
use_libvirtd hv1
start_snmpd
configure_agent 'interval 1' 'staleAfter 4'
start_agent -u "$QEMU_URI"
wait_for 30 '[ "$(vm $vm_oper_state web)" = 4 ]'
start_exporter
use_libvirtd hv2
start_reporting "$QEMU_URI" hv2

# The hosts get the names hv1 and hv2, because their addresses are the same.
start_prometheus "s/hv1.example.org/127.0.0.1:$SNMP_PORT/; s/127.0.0.1:9116/127.0.0.1:$EXPORTER_PORT/
    s/hv2.example.org:9103/127.0.0.1:$COLLECTD_PORT/
    s/- source_labels: \[__param_target\]/- replacement: hv1/; s/regex: (.+):.*/replacement: hv2/"
expect_alerts "all is well" 'DomainWillNotComeBack build-7f3' 'DomainWillNotComeBack build-7f3'
for title in 'Should run and do not' Crashed 'Paused by an error' 'Hypervisors lost' 'Hosts without data'; do
    expect_panel 0 guestlist-fleet "$title" '.*'
    equal '' "$(panel guestlist-fleet "$title" nowhere)" "$title, where no host is known"
done
expect_panel 6 guestlist-fleet Guests '.*'
expect_panel '2 2' guestlist-fleet 'Hypervisors over time' '.*'
let_pass 40

on_each act destroy db
let_pass 40
on_each act start db
let_pass 30
interrupt hv2
let_pass 30
on_each crash web
on_each start_broken mail
let_pass 20
on_each act destroy db
trouble=('DomainCrashed web' 'DomainPausedByError mail' 'DomainShouldRun db' 'DomainWillNotComeBack build-7f3')
expect_alerts "one is off, one crashed, one is paused by an error" "${trouble[@]}" "${trouble[@]}"
for title in 'Should run and do not' Crashed 'Paused by an error'; do
    expect_panel 2 guestlist-fleet "$title" '.*'
    expect_panel 1 guestlist-fleet "$title" hv2
done
reasons=$'build-7f3 booted 1\ndb destroyed 1\nmail I/O error 1\ntemplate unknown 1\nweb crashed 1'
wait_for 30 "[ \"\$(query 'guestlist:domain_reason{instance=\"hv1\"}' domain reason)\" = \"$reasons\" ]"
wait_for 30 "[ \"\$(query 'guestlist:domain_reason{instance=\"hv2\"}' domain reason)\" = \"$reasons\" ]"
wait_for 30 "[ \$(query guestlist:domain_cpu:rate5m instance domain | grep -c build-7f3) = 2 ]"
let_pass 40

expect_offered guestlist-fleet instance '' hv1 hv2
expect_offered guestlist-guest domain hv1 build-7f3 db mail template web
expect_offered guestlist-guest domain hv2 build-7f3 db mail template web
# The rules for the fleet are not loaded here: tests/fleet/dashboard.sh has a fleet. Only SNMP reports versions.
empty=('Guests on several hosts, A' 'Guests on several hosts, B' 'Guests that vanished with their host, A'
    'Guests that vanished with their host, B' 'Guests that moved within the last hour, A'
    'Guests that moved within the last hour, B')
expect_full guestlist-fleet hv2 '' "${empty[@]}" 'Versions in use, A' 'Versions in use, B'
for host in hv1 '.*'; do expect_full guestlist-fleet "$host" '' "${empty[@]}"; done
for host in hv2 hv1; do expect_full guestlist-host "$host" ''; done
draw guestlist-host grafana-host.png 1002
for host in hv2 hv1; do expect_full guestlist-guest "$host" db; done
draw guestlist-guest grafana-guest.png 785

on_each stop_libvirtd
expect_panel 2 guestlist-fleet 'Hypervisors lost' '.*'
expect_panel '4 4' guestlist-fleet 'Hypervisors over time' '.*'
expect_panel 0 guestlist-fleet 'Should run and do not' '.*'
stop_agent
stop_collectd || FAIL "collectd ended with status $?"
expect_panel 2 guestlist-fleet 'Hosts without data' '.*'
expect_panel 0 guestlist-fleet 'Hypervisors lost' '.*'
expect_panel '0 0' guestlist-fleet 'Hypervisors over time' '.*'
OK
