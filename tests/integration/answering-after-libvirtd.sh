#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# If libvirtd hangs or restarts, no guest is reported as not answering, although all numbers become old.
# A guest that hangs all the time is reported once.
# It mostly waits.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/traps.sh"
need virsh snmpget snmpwalk libvirtd qemu-system-x86_64
need_root

details() { value "$guestlist_mib.1.2.1.13.$row"; }
is_up() { [ "$(gl $gl_status)" = $connected ] && [ "$(details)" = 1 ]; }

start_libvirtd
start_snmptrapd
start_snmpd "$(trapsink)"
names=(fine-{1..4})
for name in "${names[@]}" hung; do define_qemu "$name" && act start "$name"; done
configure_agent 'interval 1' 'notifications perVM' 'staleAfter 5'
start_agent -u "$QEMU_URI"
wait_for 30 "[ \"\$(gl $gl_not_answering)\" = 0 ]"
row=$(row_of fine-1) || FAIL "no row of fine-1"

pause_libvirtd
wait_for 30 '[ "$(details)" = 2 ]'
wait_for 60 "[ \"\$(gl $gl_status)\" = $disconnected ]"
resume_libvirtd
wait_for 60 is_up
step "libvirtd hung"
stop_libvirtd TERM
wait_for 30 '[ "$(details)" = 2 ]'
launch_libvirtd main
wait_for 60 is_up
wait_for 30 "[ \"\$(gl $gl_not_answering)\" = 0 ]"
next_listing
next_listing
equal '' "$(traps_since 0 "$answers_kinds")" "notifications about guests while libvirtd hung and restarted"
step "libvirtd restarted"

pause "$(qemu_pid hung)"
wait_for_traps 1 0 "$answers_kinds"
stop_libvirtd KILL # it would wait for the guest
wait_for 30 '[ "$(details)" = 2 ]'
launch_libvirtd main
wait_for 60 is_up
wait_for 30 "[ \"\$(gl $gl_not_answering)\" = 1 ]"
next_listing
next_listing
equal "glDomainNotAnswering hung" "$(traps_since 0 "$answers_kinds" | cut -d ' ' -f 1,2)" "notifications about a guest that hangs all the time"
resume "$(qemu_pid hung)"
wait_for_traps 2 0 "$answers_kinds"
equal "glDomainAnswering hung" "$(traps_since 0 "$answers_kinds" | cut -d ' ' -f 1,2 | tail -n +2)" "notifications after it continued"
OK
