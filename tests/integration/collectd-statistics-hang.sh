#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# If a guest hangs, only its own statistics are missing. The other guests still have new values each second, and no read waits.
# The hung guest gets no values, because an old counter would look like a guest that does nothing. Its state is still reported.
# When it answers again, its values are reported as well.
# It mostly waits.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/collectd.sh"
need collectd virsh libvirtd qemu-system-x86_64 qemu-img
need_root
need_plugin
# The leak checker cannot examine a process that leaves threads behind, as this one does at its end.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"

start_libvirtd
for name in h-one h-two h-three; do create_qemu $name disk="$T/$name.qcow2"; done
configure_collectd "$(hypervisor kvm "$QEMU_URI" 'Statistics cpu memory disk')"
start_collectd
first_values guestlist-h-one/virt_cpu_total guestlist-h-two/virt_cpu_total guestlist-h-three/disk_ops-vda

# Waits until the series has this many more values.
more_values() { # SERIES COUNT
    local rows
    rows=$(csv_rows "$1")
    wait_for 30 "[ \$(csv_rows $1) -ge $((rows + $2)) ]"
}

pause "$(qemu_pid h-two)"
more_values guestlist-kvm/duration-listing_age 3 # a read that had begun may still bring values
hung=$(csv_rows guestlist-h-two/virt_cpu_total)
states=$(csv_rows guestlist-h-two/domain_state) ones=$(csv_rows guestlist-h-one/virt_cpu_total) reads=$(csv_rows guestlist-kvm/count-total)
began=$(now)
more_values guestlist-h-one/virt_cpu_total 10
more_values guestlist-h-three/disk_ops-vda 1
reads=$(($(csv_rows guestlist-kvm/count-total) - reads)) took=$(since "$began")
ones=$(($(csv_rows guestlist-h-one/virt_cpu_total) - ones))
equal "$hung" "$(csv_rows guestlist-h-two/virt_cpu_total)" "values of the hung guest's CPU time"
[ $(($(csv_rows guestlist-h-two/domain_state) - states)) -ge 8 ] || FAIL "the state of the hung guest has no new values"
awk -v reads=$reads -v took="$took" 'BEGIN { exit !(reads >= 0.7 * took) }' || FAIL "$reads reads in $took s"
awk -v ones=$ones -v took="$took" 'BEGIN { exit !(ones >= 0.4 * took) }' || FAIL "$ones values of a healthy guest in $took s"
is_fresh "$(csv guestlist-kvm/duration-listing_age)" || FAIL "the listing is $(csv guestlist-kvm/duration-listing_age) s old"
step "with a hung guest: $reads reads and $ones values of a healthy guest in $took s"

resume "$(qemu_pid h-two)"
more_values guestlist-h-two/virt_cpu_total 2
more_values guestlist-h-two/disk_ops-vda 2
step "the guest's values go on"

pause "$(qemu_pid h-two)"
more_values guestlist-kvm/duration-listing_age 3
stop_collectd || FAIL "with a hung guest, collectd ended with status $?"

configure_collectd "$(hypervisor kvm "$QEMU_URI" 'Statistics cpu memory disk')"
start_collectd
first_values guestlist-h-two/domain_state guestlist-h-one/virt_cpu_total guestlist-h-three/disk_ops-vda
more_values guestlist-h-three/disk_ops-vda 3
equal '' "$(csv guestlist-h-two/disk_ops-vda)$(csv guestlist-h-two/memory-rss)" "statistics of a guest that hung before the start"
step "a guest that hung before the start lacks its own values"
resume "$(qemu_pid h-two)"
first_values guestlist-h-two/disk_ops-vda
pause "$(qemu_pid h-two)"
stop_collectd || FAIL "with a hung guest, collectd ended with status $?"
resume "$(qemu_pid h-two)"
OK
