#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A master asks for all that it may ask for: names of 128 numbers, the largest PDUs, the most repetitions of a GetBulk, sessions that
# do not exist, 10,000 requests without a pause. Each is answered, and no memory is left behind.
# It mostly waits.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/hostile-master.sh"
need python3 snmpget snmpwalk snmpd

start_agent_at_good_master
for behaviour in long_names huge_bulk wrong_sessions large_pdus flood; do
    start_master $behaviour
    await_shown 60
    agent_is_calm
    step $behaviour
    stop_master
done
agent_memory_within 100
log_has_at_most 40
good_master_is_served
OK
