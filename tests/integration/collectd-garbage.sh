#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# libvirtd answers with rubbish, wrong lengths, cut messages and the like, or closes connections.
# collectd has a hypervisor for each kind of damage. The plugin reports that it is not connected, delays no other plugin, and
# neither uses the processor nor fills the log. All values return when libvirtd behaves again.
# It mostly waits.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/collectd.sh"
. "$(dirname "$0")/broken-libvirtd.sh"
need collectd virsh libvirtd qemu-system-x86_64 python3
need_root
need_plugin

# The leak checker cannot examine a process that leaves threads behind, as this one may do at its end.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
all=("${fatal_damages[@]}" "${more_fatal_damages[@]}" Counts Unasked FlippedBits)

ticks() { awk '{ print $14 + $15 }' "/proc/$COLLECTD_PID/stat"; }

is_alive() { alive "$COLLECTD_PID" || FAIL "collectd is gone: $(tail -n 30 "$C/out")"; }

start_libvirtd 'max_clients = 1000' 'max_anonymous_clients = 500' 'max_workers = 30'
define_qemu one
act start one
start_broken_libvirtd "${all[@]}"
for damage in "${all[@]}"; do blocks+=("$(hypervisor "$damage" "$(broken_uri "$damage")" 'ReportDomains false')"); done
configure_collectd "${blocks[@]}"
load_plugin load
start_collectd
for damage in "${all[@]}"; do wait_for 60 "is_alive; [ \"\$(csv guestlist-$damage/count-running)\" = 1 ]"; done
lines=$(wc -l < "$COLLECTD_LOG")
step "${#all[@]} hypervisors are connected"

break_libvirtd
# A reply that cannot be read does not end the connection, so the age of the listing shows these.
for damage in "${fatal_damages[@]}" "${more_fatal_damages[@]}"; do
    wait_for 60 "is_alive; [ \"\$(csv guestlist-$damage/bool-connected)\" = 0 ] || [ \"\$(csv guestlist-$damage/count-running)\" = nan ]"
done
step "all are reported"
before=$(ticks) start=$(now) loads=$(csv_rows load/load)
wait_for 30 '[ $(($(csv_rows load/load) - loads)) -ge 10 ]'
used=$(($(ticks) - before)) lasted=$(since "$start") logged=$(($(wc -l < "$COLLECTD_LOG") - lines))
step "$used ticks in $lasted s, $logged lines in the log"
awk -v s="$lasted" 'BEGIN { exit !(s < 16) }' || FAIL "another plugin got ten values in $lasted s: collectd waits for the plugin"
awk -v t="$used" -v s="$lasted" -v hz="$(getconf CLK_TCK)" 'BEGIN { exit !(t < s * hz / 3) }' ||
    FAIL "collectd used $used clock ticks in $lasted s"
[ "$logged" -le $((6 * ${#all[@]})) ] || FAIL "$logged lines in the log: $(tail -n 50 "$COLLECTD_LOG")"
proxies_are_fine

# The plugin has no keepalive, because that needs libvirt's event loop. So two connections wait for the rest of a message until
# they end.
mend_libvirtd
is_waiting() { [ "$1" = LengthLargest ] || [ "$1" = Stalled ]; } # DAMAGE
for damage in "${all[@]}"; do
    is_waiting "$damage" || wait_for 60 "is_alive; [ \"\$(csv guestlist-$damage/bool-connected)\" = 1 ]"
done
step "all but two are connected again"
equal 0 "$(csv guestlist-Stalled/bool-connected)" "bool-connected while a message is not complete"
restart_libvirtd
for damage in "${all[@]}"; do
    wait_for 60 "is_alive; [ \"\$(csv guestlist-$damage/bool-connected) \$(csv guestlist-$damage/count-running)\" = '1 1' ]"
done
step "all are connected again"
stop_collectd || FAIL "collectd ended with status $?"
OK
