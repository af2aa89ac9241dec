#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A master closes each connection: at once, after the first PDU, in the middle of the registration, in the middle of a PDU of its
# own, or it is no master at all. There is one attempt for each interval, not more and more of them, and the log is not
# flooded.
# It mostly waits.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/hostile-master.sh"
need python3 snmpget snmpwalk snmpd

total=0
start_agent_at_good_master
registered='registered 3'
for behaviour in closes_at_once closes_after_open closes_in_registration closes_in_pdu http; do
    start_master $behaviour
    start=$(now)
    wait_for 60 "[ \$(connections) -ge 5 ]"
    agent_is_calm
    # An attempt may wait for an answer in vain, but never comes sooner. One more: the first does not wait.
    awk -v n="$(connections)" -v s="$(since "$start")" 'BEGIN { exit !(n <= s + 2) }' ||
        FAIL "$behaviour: $(connections) connections within $(since "$start") s"
    total=$((total + $(connections)))
    step "$behaviour: $(connections) connections within $(since "$start") s"
    stop_master
    # Whenever the connection ended, the next session registers everything.
    start_master good
    wait_for 20 'grep -q "^served" "$MASTER_LOG"'
    equal "$registered" "$(grep '^registered' "$MASTER_LOG")" "what the agent registers after $behaviour"
    stop_master
done
agent_memory_within 20
log_has_few_lines_for $total
good_master_is_served
OK
