#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# While one guest hangs (SIGSTOP), a new guest gets its row, XML and numbers as usual.
# Later changes in the XML of the new guest are seen as well.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/timing.sh"
need virsh snmpget snmpwalk libvirtd qemu-system-x86_64
need_root

titles=$guestlist_mib.1.2.1.12
start_libvirtd
start_snmpd
define_qemu hung
on_qemu start hung > "$T/out" || FAIL "$(cat "$T/out")"
configure_agent 'interval 1'
start_agent -u "$QEMU_URI"
wait_for 20 "[ \"\$(vm $vm_cpu_time hung)\" -gt 0 ]"
pause "$(qemu_pid hung)"
next_listing

# The XML of a changed configuration is read again. From libvirt 11.0 on, this call hangs for a guest that hangs.
define_qemu hung title='Not readable now'
define_qemu new title='A new guest' memory=40960
on_qemu start new > "$T/out" || FAIL "$(cat "$T/out")"
start=$(now)
wait_for 10 'row_of new'
step "the new guest's row $(since "$start") s after it started"
below 3 "$(since "$start")" "seconds until the new guest's row"
row=$(row_of new)
wait_for 10 "[ \"\$(value $titles.$row)\" = 'A new guest' ]"
wait_for 10 "[ \"\$(value $vm_entry.$vm_mem_maximum.$row)\" = 40960 ]"
step "the new guest's XML $(since "$start") s after it started"
wait_for 15 "[ \"\$(value $vm_entry.$vm_cpu_time.$row)\" -gt 0 ]"
below 15 "$(since "$start")" "seconds until the new guest's XML and numbers"
step "the new guest's numbers $(since "$start") s after it started"
on_qemu desc new --title --live 'Another title' > "$T/out" || FAIL "$(cat "$T/out")"
wait_for 10 "[ \"\$(value $titles.$row)\" = 'Another title' ]"
equal 4 "$(vm $vm_oper_state hung)" "vmOperState of the hung guest"
stop_agent || FAIL "with a guest hung, SIGTERM ended the agent with status $?"
OK
