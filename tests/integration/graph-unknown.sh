#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A picture of guestlist-graph shows "shut off", "no answer" and "no value" in three ways, and leaves white what nobody can know:
# the time before the first value, and the last row as long as it is unfinished.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/pixels.sh"
need rrdtool pngtopnm pnmtoplainpnm

# So long guestlist-graph waits for a value that is late: longer than this test takes from values to their picture.
heartbeat=120

start_now() {
    rm -rf "$data"
    now=$(date +%s)
    began=$((now / 10 * 10 - 2395))
}

pictures() { # OPTION...
    "$graph" --data "$data" --output "$T" --start $((now - 3000)) --size 800x250 "$@" > "$T/out" 2>&1 || FAIL "$(cat "$T/out")"
}

# What the rows of the picture show, each kind of row once, from the top.
kinds_of_rows() { rows_of "$T/$1" | grep . | uniq; } # PICTURE

shows_nowhere() { # WORD PICTURE...
    local picture
    for picture in "${@:2}"; do
        ! colours_of "$T/$picture" | grep -qx "$1" || FAIL "$picture shows $1: $(kinds_of_rows "$picture")"
    done
}

# Values of 2390 seconds until now: ten minutes, twenty with other values or none, and ten minutes.
hypervisor() { # HOST CONNECTED RUNNING
    local metric
    store "$1/guestlist-kvm/bool-connected.rrd" $began 1=60 "$2=120" 1=60
    store "$1/guestlist-kvm/count-running.rrd" $began 2=60 "$3=120" 2=60
    store "$1/guestlist-kvm/count-total.rrd" $began 3=60 "$3=120" 3=60
    store "$1/guestlist-kvm/count-shutoff.rrd" $began 1=240
    for metric in paused other autostart_inactive; do store "$1/guestlist-kvm/count-$metric.rrd" $began 0=240; done
}

# ---- All is well: the time before the first value and the last row are white ----------------------

start_now
hypervisor well 1 2
store well/guestlist-off/domain_state.rrd $began 5=240
pictures --host well
equal 'off' "$(bars_of "$T/well-domains.png")" "the bar of a domain that is off"
shows_nowhere no-answer well-{domains,kvm-totals}.png
shows_nowhere no-value well-{domains,kvm-totals}.png

pictures --host well --end $((now + 3600))
shows_nowhere no-value well-{domains,kvm-totals}.png

# Rows of 70 seconds: the last one is unfinished for more than a minute.
start_now
archives=(RRA:{AVERAGE,MIN,MAX}:0.1:7:1234)
hypervisor long 1 2
store long/guestlist-off/domain_state.rrd $began 5=240
pictures --host long
shows_nowhere no-answer long-{domains,kvm-totals}.png
shows_nowhere no-value long-{domains,kvm-totals}.png
step "what nobody can know yet is white"

# ---- libvirt does not answer: stripes -------------------------------------------------------------

start_now
hypervisor away 0 2
store away/guestlist-on/domain_state.rrd $began 1=240
store away/guestlist-off/domain_state.rrd $began 5=240
pictures --host away
kinds_of_rows away-domains.png > "$T/rows"
grep -qx 'off no-answer off' "$T/rows" || FAIL "no stripes over the bar of a domain that is off: $(cat "$T/rows")"
grep -qx 'running no-answer running' "$T/rows" || FAIL "no stripes over the bar of a domain that runs: $(cat "$T/rows")"
grep -qx 'running' "$T/rows" || FAIL "nothing of the bar is left between the stripes: $(cat "$T/rows")"
kinds_of_rows away-kvm-totals.png > "$T/rows"
grep -qx 'running no-answer running' "$T/rows" || FAIL "no stripes in the totals: $(cat "$T/rows")"
shows_nowhere no-value away-{domains,kvm-totals}.png

# The counts are not known either after a while, and the stripes stay.
hypervisor stale 0 U
pictures --host stale
kinds_of_rows stale-kvm-totals.png > "$T/rows"
grep -qx 'running no-answer running' "$T/rows" || FAIL "no stripes where counts are missing: $(cat "$T/rows")"
step "no answer has stripes"

# ---- collectd did not run: a dashed line ----------------------------------------------------------

start_now
hypervisor gap U U
store gap/guestlist-off/domain_state.rrd $began 5=60 U=120 5=60
pictures --host gap
equal 'off no-value off' "$(bars_of "$T/gap-domains.png")" "the bar of a domain without values"
kinds_of_rows gap-kvm-totals.png | grep -qx 'running no-value running' || FAIL "no dashes: $(kinds_of_rows gap-kvm-totals.png)"
shows_nowhere no-answer gap-{domains,kvm-totals}.png

# A picture that begins while collectd did not run: there are values before its left edge.
pictures --host gap --start $((began + 1200))
equal 'no-value off' "$(bars_of "$T/gap-domains.png")" "the bar of a domain with values before the picture"
kinds_of_rows gap-kvm-totals.png | grep -qx 'no-value running' || FAIL "no dashes: $(kinds_of_rows gap-kvm-totals.png)"

# A domain that is gone, with one that is not above it.
store gone/guestlist-db/domain_state.rrd $began 5=240
store gone/guestlist-web/domain_state.rrd $began 1=120
pictures --host gone
equal $'off\nrunning no-value' "$(bars_of "$T/gone-domains.png")" "the bar of a domain that is gone"
step "no value has a dashed line"

# collectd may keep values before it writes them.
heartbeat=20
start_now
store kept/guestlist-off/domain_state.rrd $began 5=200
for metric in bool-connected count-{running,total,shutoff,paused,other,autostart_inactive}; do
    store kept/guestlist-kvm/$metric.rrd $began 1=200
done
pictures --host kept
for picture in kept-{domains,kvm-totals}.png; do
    rows_of "$T/$picture" | grep -q no-value || FAIL "no dashes in $picture after 400 seconds without a value"
done
pictures --host kept --cache 600
shows_nowhere no-value kept-{domains,kvm-totals}.png

# A domain whose last value came before the start of the picture, or its first value after the end, is not in the picture.
store late/guestlist-early/domain_state.rrd $((now - 7200)) 1=200
store late/guestlist-now/domain_state.rrd $((now - 7200)) 1=700
store late/guestlist-late/domain_state.rrd $((now - 600)) 1=50
pictures --host late --domain now --end $((now - 1200))
alone=$(size_of "$T/late-domains.png")
pictures --host late --end $((now - 1200))
equal running "$(bars_of "$T/late-domains.png")" "the only bar"
equal "$alone" "$(size_of "$T/late-domains.png")" "the size of the picture"
OK
