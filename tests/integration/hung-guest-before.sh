#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# If one of four guests already hangs (SIGSTOP) when the agent starts, all four rows appear at once.
# Only the numbers of the hung guest are missing, and from libvirt 11.0 on its XML as well. Both appear when the guest
# continues.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/timing.sh"
need virsh snmpget snmpwalk libvirtd qemu-system-x86_64
need_root

details=$guestlist_mib.1.2.1.13
title=$guestlist_mib.1.2.1.12
start_libvirtd
start_snmpd
for name in one two three hung; do
    define_qemu $name title="The title of $name"
    on_qemu start $name > "$T/out" || FAIL "$(cat "$T/out")"
done
wait_for 20 'on_qemu domstats hung'
pid=$(qemu_pid hung)
pause "$pid"

configure_agent 'interval 1'
start=$(now)
start_agent -u "$QEMU_URI"
wait_for 40 "[ \"\$(row_count)\" = 4 ]"
rows=$(since "$start")
step "rows $rows s after the start"

# Read the rows once: checking a title takes a walk and a GET.
declare -A row
for name in one two three hung; do row[$name]=$(row_of $name) || FAIL "no row of $name"; done
for name in one two three hung; do
    equal 4 "$(value "$vm_entry.$vm_oper_state.${row[$name]}")" "vmOperState of $name"
done
on_qemu suspend one > "$T/out" || FAIL "$(cat "$T/out")"
time_until "$vm_entry.$vm_oper_state.${row[one]}" 8 20
changed=$took
step "a change of another guest is visible after $changed s"

for name in one two three; do
    wait_for 30 "[ \"\$(value $vm_entry.$vm_cpu_time.${row[$name]})\" -gt 0 ]"
    wait_for 30 "[ \"\$(value $title.${row[$name]})\" = 'The title of $name' ]"
    wait_for 30 "[ \"\$(value $vm_entry.$vm_mem_maximum.${row[$name]})\" = 32768 ]"
    wait_for 30 "[ \"\$(value $details.${row[$name]})\" = 1 ]"
done
facts=$(since "$start")
step "numbers and XML of the other three $facts s after the start"
wait_for 20 "[ \"\$(value $details.${row[hung]})\" = 2 ]"
below 1.5 "$rows" "seconds until the first rows"
below 3 "$changed" "seconds until a change was visible"
below 15 "$facts" "seconds until numbers and XML of the guests that do not hang"
equal 4 "$(value "$vm_entry.$vm_oper_state.${row[hung]}")" "vmOperState of the hung one"

resume "$pid"
wait_for 40 "[ \"\$(value $vm_entry.$vm_cpu_time.${row[hung]})\" -gt 0 ]"
wait_for 40 "[ \"\$(value $title.${row[hung]})\" = 'The title of hung' ]"
wait_for 40 "[ \"\$(value $details.${row[hung]})\" = 1 ]"
OK
