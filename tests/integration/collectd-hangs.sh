#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A hung libvirtd (SIGSTOP) does not slow down collectd.
# The plugin keeps reporting. The age of the values grows, and values that are too old are NaN. All values return when
# libvirtd continues. collectd ends even while libvirtd hangs.
# It mostly waits.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/collectd.sh"
need collectd virsh libvirtd
need_root
need_plugin

# The leak checker cannot examine a process that leaves threads behind, as this one does at its end.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
start_libvirtd
fill_shared_test_driver
configure_collectd "$(hypervisor kvm "$SHARED_URI")" "$(hypervisor other "$SHARED_URI" 'Filter active' 'ReportDomains false')"
load_plugin load
start_collectd
wait_for 30 'csv guestlist-sh-paused/domain_state && csv guestlist-other/count-total'

pause_libvirtd
loads=$(csv_rows load/load)
ours=$(csv_rows guestlist-sh-paused/domain_state)
wait_for 30 '[ "$(csv guestlist-kvm/duration-listing_age | cut -d. -f 1)" -ge 4 ]'
loads=$(($(csv_rows load/load) - loads)) ours=$(($(csv_rows guestlist-sh-paused/domain_state) - ours))
[ $loads -ge 3 ] || FAIL "another plugin got $loads values in 4 s: collectd waits for the plugin"
[ $((loads - ours)) -le 1 ] && [ $((ours - loads)) -le 1 ] || FAIL "$ours values of the plugin, $loads of another plugin"
equal 3 "$(csv guestlist-sh-paused/domain_state)" "a state that is four seconds old"
equal 1 "$(csv guestlist-kvm/bool-connected)" "bool-connected before the hang is detected"
step "collectd reports as before, ages grow"

wait_for 60 '[ "$(csv guestlist-kvm/bool-connected)" = 0 ]'
next_value guestlist-kvm/bool-connected
for metric in sh-paused/domain_state sh-paused/bool-autostart sh-paused/uptime kvm/count-running kvm/count-total; do
    equal nan "$(csv "guestlist-$metric")" "$metric when it is old"
done
awk -v age="$(csv guestlist-kvm/duration-listing_age)" 'BEGIN { exit !(age > 30) }' ||
    FAIL "stale after $(csv guestlist-kvm/duration-listing_age) s"
step "old values are NaN"

resume_libvirtd
wait_for 30 '[ "$(csv guestlist-kvm/bool-connected)" = 1 ] && [ "$(csv guestlist-sh-paused/domain_state)" = 3 ]'
wait_for 30 '[ "$(csv guestlist-other/count-total)" = 4 ]'
next_value guestlist-kvm/duration-listing_age
is_fresh "$(csv guestlist-kvm/duration-listing_age)" ||
    FAIL "a listing is $(csv guestlist-kvm/duration-listing_age) s old though libvirtd answers"
step "values are back"

pause_libvirtd
wait_for 30 '[ "$(csv guestlist-kvm/duration-listing_age | cut -d. -f 1)" -ge 2 ]'
asked=$(now)
stop_collectd 8 || FAIL "with libvirtd hanging, collectd ended with status $?"
step "collectd ended $(since "$asked") s after it was asked"
equal 2 "$(grep -c 'libvirt call does not return' "$COLLECTD_LOG")" "log lines about abandoned threads"
resume_libvirtd
OK
