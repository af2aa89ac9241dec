#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The agent answers requests for names of up to 128 numbers, as many as SNMP has, and does not take longer ones.
# AgentX can carry 260, and snmpd sends no such names. So a master of this test's own sends them. The agent closes the connection
# and connects again.
. "$(dirname "$0")/lib.sh"
need python3

make_test_file "$T/states.xml"
(umask 0; tied python3 "$lib_dir/long-names.py" "$AGENTX" > "$T/master" 2>&1 < /dev/null) &
master=$!
wait_for 20 '[ -S "$AGENTX" ]'
start_agent -u "test://$T/states.xml"
wait_for 120 "! alive $master"
equal "answered, and closed" "$(cat "$T/master")" "what the master prints"
alive "$AGENT_PID" || FAIL "the agent ended: $(cat "$AGENT_LOG")"
stop_agent || FAIL "the agent ended with status $?"
step "each name of up to 128 numbers is answered"
