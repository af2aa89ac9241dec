#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# sysORTable lists the statements of GUESTLIST-CAPABILITIES that are true.
# By default they state read-only access. Settings of the administrator change them, also on a reload.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need snmpget snmpwalk

# shellcheck disable=SC2154 # from agent.sh
capabilities=$guestlist_mib.3

# Prints the numbers of the agent's statements in sysORTable.
capabilities_listed() { walk 1.3.6.1.2.1.1.9.1.2 | sed -n "s/.*OID: \.$capabilities\.//p" | sort -n | paste -sd,; }

start_snmpd
configure_agent
start_agent -u test:///default
wait_for 30 '[ "$(capabilities_listed)" = 1,3,5 ]'
walk 1.3.6.1.2.1.1.9.1.3 | grep -q 'VM-MIB (RFC 7666)' || FAIL "sysORDescr does not name VM-MIB"
configure_agent 'writableSwitches yes' 'allowControl yes'
kill -HUP "$AGENT_PID"
wait_for 30 '[ "$(capabilities_listed)" = 2,4,5 ]'
configure_agent 'allowControl yes'
kill -HUP "$AGENT_PID"
wait_for 30 '[ "$(capabilities_listed)" = 1,4,5 ]'
restart_snmpd
wait_for 60 '[ "$(capabilities_listed)" = 1,4,5 ]'
stop_agent || FAIL "the agent ended with status $?"
wait_for 20 '[ "$(capabilities_listed)" = "" ]'
OK
