#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A change is visible at once, because libvirt's event triggers a listing.
# The timer is an hour away. Only autostart waits for the timer, because libvirt has no event for it.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpget snmpwalk libvirtd
need_root

start_libvirtd
start_snmpd
fill_shared_test_driver
configure_agent
start_agent -u "$SHARED_URI" -i 3600
wait_for 30 'row_of sh-running'
before=$(value $vm_mib.1.3.0)

on_shared suspend sh-running > "$T/out"
wait_for 20 "[ \"\$(vm $vm_oper_state sh-running)\" = 8 ]"
on_shared resume sh-running > "$T/out"
wait_for 20 "[ \"\$(vm $vm_oper_state sh-running)\" = 4 ]"
on_shared destroy sh-running > "$T/out"
wait_for 20 "[ \"\$(vm $vm_oper_state sh-running)\" = 11 ]"
equal "$before" "$(value $vm_mib.1.3.0)" "vmTableLastChange after changes of states"
step "states follow events"

on_shared undefine sh-running > "$T/out"
wait_for 20 '! row_of sh-running'
[ "$(value $vm_mib.1.3.0)" -gt "$before" ] || FAIL "vmTableLastChange did not change when a row was removed"
test_domain late "$(uuid_of late)" > "$T/late.xml"
on_shared create "$T/late.xml" > "$T/out"
wait_for 20 "[ \"\$(vm $vm_persistent late)\" = 3 ]"
on_shared define "$T/late.xml" > "$T/out"
wait_for 20 "[ \"\$(vm $vm_persistent late)\" = 2 ]"
on_shared destroy sh-transient > "$T/out"
wait_for 20 '! row_of sh-transient'
step "events add and remove rows"

# Nothing else happens, and the timer is far away. So there must be no further listing.
serial=$(gl $gl_serial)
on_shared autostart late > "$T/out"
equal 3 "$(vm $vm_autostart late)" "autostart before the timer"
equal "$serial" "$(gl $gl_serial)" "glListingSerial without a cause for a listing"
kill -HUP "$AGENT_PID" # a reload lists at once
wait_for 20 "[ \"\$(vm $vm_autostart late)\" = 2 ]"
[ "$(gl $gl_events)" -gt 5 ] || FAIL "glHypervisorEvents counts only $(gl $gl_events)"
OK
