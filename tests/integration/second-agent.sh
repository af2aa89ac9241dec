#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A second agent at the same master logs once why it serves nothing.
# It serves as soon as the first one ends, even if snmpd was restarted meanwhile.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpget snmpwalk libvirtd
need_root

start_libvirtd
start_snmpd
fill_shared_test_driver
start_agent -u "$SHARED_URI"
wait_for 30 'row_of sh-paused'
first=$AGENT_PID

AGENT_LOG=$T/second.log
start_agent -u test:///default --state-dir "$T/state-second"
second=$AGENT_PID
wait_for 20 'grep -q "another AgentX subagent serves these objects" "$AGENT_LOG"'
! grep -q 'registering pdu failed' "$AGENT_LOG" || FAIL "the log has a message without an explanation"
row_of sh-paused > "$T/row" || FAIL "the rows of the first agent are gone"
step "the second agent logs why it serves nothing"

restart_snmpd
wait_for 40 'row_of sh-paused || row_of test'
if row_of test > "$T/row" 2> /dev/null; then # the agent that connects first serves
    step "the second agent connected first; now the first one waits"
    AGENT_PID=$first first=$second second=$AGENT_PID
    served=sh-paused
else
    served=test
fi
step "after a restart of snmpd, one of the two serves"

AGENT_PID=
end_process "$first" TERM 5 || FAIL "the agent that served did not stop"
AGENT_PID=$second
wait_for 20 "row_of $served"
step "the other one serves"
OK
