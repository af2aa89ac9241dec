#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A master sends requests and never reads an answer. The agent must not wait for it for ever: it closes the connection, and can be
# stopped.
# It mostly waits.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/hostile-master.sh"
need python3 snmpget snmpwalk snmpd

start_agent_at_good_master
start_master never_reads
wait_for 60 "[ \$(connections) -ge 3 ]"
grep -q 'it does not read what the agent sends' "$AGENT_LOG" || FAIL "the log does not say why"
agent_memory_within 40
stop_master
agent_is_calm
good_master_is_served
OK
