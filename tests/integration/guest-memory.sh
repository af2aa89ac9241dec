#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# glMemoryTable has the numbers that the guest's balloon driver reports, and the resident memory of its process.
# Without a period of statistics in the XML, the guest reports once, when it starts. Such old numbers are left out.
# `virsh dommemstat --period` turns them on while the guest runs. A guest that is off has no such numbers. A guest that hangs keeps its last ones.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/guests.sh"
need virsh snmpget snmpwalk libvirtd qemu-system-x86_64
need_root
need_small_guest

# shellcheck disable=SC2154 # from agent.sh
entry=$guestlist_mib.1.5.1
start_libvirtd
start_snmpd
define_small_guest gm-reports "<stats period='1'/>"
define_small_guest gm-silent ''
define_small_guest gm-off "<stats period='1'/>"
start_guest gm-reports
start_guest gm-silent
configure_agent 'interval 1'
start_agent -u "$QEMU_URI"
wait_for 30 "row_of gm-off"
reports=$(row_of gm-reports) silent=$(row_of gm-silent) off=$(row_of gm-off)

memory() { # ROW: prints the columns, with - for a missing one
    local column
    for column in 1 2 3 4 5 6 7 8; do value "$entry.$column.$1" || echo -; done | xargs
}

# small-guest.c has these numbers, in KiB.
resident() { value "$entry.4.$1"; }
wait_for 60 "value $entry.3.$reports"
equal "5555 26666 17777 $(resident "$reports") 8888 1111 2222 3333" "$(memory "$reports")" "the memory of gm-reports"
for pair in 1=unused 2=available 3=usable 5=disk_caches 6=swap_in 7=swap_out 8=major_fault; do
    equal "$(domstat gm-reports "balloon.${pair#*=}")" "$(value "$entry.${pair%%=*}.$reports")" "balloon.${pair#*=}"
done
wait_for 30 "[ \"\$(resident $reports)\" = \"\$(domstat gm-reports balloon.rss)\" ]"
[ "$(awk '/^VmRSS/ { print $2 }' "/proc/$(qemu_pid gm-reports)/status")" -lt $(($(resident "$reports") * 2)) ] ||
    FAIL "glMemoryResident $(resident "$reports") is far from the kernel's VmRSS"
step "each number is the guest's"

equal 17777 "$(domstat gm-silent balloon.usable)" "the old number that libvirt has of gm-silent"
equal "- - - $(resident "$silent") - - - -" "$(memory "$silent")" "the memory of a guest without a period"
equal "- - - - - 0 0 0" "$(memory "$off")" "the memory of a guest that is off"
act dommemstat gm-silent --period 1 --live
wait_for 60 "[ \"\$(value $entry.3.$silent)\" = 17777 ]"
step "a period that is set while the guest runs turns the numbers on"

was=$(memory "$reports")
pid=$(qemu_pid gm-reports)
pause "$pid"
wait_for 30 "[ \"\$(value $guestlist_mib.1.2.1.13.$reports)\" = 2 ]"
equal "$was" "$(memory "$reports")" "the memory of a guest that hangs"
resume "$pid"
wait_for 30 "[ \"\$(value $guestlist_mib.1.2.1.13.$reports)\" = 1 ]"
act destroy gm-reports
wait_for 20 "! value $entry.4.$reports"
equal "- - - - - 0 0 0" "$(memory "$reports")" "the memory of a guest that stopped"
OK
