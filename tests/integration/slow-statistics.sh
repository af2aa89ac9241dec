#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# With a hypervisor that takes seconds for its statistics, changes are still visible at once.
# The statistics are slow from the start, or become slow. The numbers arrive as often as possible, and no domain is partial
# because of this.
# It mostly waits.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/timing.sh"
. "$(dirname "$0")/obstacles.sh"
need virsh snmpget snmpwalk libvirtd qemu-system-x86_64
need_root
need_obstacles

start_libvirtd
start_snmpd
for name in slow-1 slow-2 slow-3; do define_qemu $name; done
on_qemu "start slow-1; start slow-2; start slow-3 --paused" > "$T/out" || FAIL "$(cat "$T/out")"
configure_agent 'interval 1'

details_are() { # ok(1) | partial(2), of all three
    local name
    for name in slow-1 slow-2 slow-3; do
        [ "$(value "$guestlist_mib.1.2.1.13.$(row_of $name)")" = "$1" ] || return 1
    done
}

# Statistics that take longer than the interval still arrive one after the other: CPU time grows three times.
numbers_arrive() { # WHEN
    local cpu start
    start=$(now)
    for _ in 1 2 3; do
        cpu=$(vm $vm_cpu_time slow-2)
        wait_for 12 "[ \"\$(vm $vm_cpu_time slow-2)\" -gt ${cpu:-0} ]"
    done
    step "$1: CPU time grew three times in $(since "$start") s"
    wait_for 10 'details_are 1' # slower statistics are late only once
}

changes_show() { # WHEN
    rm -f "$T/seconds"
    time_changes slow-1 3 "$T/seconds"
    step "$1: changes visible after $(median < "$T/seconds") s (median), $(worst < "$T/seconds") s (worst)"
    below 2 "$(worst < "$T/seconds")" "$1: the slowest change in seconds"
}

obstacle statistics delay 2500
start=$(now)
start_agent -u "$QEMU_URI"
wait_for 5 "[ \"\$(row_count)\" = 3 ]"
step "rows $(since "$start") s after the start"
below 2.5 "$(since "$start")" "seconds until the first rows, which do not wait for statistics"
changes_show "2.5 s from the start"
wait_for 10 "[ \"\$(vm $vm_cpu_time slow-1)\" -gt 0 ] && [ \"\$(vm $vm_mem slow-1)\" -gt 0 ]"
step "numbers $(since "$start") s after the start"
numbers_arrive "2.5 s from the start"
stop_agent || FAIL "the agent ended with status $?"

# After fast answers, the agent must not give up on slow ones.
no_obstacle statistics
start_agent -u "$QEMU_URI"
wait_for 10 "[ \"\$(vm $vm_cpu_time slow-1)\" -gt 0 ]"
for delay in 900 2500; do
    numbers_arrive "fast statistics"
    obstacle statistics delay $delay
    numbers_arrive "$delay ms after fast statistics"
    changes_show "$delay ms after fast statistics"
    no_obstacle statistics
done
wait_for 10 'details_are 1'
equal 0 "$(gl $gl_failures)" glListingFailures
OK
