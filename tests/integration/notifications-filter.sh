#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A domain that leaves the filter is still reported, once and without waiting for the interval.
# It has no row to show whether its last event was a pause or the first step of a save. The interval is an hour here.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/traps.sh"
need virsh snmpget snmpwalk libvirtd qemu-system-x86_64
need_root

start_libvirtd
start_snmptrapd
start_snmpd "$(trapsink)"
define_marker on_qemu
define_qemu one
on_qemu start one > "$T/out" || FAIL "$(cat "$T/out")"
configure_agent 'notifications perVM' 'filter state-running'
start_agent -u "$QEMU_URI" -i 3600
wait_for 30 'row_of one'
wait_for 30 'row_of marker'
learn_indexes one marker

act suspend one
wait_for 20 '! row_of one'
expect_traps "a pause that takes it out of the filter" "$(trap_line vmPaused one 4)"
step "a pause is reported without a row"

act resume one
wait_for 20 'row_of one'
learn_indexes one
expect_traps "back in the filter" "$(trap_line vmRunning one 8)"
step "a domain that comes back is reported"

act managedsave one
wait_for 20 '! row_of one'
expect_traps "a save that takes it out of the filter" "$(trap_line vmShutdown one 4)"
act "managedsave-remove one; start one"
wait_for 20 'row_of one'
learn_indexes one
expect_traps "started again" "$(trap_line vmRunning one 11)"
act destroy one
wait_for 20 '! row_of one'
expect_traps "destroyed" "$(trap_line vmShuttingdown one 4)" "$(trap_line vmShutdown one 10)"
step "a save, a start and an end are reported"

relist
equal '' "$(new_traps)" "notifications without a cause"
OK
