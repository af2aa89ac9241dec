#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A simulated fleet: many real agents, a real snmp_exporter, two Prometheus servers, VictoriaMetrics and vmalert. Guests move, run
# twice, are lost, and hosts go down: each rule for the fleet fires, says what it is about, and resolves. Before that, the costs of a
# host are measured. FLEET_HOSTS and FLEET_GUESTS are the numbers of hosts and of guests on each.
here=$(dirname "$0")
. "$here/hosts.sh"
enter_fleet "$0"
. "$here/../integration/lib.sh"
. "$here/engines.sh"
. "$here/costs.sh"
need prometheus promtool prometheus-snmp-exporter prometheus-alertmanager victoria-metrics vmalert curl jq virsh libvirtd snmpget

# A fleet needs five hosts at least. A poll each few seconds, for as many hosts as two processors poll in that time.
[ "$HOSTS" -ge 5 ] || FAIL "FLEET_HOSTS is $HOSTS, which is less than five"
POLL=$((HOSTS / 10 > 2 ? HOSTS / 10 : 2))
PATIENT=$((40 * POLL))
# A small fleet does not wait for the agents' own intervals. Its costs are no measure.
if [ "$HOSTS" -le 20 ]; then start_hosts 'interval 3' 'staleAfter 8'; else start_hosts; fi
step "$HOSTS hosts with $GUESTS guests each"
start_engines "$POLL"
step "a poll each $POLL seconds"

all=$((HOSTS * GUESTS))
expect_query "guests in all" "$all" guestlist:fleet_guests:count
expect_query "guests that run" $((all - 3 * HOSTS)) guestlist:fleet_guests_running:count
expect_query "hosts" "connected $HOSTS"$'\n''no data 0'$'\n''stale 0'$'\n''unreachable 0' guestlist:fleet_hosts:count status
expect_query "versions" "TEST $(virsh -c "$(host_uri hv001)" version | awk '/Running hypervisor/ { print $4 }') $HOSTS
guestlistd $("$GUESTLISTD" -V 2>&1 | awk 'NR == 1 { print $2 }') $HOSTS
libvirt $(virsh -c "$(host_uri hv001)" version --daemon | awk '/against daemon/ { print $4 }') $HOSTS" \
    guestlist:fleet_versions:count component version
for shard in 0 1; do
    polled=$(curl -fsS "http://127.0.0.1:909$shard/api/v1/targets?state=active" | jq '.data.activeTargets | length')
    [ "$polled" -gt 0 ] && [ "$polled" -lt "$HOSTS" ] || FAIL "server $shard polls $polled of $HOSTS hosts"
    step "server $shard polls $polled hosts"
done
expect_firing "all is well"

measure_costs
wait_for_past
migrate vm-001-01 hv001 hv002
start_at vm-002-02 hv003
on_host hv004 "define $(guest_file vm-002-03); autostart vm-002-03"
on_host hv003 "destroy vm-003-04"
lose vm-004-05 hv004
expect_firing "one guest runs twice, one is defined twice, one is off that should run, and one is lost" \
    "FleetDoubled $(guest_uuid vm-002-02)" "FleetDefinedTwice $(guest_uuid vm-002-03)" \
    "FleetRunsNowhere $(guest_uuid vm-003-04)" 'DomainShouldRun vm-003-04' "FleetLost $(guest_uuid vm-004-05)"
expect_query "a guest moves, which is no alarm" 'hv001 hv002 1' \
    'last_over_time(guestlist:fleet_moved{domain="vm-001-01"}[5m]) > bool 0' from to
expect_words FleetDoubled "vm-002-02 on hv002; vm-002-02 on hv003;"
expect_words FleetDefinedTwice "vm-002-03 on hv002; vm-002-03 on hv004;"
wait_for "$PATIENT" "[ \"\$(sent)\" = 'FleetDefinedTwice FleetDoubled FleetLost FleetRunsNowhere' ] || { sent; false; }"
step "Alertmanager sends one alert about each"
lose vm-002-02 hv003
on_host hv004 "undefine vm-002-03"
on_host hv003 "start vm-003-04"
start_at vm-004-05 hv005
expect_firing "each runs on one host, the lost one on another host than before"
# Not GuestlistFleetDefinedTwice, which waits for hours elsewhere and for seconds here.
moved="alertstate=\"firing\", alertname=~\"GuestlistFleet(Doubled|Lost|RunsNowhere)\", uuid=\"$(guest_uuid vm-001-01)\""
equal '' "$(query "last_over_time(ALERTS{$moved}[10m])" alertname)" "alerts about the guest that moved"

host_down hv005
host_hangs hv002
wanted=(FleetManyHostsLost 'AgentGone hv005' 'FleetVanished hv005' 'HypervisorLost hv002')
hung=(hv002)
# More than a tenth of the hosts.
for host in $(host_names | grep -vx -e hv005 -e hv002 | head -n $((HOSTS / 10 > 1 ? HOSTS / 10 : 1))); do
    host_hangs "$host"
    wanted+=("HypervisorLost $host")
    hung+=("$host")
done
expect_firing "a host is down, and libvirtd of ${#hung[@]} hosts hangs" "${wanted[@]}"
lost=$(query 'guestlist:fleet_hosts:count' status | awk '{ sum[$1 == "stale" || $1 == "unreachable"] += $NF } END { print sum[1] }')
equal ${#hung[@]} "$lost" "hosts that are stale or unreachable"
expect_words FleetVanished "vm-004-05; vm-005-01; vm-005-02;"
expect_query "the guests that were last seen there, with those that are off" "hv002 $((GUESTS + 1))"$'\n'"hv005 $((GUESTS + 1))" \
    'count by (instance) (guestlist:fleet_last_state{instance=~"hv002|hv005"})' instance
expect_query "those that were active on the host that is down" $((GUESTS - 1)) 'guestlist:fleet_vanished:count'

wait_for "$PATIENT" "[ \"\$(sent)\" = 'FleetManyHostsLost FleetVanished' ] || { sent; false; }"
step "Alertmanager sends one alert about the hosts, and one about the guests"
for host in "${hung[@]}"; do resume "${libvirtd_of[$host]}"; done
host_up hv005
expect_firing "all hosts are well again"

end_process "${engine[shard-1]}" KILL 20
expect_firing "a Prometheus is killed" 'FleetHostsUnseen guestlist-snmp'
start_shard 1
expect_firing "it is back"

OK
