#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# guestlist-graph draws values that rrdcached has not written yet, if RRDCACHED_ADDRESS says where it listens.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/pixels.sh"
need rrdtool rrdcached pngtopnm pnmtoplainpnm

now=$(date +%s)
began=$((now / 10 * 10 - 2395))
store hv1/guestlist-web/domain_state.rrd $began 1=120
(tied rrdcached -g -l "unix:$T/socket" -b "$data" -p "$T/pid" -w 3600 -f 7200 > "$T/rrdcached.out" 2>&1) &
rrdcached_pid=$!
wait_for 10 "[ -S $T/socket ]"
for ((at = began + 1200; at < now; at += 10)); do echo "$at:3:0"; done |
    xargs rrdtool update --daemon "unix:$T/socket" "$data/hv1/guestlist-web/domain_state.rrd"

picture() { "$graph" --data "$data" --output "$T" --start $((now - 3000)) > "$T/out" 2>&1 || FAIL "$(cat "$T/out")"; }

picture
equal 'running no-value' "$(bars_of "$T/hv1-domains.png")" "the bar without rrdcached"
RRDCACHED_ADDRESS=unix:$T/socket picture
equal 'running paused' "$(bars_of "$T/hv1-domains.png" | sed 's/ no-value$//; s/ changed//')" "the bar with rrdcached"
end_process $rrdcached_pid TERM 10 || FAIL "rrdcached does not stop: $(cat "$T/rrdcached.out")"
OK
