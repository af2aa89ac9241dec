#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Changes between two listings are reported once, even if they are already undone.
# The test stops the agent meanwhile (SIGSTOP), so that it lists only the final state. Then it repeats the changes without
# stopping the agent.
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
configure_agent 'notifications perVM'
start_agent -u "$QEMU_URI" -i 3600
wait_for 30 'row_of one'
learn_indexes one marker

unseen() { # COMMAND...
    pause "$AGENT_PID"
    "$@"
    resume "$AGENT_PID"
}

# Kills QEMU and starts the guest at once, like a watchdog.
kill_and_start() {
    kill -KILL "$(qemu_pid one)"
    wait_for 20 "on_qemu start one"
}

kill_and_start_twice() {
    kill_and_start
    kill_and_start
}

define_again() {
    act "undefine one; define $T/one.xml"
}

# A listing may have seen the guest as preparing(3).
expect_restart() {
    local before=12
    wait_for 30 '[ "$(new_traps | wc -l)" -ge 2 ]'
    [ "$(new_traps | awk '$1 == "vmRunning" { print $4 }')" != 3 ] || before=3
    expect_traps "a crash and a start" "$(trap_line vmCrashed one 4)" "$(trap_line vmRunning one $before)"
}

unseen act "suspend one; resume one"
expect_traps "suspend and resume, unseen" "$(trap_line vmPaused one 4)" "$(trap_line vmRunning one 8)"
unseen act "suspend one; resume one; suspend one; resume one; suspend one"
expect_traps "the same, again and again" "$(trap_line vmPaused one 4)" "$(trap_line vmRunning one 8)" "$(trap_line vmPaused one 4)" \
    "$(trap_line vmRunning one 8)" "$(trap_line vmPaused one 4)"
act resume one
expect_traps "resume" "$(trap_line vmRunning one 8)"
unseen kill_and_start
expect_traps "a crash and a start, unseen" "$(trap_line vmCrashed one 4)" "$(trap_line vmRunning one 12)"
unseen kill_and_start_twice
expect_traps "two of them" "$(trap_line vmCrashed one 4)" "$(trap_line vmRunning one 12)" "$(trap_line vmCrashed one 4)" \
    "$(trap_line vmRunning one 12)"
unseen act "destroy one; start one"
expect_traps "destroy and start, unseen" "$(trap_line vmShuttingdown one 4)" "$(trap_line vmShutdown one 10)" "$(trap_line vmRunning one 11)"
unseen act "managedsave one; start one"
expect_traps "managed save and start, unseen" "$(trap_line vmSuspended one 4)" "$(trap_line vmResuming one 6)" "$(trap_line vmRunning one 7)"
no_more_traps "unseen changes"
step "unseen changes are reported"

for _ in 1 2 3 4 5; do
    act "suspend one; resume one"
    expect_traps "suspend and resume" "$(trap_line vmPaused one 4)" "$(trap_line vmRunning one 8)"
    kill_and_start
    expect_restart
done
no_more_traps "fast changes"
step "fast changes are reported"

act destroy one
expect_traps "destroy" "$(trap_line vmShuttingdown one 4)" "$(trap_line vmShutdown one 10)"
qemu_domain one > "$T/one.xml"
unseen define_again
expect_traps "undefined and defined again, unseen" "$(trap_line vmDeleted one 11 2)"
learn_indexes one
relist
act start one
expect_traps "start of the new one" "$(trap_line vmRunning one 11)"
no_more_traps "all"
OK
