#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Without a change there is no notification: not when the agent starts, not when libvirtd or snmpd was away.
# If a change happened while libvirtd was away, exactly this change is reported.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/traps.sh"
need virsh snmpget snmpwalk libvirtd qemu-system-x86_64
need_root

start_libvirtd
start_snmptrapd
start_snmpd "$(trapsink)"
define_marker on_qemu
for name in s-running s-paused s-killed s-started s-off s-gone s-saved; do define_qemu $name; done
on_qemu "start s-running; start s-paused; suspend s-paused; start s-killed; start s-saved" > "$T/out" || FAIL "$(cat "$T/out")"
on_qemu managedsave s-saved > "$T/out" || FAIL "$(cat "$T/out")"
create_qemu s-transient

configure_agent 'interval 3600'
start_agent -u "$QEMU_URI"
wait_for 30 'row_of s-transient'
act "suspend s-running; resume s-running; suspend s-running"
wait_for 20 "[ \"\$(vm $vm_oper_state s-running)\" = 8 ]"
act resume s-running
wait_for 20 "[ \"\$(vm $vm_oper_state s-running)\" = 4 ]"
relist
stop_agent || FAIL "the agent ended with status $?"
equal '' "$(traps_since 0)" "notifications, which are off by default"

configure_agent 'interval 3600' 'notifications perVM'
start_agent -u "$QEMU_URI"
wait_for 30 'row_of s-transient'
learn_indexes marker s-running s-paused s-killed s-started s-off s-gone s-saved s-transient
no_more_traps "the agent's start"
stop_agent || FAIL "the agent ended with status $?"
act resume s-paused
act suspend s-paused
act start s-started
start_agent -u "$QEMU_URI"
wait_for 30 'row_of s-transient'
no_more_traps "the agent's second start, though there were changes"
step "no notifications at the start"

away_and_back() { # [COMMAND...]
    local reconnects
    reconnects=$(gl "$gl_reconnects")
    stop_libvirtd TERM
    wait_for 30 "[ \"\$(gl $gl_status)\" = $disconnected ]"
    [ $# = 0 ] || "$@"
    launch_libvirtd main
    wait_for 60 "[ \"\$(gl $gl_status)\" = $connected ] && [ \$(gl $gl_reconnects) -gt $reconnects ]"
}

away_and_back
no_more_traps "libvirtd was away"
away_and_back
no_more_traps "libvirtd was away again"
restart_snmpd
wait_for 60 'row_of marker'
no_more_traps "snmpd was away"
step "no notifications after restarts"

# Meanwhile a guest ends, one definition is removed, and another one is added.
meanwhile() {
    kill -KILL "$(qemu_pid s-killed)"
    rm "$(libvirtd_dir)/etc/qemu/s-gone.xml"
    qemu_domain s-new > "$(libvirtd_dir)/etc/qemu/s-new.xml"
}

away_and_back meanwhile
# libvirtd decides how it reports a guest that died while libvirtd was away.
case $(on_qemu domstate s-killed --reason) in
    *crashed*) lost=$(trap_line vmCrashed s-killed 4) ;;
    *) lost=$(trap_line vmShutdown s-killed 4) ;;
esac
wait_for 30 'row_of s-new'
expected=$(printf '%s\n' "$lost" "$(trap_line vmDeleted s-gone 11 2)" | sort)
wait_for 30 "[ \$(new_traps | wc -l) -ge 2 ]"
equal "$expected" "$(new_traps | sort)" "the differences"
traps_expected=$((traps_expected + 2))
no_more_traps "the differences"
step "differences only"

# A domain that leaves the filter is not reported as deleted.
stop_agent || FAIL "the agent ended with status $?"
configure_agent 'interval 3600' 'notifications perVM' 'filter active'
start_agent -u "$QEMU_URI"
wait_for 30 'row_of s-running'
learn_indexes s-running s-transient marker
act destroy s-running
wait_for 30 '! row_of s-running'
expect_traps "out of the filter" "$(trap_line vmShuttingdown s-running 4)" "$(trap_line vmShutdown s-running 10)"
act start s-running
wait_for 30 'row_of s-running'
learn_indexes s-running
expect_traps "into the filter" "$(trap_line vmRunning s-running 11)"
act destroy s-transient
expect_traps "deleted" "$(trap_line vmShuttingdown s-transient 4)" "$(trap_line vmShutdown s-transient 10)" \
    "$(trap_line vmDeleted s-transient 11 3)"
no_more_traps "the filter"
configure_agent 'interval 3600' 'notifications perVM' 'filter inactive'
kill -HUP "$AGENT_PID"
wait_for 30 'row_of s-off'
configure_agent 'interval 3600' 'notifications perVM'
kill -HUP "$AGENT_PID"
wait_for 30 'row_of marker'
no_more_traps "another filter"
OK
