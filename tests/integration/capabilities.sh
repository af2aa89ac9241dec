#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# sysORTable names the statements of GUESTLIST-CAPABILITIES that hold: read-only as it comes, others by what the
# administrator allows, also after a reload.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need snmpget snmpwalk

# shellcheck disable=SC2154 # from agent.sh
capabilities=$guestlist_mib.3

# The numbers of the statements that sysORTable has of the agent.
stated() { walk 1.3.6.1.2.1.1.9.1.2 | sed -n "s/.*OID: \.$capabilities\.//p" | sort -n | paste -sd,; }

start_snmpd
configure_agent
start_agent -u test:///default
wait_for 30 '[ "$(stated)" = 1,3,5 ]'
walk 1.3.6.1.2.1.1.9.1.3 | grep -q 'VM-MIB (RFC 7666)' || FAIL "sysORDescr does not name VM-MIB"
configure_agent 'writableSwitches yes' 'allowControl yes'
kill -HUP "$AGENT_PID"
wait_for 30 '[ "$(stated)" = 2,4,5 ]'
configure_agent 'allowControl yes'
kill -HUP "$AGENT_PID"
wait_for 30 '[ "$(stated)" = 1,4,5 ]'
restart_snmpd
wait_for 60 '[ "$(stated)" = 1,4,5 ]'
stop_agent || FAIL "the agent ended with status $?"
wait_for 20 '[ "$(stated)" = "" ]'
OK
