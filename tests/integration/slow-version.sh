#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# If libvirtd takes eight seconds to report its version, all rows still appear at once.
# A libvirtd that first has to probe each emulator of its host does this. The version appears later. The agent asks for it
# once, not on each connection.
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
define_qemu one title='The first'
define_qemu two
on_qemu start one > "$T/out" || FAIL "$(cat "$T/out")"
version=$(on_qemu version | awk '/Running hypervisor/ { print $4 }')

obstacle version delay 8000
configure_agent 'interval 1'
start=$(now)
start_agent -u "$QEMU_URI"
wait_for 10 "[ \"\$(row_count)\" = 2 ]"
took=$(since "$start")
step "rows $took s after the start"
below 4 "$took" "seconds until the first rows"
row=$(row_of one)
equal 4 "$(value "$vm_entry.$vm_oper_state.$row")" "vmOperState of the first"
on_qemu suspend one > "$T/out" || FAIL "$(cat "$T/out")"
time_until "$vm_entry.$vm_oper_state.$row" 8 5
step "a change is visible after $took s"
wait_for 5 "[ \"\$(value $guestlist_mib.1.2.1.12.$row)\" = 'The first' ]"
wait_for 5 "[ \"\$(value $vm_entry.$vm_cpu_time.$row)\" -gt 0 ]"
step "XML and numbers $(since "$start") s after the start"
below 7 "$(since "$start")" "seconds until XML and numbers, which do not wait for the version"
[ "$(value $vm_mib.1.1.2.0)" != "$version" ] || FAIL "vmHvVersion appeared at once: nothing was slow"
wait_for 15 "[ \"\$(value $vm_mib.1.1.2.0)\" = $version ]"
step "the version $(since "$start") s after the start"
next_listing
equal 1 "$(calls_made version)" "calls for the version"
stop_agent || FAIL "the agent ended with status $?"

# While the call runs, the agent ends as fast as usual.
start_agent -u "$QEMU_URI"
wait_for 10 "[ \"\$(row_count)\" = 2 ] && [ \$(calls_made version) = 2 ]"
stop_agent || FAIL "during the call for the version, SIGTERM ended the agent with status $?"
OK
