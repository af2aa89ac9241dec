#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Each PDU that no master may send ends the connection: garbage, other versions and types, wrong lengths, names of more than
# 128 numbers, cut PDUs, steps of a SET out of order, and requests that have the number of a request of the agent's own. The
# agent lives on, reports it without a flood, and serves a good master.
# It mostly waits.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/hostile-master.sh"
need python3 snmpget snmpwalk snmpd

start_agent_at_good_master
start_master Faults
await_shown 150
faults=$(grep -c '^ended after' "$MASTER_LOG")
[ "$faults" -ge 40 ] || FAIL "only $faults faults were shown"
wait_for 20 'grep -q "^served" "$MASTER_LOG"'
step "$faults faults, $(connections) connections"
agent_is_calm
agent_memory_within 40
log_has_few_lines_for "$(connections)"
grep -q 'the connection to the AgentX master is closed: ' "$AGENT_LOG" || FAIL "the log does not say why"
stop_master
good_master_is_served
OK
