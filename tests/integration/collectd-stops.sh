#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# collectd ends quickly each time that collectdmon restarts it, while a thousand domains are listed.
# collectdmon restarts collectd six times, as a reload does. Values continue each time.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/collectd.sh"
need collectd collectdmon virsh libvirtd qemu-system-x86_64
need_root
need_plugin

define_many_qemu 1000
start_libvirtd
configure_collectd "$(hypervisor kvm "$QEMU_URI" 'Notifications true')" "$(hypervisor totals "$QEMU_URI" 'ReportDomains false')"
(tied env $(collectd_environment) collectdmon -P "$C/mon.pid" -c /usr/sbin/collectd -- -f -C "$C/collectd.conf" < /dev/null > "$C/out" 2>&1) &
wait_for 30 '[ -s "$C/mon.pid" ] && csv guestlist-vm-01000/uptime'
COLLECTD_PID=$(cat "$C/mon.pid") # the end of the test ends collectdmon, which ends collectd
for try in 1 2 3 4 5 6; do # collectdmon takes more restarts in this time for a fault
    child=$(pgrep -P "$COLLECTD_PID" -x collectd)
    asked=$(now)
    kill -s HUP "$COLLECTD_PID"
    wait_for 20 "! alive $child"
    awk -v s="$(since "$asked")" 'BEGIN { exit !(s < 5) }' || FAIL "collectd took $(since "$asked") s to end"
    wait_for 30 "[ \"\$(grep -c 'entering read-loop' $COLLECTD_LOG)\" = $((try + 1)) ]"
    [ $((try % 3)) != 0 ] || next_value guestlist-vm-00500/uptime
done
! logged 'thread is abandoned' || FAIL "collectd's end waited for a thread in vain"
equal 6 "$(grep -c 'Exiting normally' "$COLLECTD_LOG")" "collectds that ended by themselves"
# These are the threads of collectd, and of the plugin two for each hypervisor. From libvirt 11.2 on, up to two workers read
# autostart once.
[ "$(ps -o nlwp= -p "$(pgrep -P "$COLLECTD_PID" -x collectd)")" -le 18 ] || FAIL "collectd has too many threads"
OK
