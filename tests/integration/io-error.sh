#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A guest that is paused because its disk is full says why: in the reason, in glDomainIoError, and in the notification.
# libvirt has the text since 11.1. With an older libvirt, glDomainIoError is missing.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/traps.sh"
. "$(dirname "$0")/full-disk.sh"
need virsh snmpget snmpwalk libvirtd qemu-system-x86_64
need_root

running=4 paused=8
reason_text=$guestlist_mib.1.2.1.4 io_error=$guestlist_mib.1.2.1.16

d() { value "$1.$(row_of "$2")"; } # COLUMN NAME

start_libvirtd
start_snmptrapd
start_snmpd "$(trapsink)"
make_small_file_system
define_writer full
define_qemu other
act start other
configure_agent 'notifications perVM'
start_agent -u "$QEMU_URI" -i 3600
wait_for 30 "[ \"\$(vm $vm_oper_state other)\" = $running ] && row_of full"
learn_indexes full
equal '' "$(d $io_error full)" "glDomainIoError of a guest that is off"

act start full
wait_for 30 "[ \"\$(vm $vm_oper_state full)\" = $paused ]"
equal "I/O error" "$(d $reason_text full)" "glDomainStateReasonText"
equal "paused (I/O error)" "$(on_qemu domstate --reason full)" "libvirt's own words"
equal '' "$(d $io_error other)" "glDomainIoError of a guest that runs"
expected="$(trap_line vmPaused full 4): I/O error"
if has_io_error_texts; then
    wait_for 20 "d $io_error full"
    text=$(d $io_error full)
    step "glDomainIoError: $text"
    grep -q "No space left on device" <<< "$text" || FAIL "the text does not say why"
    grep -q "$SMALL/disk" <<< "$text" || FAIL "the text does not name the disk"
    on_qemu dominfo full | grep -qF "$text" || FAIL "virsh has another text: $(on_qemu dominfo full)"
    expected="$expected: $text"
else
    relist
    d $io_error full && FAIL "libvirt $(virsh --version) has no text"
fi
wait_for_traps 2 0 "$vm_kinds"
equal "$(trap_line vmRunning full 11)"$'\n'"$expected" "$(traps_since 0 "$vm_kinds")" "notifications"
step "the notification: $expected"

make_room
act resume full
wait_for 30 "[ \"\$(vm $vm_oper_state full)\" = $running ]"
equal '' "$(d $io_error full)" "glDomainIoError after the guest was resumed"
equal unpaused "$(d $reason_text full)" "glDomainStateReasonText"
wait_for_traps 3 0 "$vm_kinds"
equal "$(trap_line vmRunning full 8)" "$(traps_since 0 "$vm_kinds" | tail -n 1)" "the notification of the resume"
OK
