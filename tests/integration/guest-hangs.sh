#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A hung guest (SIGSTOP) affects only its own numbers. Listings continue for all guests.
# libvirt's NOWAIT does not help against a hung QEMU: the first call for its statistics hangs too.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpget snmpwalk libvirtd qemu-system-x86_64
need_root

start_libvirtd
start_snmpd
define_qemu fine
define_qemu hung
on_qemu "start fine; start hung" > "$T/out" || FAIL "$(cat "$T/out")"
configure_agent 'interval 1'
start_agent -u "$QEMU_URI"
wait_for 20 "[ \"\$(vm $vm_cpu_time hung)\" -gt 0 ]"

pid=$(qemu_pid hung)
pause "$pid"
next_listing
next_listing
step "listings continue"
on_qemu suspend fine > "$T/out"
wait_for 20 "[ \"\$(vm $vm_oper_state fine)\" = 8 ]"
on_qemu resume fine > "$T/out"
on_qemu autostart fine > "$T/out"
wait_for 20 "[ \"\$(vm $vm_autostart fine)\" = 2 ]"
equal 4 "$(vm $vm_oper_state hung)" "the hung guest's state, which libvirtd has without asking the guest"

# The numbers of other guests continue to change.
cpu=$(vm $vm_cpu_time fine)
wait_for 30 "[ \"\$(vm $vm_cpu_time fine)\" -gt $cpu ]"
[ "$(vm $vm_mem hung)" -gt 0 ] || FAIL "the hung guest has no vmCurMem"
equal $connected "$(gl $gl_status)" "the status with one guest hung"
[ "$(gl $gl_calls)" -le 8 ] || FAIL "a listing with one hung guest took $(gl $gl_calls) calls"

stop_agent || FAIL "with a guest hung, SIGTERM ended the agent with status $?"
resume "$pid"
start_agent -u "$QEMU_URI"
wait_for 20 "[ \"\$(vm $vm_cpu_time hung)\" -gt 0 ]"
OK
