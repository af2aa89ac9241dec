#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# LIBVIRT-MIB's notification has its own switch.
# Users of libvirt-snmp can get it alone, one for each change of a state. perVM sends the notifications of VM-MIB, without a
# second one for the same change. A reload turns the switch.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/traps.sh"
need virsh snmpget snmpwalk libvirtd snmptrapd
need_root

notif() { echo "$guest_kind $1 $(uuid_of "$1") $2 1"; } # NAME STATE
all_kinds="$vm_kinds|$guest_kind|$bulk_kinds|$changed_kind|$hypervisor_kinds"

# All notifications since the last call, of any kind, must be exactly these LINEs.
expect_all() { # WHAT LINE...
    local what=$1
    shift
    wait_for 30 "traps_since $begin '$all_kinds' > $T/traps; cat $T/traps; [ \$(wc -l < $T/traps) -ge $# ]"
    equal "$(printf '%s\n' "$@" | sort)" "$(traps_since "$begin" "$all_kinds" | sort)" "$what"
    begin=$(mark)
}

start_libvirtd
start_snmptrapd
start_snmpd "$(trapsink)"
fill_shared_test_driver
configure_agent 'libvirtMibNotifications yes'
start_agent -u "$SHARED_URI"
wait_for 30 'row_of sh-paused'
begin=$(mark)
on_shared "suspend sh-running" > "$T/out" || FAIL "$(cat "$T/out")"
expect_all "a pause with libvirt's switch" "$(notif sh-running 3)"
on_shared "autostart sh-running; resume sh-running" > "$T/out" || FAIL "$(cat "$T/out")"
expect_all "a resume with libvirt's switch" "$(notif sh-running 1)"
step "notifications of LIBVIRT-MIB alone"

configure_agent 'notifications perVM'
kill -HUP "$AGENT_PID"
wait_for 10 'grep -q "reload: done" "$AGENT_LOG"'
begin=$(mark)
on_shared "suspend sh-running" > "$T/out" || FAIL "$(cat "$T/out")"
expect_all "a pause with perVM" "$(trap_line vmPaused sh-running 4)"
step "notifications of VM-MIB alone"

configure_agent 'notifications perVM' 'libvirtMibNotifications yes'
kill -HUP "$AGENT_PID"
wait_for 10 '[ "$(grep -c "reload: done" "$AGENT_LOG")" = 2 ]'
on_shared "resume sh-running" > "$T/out" || FAIL "$(cat "$T/out")"
expect_all "a resume with both" "$(trap_line vmRunning sh-running 8)" "$(notif sh-running 1)"
step "both"
stop_agent || FAIL "SIGTERM ended the agent with status $?"
OK
