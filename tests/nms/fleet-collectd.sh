#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A real Prometheus scrapes the collector of several collectds. It has the guests of each host, and GuestlistAgentGone fires for the one
# host that the collector does not report any more.
. "$(dirname "$0")/../integration/lib.sh"
. "$(dirname "$0")/../integration/collectd.sh"
. "$(dirname "$0")/../integration/collectd-fleet.sh"
. "$(dirname "$0")/../integration/fleet.sh"
. "$(dirname "$0")/prometheus-lib.sh"
need collectd curl jq prometheus promtool python3
need_plugin
trap 'end_fleet; end_prometheus' EXIT

prepare_fleet
start_collector
for host in hv01 hv02 hv03; do start_member $host encrypted; done
wait_for 60 '[ "$(exported_hosts | xargs)" = "hv01 hv02 hv03" ]'

printf '%s\n' "hv01 192.0.2.1 snmp=no collectd=127.0.0.1:$EXPORT_PORT" "hv02 192.0.2.2 snmp=no collectd=127.0.0.1:$EXPORT_PORT" \
    "hv03 192.0.2.3 snmp=no collectd=127.0.0.1:$EXPORT_PORT" > "$T/inventory"
mkdir "$T/targets"
fleet --inventory "$T/inventory" --collectd "$T/targets/guestlist-collectd.json" > "$T/out" || FAIL "$(cat "$T/out")"
equal 1 "$(jq length "$T/targets/guestlist-collectd.json")" "targets for one collector"
prometheus_config=$prometheus_files/prometheus-file-sd.yml
start_prometheus "s/_interval: 60s/_interval: 1s/; s/scrape_timeout: .*/scrape_timeout: 1s/; s|/etc/prometheus/targets|$T/targets|"

gone() { query 'ALERTS{alertname="GuestlistAgentGone", alertstate="firing"}' instance | sed 's/ 1$//' | xargs; }
agents() { query 'guestlist:agent_up' instance | xargs; }

wait_for 60 '[ "$(agents)" = "hv01 1 hv02 1 hv03 1" ]'
wait_for 60 '[ "$(query "guestlist:domain_state{domain=\"web\"}" instance | xargs)" = "hv01 4 hv02 4 hv03 4" ]'
equal '' "$(gone)" "hosts that are gone"
step "three hosts, a guest web on each"
stop_member hv02
wait_for 60 '[ "$(gone)" = hv02 ]'
wait_for 60 '[ "$(query "guestlist:domain_state{domain=\"web\"}" instance | xargs)" = "hv01 4 hv03 4" ]'
step "the alert fires for hv02 alone: $(agents)"
start_member hv02 encrypted
wait_for 60 '[ -z "$(gone)" ]'
step "hv02 is back"
end_process "$COLLECTOR_PID" TERM 10
wait_for 60 '[ "$(gone)" = "127.0.0.1:$EXPORT_PORT" ]'
step "the collector is gone, one cause: $(gone)"
OK
