#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The plugin reports a thousand domains every second.
# Each domain has its value each second, from a listing that is younger than a second. A listing takes seven libvirt calls and
# little CPU time.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/collectd.sh"
need collectd virsh libvirtd qemu-system-x86_64
need_root
need_plugin

define_many_qemu 1000
start_libvirtd
configure_collectd "$(hypervisor kvm "$QEMU_URI")"
start_collectd
wait_for 60 'csv guestlist-vm-01000/uptime && [ "$(csv guestlist-kvm/count-total)" = 1000 ]'
# Since libvirt 11.2, this count is known only after a call for each domain.
wait_for 60 '[ "$(csv guestlist-kvm/count-autostart_inactive)" = 333 ]'
ticks() { awk '{ print $14 + $15 }' "/proc/$COLLECTD_PID/stat"; }
busy=$(ticks) began=$(now) rows=$(csv_rows guestlist-kvm/count-total)
wait_for 60 "[ \$(csv_rows guestlist-kvm/count-total) -ge $((rows + 8)) ]"
busy=$(awk -v t=$(($(ticks) - busy)) -v hz="$(getconf CLK_TCK)" -v s="$(since "$began")" 'BEGIN { printf "%.1f", 100 * t / hz / s }')
rows=$(($(csv_rows guestlist-kvm/count-total) - rows))
took=$(since "$began")
awk -v rows=$rows -v took="$took" 'BEGIN { exit !(rows >= 0.7 * took) }' || FAIL "$rows values in $took s"
equal 1000 "$(find "$C/csv/hv1" -type d -name 'guestlist-vm-*' | wc -l)" "domains with values"
for name in vm-00001 vm-00500 vm-01000; do
    rows=$(($(csv_rows guestlist-kvm/count-total) - $(csv_rows "guestlist-$name/uptime")))
    [ $rows -le 3 ] && [ $rows -ge -1 ] || FAIL "$name lacks $rows values"
done
is_fresh "$(csv guestlist-kvm/duration-listing_age)" ||
    FAIL "the listing was $(csv guestlist-kvm/duration-listing_age) s old"
step "6,000 values a second, $busy % of a processor in collectd, a listing takes $(csv guestlist-kvm/duration-listing) s"
stop_collectd || FAIL "collectd ended with status $?"
OK
