#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What came and went between two listings is still told, once: the agent is stopped (SIGSTOP) meanwhile, so that it surely sees
# only where it ended. And the same as it comes, without that help.
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

# As a watchdog does it: at once.
kill_and_start() {
    kill -KILL "$(qemu_pid one)"
    wait_for 20 "on_qemu start one"
}

kill_and_start_twice() {
    kill_and_start
    kill_and_start
}

define_anew() {
    act "undefine one; define $T/one.xml"
}

# The row may have been seen as preparing(3) meanwhile.
expect_restart() {
    local before=12
    wait_for 30 '[ "$(new_traps | wc -l)" -ge 2 ]'
    [ "$(new_traps | awk '$1 == "vmRunning" { print $4 }')" != 3 ] || before=3
    expect_traps "a crash and a start" "$(told vmCrashed one 4)" "$(told vmRunning one $before)"
}

unseen act "suspend one; resume one"
expect_traps "suspend and resume, unseen" "$(told vmPaused one 4)" "$(told vmRunning one 8)"
unseen act "suspend one; resume one; suspend one; resume one; suspend one"
expect_traps "the same, again and again" "$(told vmPaused one 4)" "$(told vmRunning one 8)" "$(told vmPaused one 4)" \
    "$(told vmRunning one 8)" "$(told vmPaused one 4)"
act resume one
expect_traps "resume" "$(told vmRunning one 8)"
unseen kill_and_start
expect_traps "a crash and a start, unseen" "$(told vmCrashed one 4)" "$(told vmRunning one 12)"
unseen kill_and_start_twice
expect_traps "two of them" "$(told vmCrashed one 4)" "$(told vmRunning one 12)" "$(told vmCrashed one 4)" \
    "$(told vmRunning one 12)"
unseen act "destroy one; start one"
expect_traps "destroy and start, unseen" "$(told vmShuttingdown one 4)" "$(told vmShutdown one 10)" "$(told vmRunning one 11)"
unseen act "managedsave one; start one"
expect_traps "managed save and start, unseen" "$(told vmSuspended one 4)" "$(told vmResuming one 6)" "$(told vmRunning one 7)"
no_more_traps "what was unseen"
step "unseen changes are told"

for _ in 1 2 3 4 5; do
    act "suspend one; resume one"
    expect_traps "suspend and resume" "$(told vmPaused one 4)" "$(told vmRunning one 8)"
    kill_and_start
    expect_restart
done
no_more_traps "what was fast"
step "fast changes are told"

act destroy one
expect_traps "destroy" "$(told vmShuttingdown one 4)" "$(told vmShutdown one 10)"
qemu_domain one > "$T/one.xml"
unseen define_anew
expect_traps "undefined and defined anew, unseen" "$(told vmDeleted one 11 2)"
learn_indexes one
relist
act start one
expect_traps "start of the new one" "$(told vmRunning one 11)"
no_more_traps "all"
OK
