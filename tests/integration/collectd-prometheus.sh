#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# collectd's write_prometheus exports the plugin's values under exactly the names in docs/collectd.md.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/collectd.sh"
need collectd virsh libvirtd curl
need_root
need_plugin

start_libvirtd
fill_shared_test_driver
configure_collectd "$(hypervisor kvm "$SHARED_URI")"
cp "$C/collectd.conf" "$T/base.conf"
for _ in {1..20}; do # only collectd itself can find out whether a port is free
    port=$((20000 + RANDOM % 10000))
    cp "$T/base.conf" "$C/collectd.conf"
    load_plugin write_prometheus 'Host "127.0.0.1"' "Port \"$port\""
    rm -rf "$COLLECTD_LOG" "$C/csv"
    start_collectd
    wait_for 30 "! alive $COLLECTD_PID || csv guestlist-sh-transient/uptime || logged 'write_prometheus.*failed'"
    ! alive "$COLLECTD_PID" || ! logged 'write_prometheus.*failed' || stop_collectd
    alive "$COLLECTD_PID" || continue
    break
done
next_value guestlist-kvm/count-total
curl -fsS --max-time 20 "http://127.0.0.1:$port/metrics" > "$T/metrics" || FAIL "nothing to scrape on port $port"
sample() { sed -n "s/^$1 \([^ ]*\).*/\1/p" "$T/metrics"; } # NAME{LABELS}
equal 3 "$(sample 'collectd_guestlist_domain_state_state{guestlist="sh-paused",instance="hv1"}')" "the state of sh-paused"
equal 1 "$(sample 'collectd_guestlist_bool{guestlist="sh-waiting",type="autostart",instance="hv1"}')" "autostart of sh-waiting"
equal 1 "$(sample 'collectd_guestlist_count{guestlist="kvm",type="autostart_inactive",instance="hv1"}')" autostart_inactive

# Print each name with the labels that distinguish the values of one domain.
sed -n 's/^\(collectd_guestlist[a-z_]*\){\(.*\)} .*/\1 \2/p' "$T/metrics" |
    sed -E 's/guestlist="(kvm|sh-[a-z]*)",?//; s/instance="hv1"//; s/,$//; s/ $//; s/ (.*)/{\1}/' | sort -u > "$T/seen"
sed -n '/^## Prometheus/,/^## /s/^| `\(collectd_guestlist[^`]*\)` .*/\1/p' "$top_srcdir/docs/collectd.md" | sort -u > "$T/documented"
[ -s "$T/documented" ] || FAIL "docs/collectd.md lists no names"
diff "$T/documented" "$T/seen" || FAIL "docs/collectd.md lists (<) other names than there are (>)"
stop_collectd || FAIL "collectd ended with status $?"
OK
