#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A change of one guest among two dozen is visible at once and does not wait for statistics.
# Each QEMU guest has a disk, which makes statistics slower. The change is just as fast when statistics take another third of
# a second. The interval is long, so no timer helps.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/timing.sh"
. "$(dirname "$0")/obstacles.sh"
need virsh snmpget snmpwalk libvirtd qemu-system-x86_64 qemu-img
need_root
need_obstacles

changes_show() { # N WHEN
    rm -f "$T/seconds"
    time_changes many-1 "$1" "$T/seconds"
    step "$2: visible after $(median < "$T/seconds") s (median of $(wc -l < "$T/seconds")), $(worst < "$T/seconds") s (worst)"
    below 1 "$(median < "$T/seconds")" "$2: the median in seconds"
    below 3 "$(worst < "$T/seconds")" "$2: the worst in seconds"
}

guests=24
start_libvirtd
start_snmpd
batch=
for ((i = 1; i <= guests; i++)); do
    define_qemu "many-$i" disk="$T/many-$i.qcow2" balloon=none
    batch+="start --paused many-$i; "
done
on_qemu "$batch resume many-1" > "$T/out" 2>&1 && ! grep -q ^error: "$T/out" || FAIL "$(cat "$T/out")"
step "guests are up"

configure_agent 'interval 8'
start_agent -u "$QEMU_URI"
wait_for 30 "[ \"\$(row_count)\" = $guests ] && [ \"\$(vm $vm_cpu_time many-1)\" -gt 0 ]"
changes_show 8 "statistics as they are"
obstacle statistics delay 300
made=$(calls_made statistics)
wait_for 20 "[ \$(calls_made statistics) -gt $made ]"
changes_show 4 "statistics 0.3 s slower"
OK
