#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# If the call for the XML of one domain hangs, everything else works as usual.
# From libvirt 11.0 on, this call hangs for a guest that hangs. Rows, changes, and the XML of all other guests appear as
# usual, and the agent ends on request.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/timing.sh"
. "$(dirname "$0")/obstacles.sh"
need virsh snmpget snmpwalk libvirtd
need_root
need_obstacles

state() { echo "$vm_entry.$vm_oper_state.$(row_of "$1")"; }

start_libvirtd
start_snmpd
fill_shared_test_driver
obstacle xml delay 120000 sh-paused
configure_agent 'interval 1'
start=$(now)
start_agent -u "$SHARED_URI"
wait_for 10 "[ \"\$(row_count)\" = 9 ]"
step "rows $(since "$start") s after the start"
for name in running shutoff crashed saved snapshot autostart waiting transient; do
    wait_for 10 "[ \"\$(vm $vm_os_type sh-$name)\" = hvm ]"
done
step "XML of the others $(since "$start") s after the start"
for action in 'suspend 8' 'resume 4' 'destroy 11' 'start 4'; do
    on_shared "${action% *}" sh-running > "$T/out" 2>&1 || FAIL "$(cat "$T/out")"
    time_until "$(state sh-running)" "${action#* }" 10
    step "${action% *}: visible after $took s"
    below 3 "$took" "seconds until a change was visible"
done
on_shared resume sh-paused > "$T/out" 2>&1 || FAIL "$(cat "$T/out")"
time_until "$(state sh-paused)" 4 10
test_domain late "$(uuid_of late)" > "$T/late.xml"
on_shared define "$T/late.xml" > "$T/out" || FAIL "$(cat "$T/out")"
wait_for 10 "[ \"\$(vm $vm_os_type late)\" = hvm ]"
equal $connected "$(gl $gl_status)" glHypervisorStatus
equal 0 "$(gl $gl_failures)" glListingFailures
stop_agent || FAIL "while a call hangs, SIGTERM ended the agent with status $?"
OK
