#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The dashboard of the fleet shows a guest that runs twice, guests that moved, and a host that is down with what vanished with it.
# Every query of every panel has a value, from VictoriaMetrics. With KEEP_PICTURES=FOLDER, Chromium draws it.
here=$(dirname "$0")
. "$here/hosts.sh"
enter_fleet "$0"
. "$here/../integration/lib.sh"
HOSTS=5 GUESTS=8
. "$here/engines.sh"
. "$here/../nms/grafana-lib.sh"
need prometheus promtool prometheus-snmp-exporter prometheus-alertmanager victoria-metrics vmalert curl jq virsh libvirtd snmpget
POLL=2 PATIENT=80 PROMETHEUS_PORT=8428

start_hosts 'interval 3' 'staleAfter 8'
start_engines "$POLL"
expect_query "guests in all" $((HOSTS * GUESTS)) guestlist:fleet_guests:count
expect_firing "all is well"

wait_for_past
migrate vm-001-01 hv001 hv004
start_at vm-002-02 hv003
on_host hv004 "define $(guest_file vm-002-03)"
on_host hv003 "destroy vm-003-03"
on_host hv001 "destroy vm-001-05"
host_down hv005
expect_firing "one guest runs twice, one is defined twice, one is off that should run, and a host is down" \
    "FleetDoubled $(guest_uuid vm-002-02)" "FleetDefinedTwice $(guest_uuid vm-002-03)" 'AgentGone hv005' 'FleetVanished hv005' \
    "FleetRunsNowhere $(guest_uuid vm-003-03)" 'DomainShouldRun vm-003-03'
expect_query "a guest has moved" 1 guestlist:fleet_moved:count1h
for panel in 'Run twice 1' 'Run nowhere 1' 'Vanished with their host 6' 'Lost 0' 'On several hosts 2' 'Moved in an hour 1' \
    'Hosts without data 1'; do
    expect_panel "${panel##* }" guestlist-fleet "${panel% *}" '.*'
    step "$panel"
done
expect_panel 0 guestlist-fleet 'Run twice' hv004
expect_panel 1 guestlist-fleet 'Run twice' hv003
expect_full guestlist-fleet '.*' ''
draw guestlist-fleet grafana-fleet.png 1890
OK
