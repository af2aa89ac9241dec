#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A master answers no Open, no Register, nothing at all from some time on, or refuses each registration. The agent waits without
# spinning, says so, and serves a good master.
# It mostly waits.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/hostile-master.sh"
need python3 snmpget snmpwalk snmpd

start_agent_at_good_master

start_master never_answers_open
wait_for 30 '[ "$(connections)" -ge 2 ]'
agent_is_calm
stop_master
step "no answer to Open"

start_master never_answers_register
wait_for 40 'grep -q "it does not answer a registration" "$AGENT_LOG"'
wait_for 30 '[ "$(connections)" -ge 2 ]'
agent_is_calm
stop_master
step "no answer to Register"

start_master refuses_register
wait_for 40 'grep -q "the AgentX master refuses a registration, error 262" "$AGENT_LOG"'
refusals=$(grep -c '^register' "$MASTER_LOG")
wait_for 30 "[ \$(grep -c '^register' $MASTER_LOG) -gt $refusals ]" # it tries again
agent_is_calm
equal 1 "$(grep -c 'refuses a registration' "$AGENT_LOG")" "how often the log says that it is refused"
stop_master
step "each registration is refused"

start_master never_answers_again
wait_for 40 'grep -q "failed to respond to ping" "$AGENT_LOG"'
agent_is_calm
stop_master
step "no answer any more"

agent_memory_within 20
log_has_at_most 60
good_master_is_served
OK
