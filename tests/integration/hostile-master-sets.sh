#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A master begins hundreds of large SETs and ends none. Net-SNMP's library keeps each until it ends. The agent closes the connection
# when too many are unfinished, ends them all, and so its memory stays bounded.
# It mostly waits.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/hostile-master.sh"
need python3 snmpget snmpwalk snmpd

start_agent_at_good_master
start_master set_flood
wait_for 60 "[ \$(connections) -ge 4 ]"
agent_memory_within 100
wait_for 60 "[ \$(connections) -ge 12 ]"
agent_memory_within 100
grep -q 'too many SETs are unfinished' "$AGENT_LOG" || FAIL "the log does not say why"
agent_is_calm
log_has_few_lines_for "$(connections)"
stop_master
good_master_is_served
OK
