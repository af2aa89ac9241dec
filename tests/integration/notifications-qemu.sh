#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Each change of vmOperState of a QEMU domain gives one notification, in order, with the previous state.
# The test does everything that can be done to a domain. Actions that do not change the state give no notification.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/traps.sh"
need virsh snmpget snmpwalk libvirtd qemu-system-x86_64
need_root

start_libvirtd
start_snmptrapd
start_snmpd "$(trapsink)"
define_marker on_qemu
configure_agent 'notifications perVM'
start_agent -u "$QEMU_URI" -i 3600 # only events and SIGHUP cause listings, so that no listing sees an intermediate state
wait_for 30 'row_of marker'

# Starts a domain after all earlier changes have been listed: a listing in the middle of a start or a restore would rightly
# show preparing(3).
start() { # NAME [OPTION...]
    relist
    act start "$@"
}

# A save is reported when a listing sees that it is in progress. It may end before that.
expect_save() { # WHAT NAME PREVIOUSSTATE KIND
    wait_for 30 "new_traps | grep '^$4 $2 '"
    if new_traps | grep -q "^vmSuspending $2 "; then
        expect_traps "$1" "$(trap_line vmSuspending "$2" "$3")" "$(trap_line "$4" "$2" 5)"
    else
        expect_traps "$1" "$(trap_line "$4" "$2" "$3")"
    fi
}

define_qemu one
wait_for 20 'row_of one'
learn_indexes one marker
expect_traps "define"

start one
expect_traps "start" "$(trap_line vmRunning one 11)"
act suspend one
expect_traps "suspend" "$(trap_line vmPaused one 4)"
act resume one
expect_traps "resume" "$(trap_line vmRunning one 8)"
no_more_traps "start, suspend, resume"

act reset one
act shutdown one --mode acpi # the guest has no system that reacts
no_more_traps "a reset, and a shutdown that the guest ignores"

act undefine one
wait_for 20 "[ \"\$(vm $vm_persistent one)\" = 3 ]"
define_qemu one
wait_for 20 "[ \"\$(vm $vm_persistent one)\" = 2 ]"
act autostart one
no_more_traps "undefined and defined again while it runs"
step "plain changes"

act managedsave one
expect_save "managed save" one 4 vmSuspended
start one
expect_traps "start from the managed save" "$(trap_line vmResuming one 6)" "$(trap_line vmRunning one 7)"
act managedsave one --paused
expect_save "managed save as paused" one 4 vmSuspended
start one
expect_traps "start from the managed save, paused" "$(trap_line vmResuming one 6)" "$(trap_line vmPaused one 7)"
act managedsave one
expect_save "managed save of a paused one" one 8 vmSuspended
act managedsave-remove one # libvirt has no event for it
relist
expect_traps "managed save removed" "$(trap_line vmShutdown one 6)"
start one --paused
expect_traps "start --paused" "$(trap_line vmPaused one 11)"
act resume one
expect_traps "resume after a paused start" "$(trap_line vmRunning one 8)"
act save one "$T/one.save"
expect_save "save to a file" one 4 vmShutdown
relist
act restore "$T/one.save"
expect_traps "restore" "$(trap_line vmResuming one 11)" "$(trap_line vmRunning one 7)"
no_more_traps "saves and restores"
step "saves and restores"

act destroy one
expect_traps "destroy" "$(trap_line vmShuttingdown one 4)" "$(trap_line vmShutdown one 10)"
start one
expect_traps "start after a destroy" "$(trap_line vmRunning one 11)"
kill -KILL "$(qemu_pid one)"
expect_traps "QEMU killed" "$(trap_line vmCrashed one 4)"
start one
expect_traps "start after a crash" "$(trap_line vmRunning one 12)"
act suspend one
expect_traps "suspend before the crash" "$(trap_line vmPaused one 4)"
kill -KILL "$(qemu_pid one)"
expect_traps "QEMU killed while paused" "$(trap_line vmCrashed one 8)"
no_more_traps "ends"
start one
expect_traps "start after the second crash" "$(trap_line vmRunning one 12)"
act undefine one
act destroy one
expect_traps "destroy of what has no definition any more" "$(trap_line vmShuttingdown one 4)" "$(trap_line vmShutdown one 10)" \
    "$(trap_line vmDeleted one 11 3)"
step "ends"

define_qemu old
wait_for 20 'row_of old'
learn_indexes old
act domrename old new
wait_for 20 'row_of new'
expect_traps "rename"
start new
expect_traps "start after the rename" "vmRunning new $(uuid_of old) 11 ${index_of[old]}"
act destroy new
expect_traps "destroy after the rename" "vmShuttingdown new $(uuid_of old) 4 ${index_of[old]}" \
    "vmShutdown new $(uuid_of old) 10 ${index_of[old]}"
act undefine new
expect_traps "undefine" "vmDeleted new $(uuid_of old) 11 ${index_of[old]} 2"

relist
create_qemu fleeting
wait_for 20 'row_of fleeting'
learn_indexes fleeting
expect_traps "a transient one is created" "$(trap_line vmRunning fleeting 11)"
act destroy fleeting
expect_traps "and destroyed" "$(trap_line vmShuttingdown fleeting 4)" "$(trap_line vmShutdown fleeting 10)" \
    "$(trap_line vmDeleted fleeting 11 3)"
no_more_traps "all"
equal 0 "$(traps_since 0 "$bulk_kinds" | wc -l)" "bulk notifications, which are turned off"
OK
