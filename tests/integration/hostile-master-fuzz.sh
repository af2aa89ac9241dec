#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Thousands of random requests, most of them as a master may send them, some of them with random changes. The environment may say:
# HOSTILE_SECONDS (15), HOSTILE_SEED (the time).
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/hostile-master.sh"
need python3 snmpget snmpwalk snmpd

seed=${HOSTILE_SEED:-$(date +%s)} seconds=${HOSTILE_SECONDS:-15}
step "HOSTILE_SEED=$seed HOSTILE_SECONDS=$seconds"
start_agent_at_good_master
start_master Fuzz "$seed" "$seconds"
await_shown $((seconds + 60))
sent=$(awk '/^sent/ { print $2 }' "$MASTER_LOG")
[ "$sent" -ge 100 ] || FAIL "only $sent PDUs were sent"
step "$sent PDUs, $(connections) connections"
agent_is_calm
log_has_few_lines_for "$(connections)"
agent_memory_within 100
stop_master
good_master_is_served
OK
