#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The command line overrides the configuration file, also after SIGHUP: AgentX address, hypervisor, filter.
# The password in a URI is never shown, neither in an error message nor in an SNMP value.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need snmpget snmpwalk
start_snmpd
make_test_file "$T/states.xml"
configure_agent 'agentXSocket /nowhere/agentx' 'hypervisor qemu:///system' 'filter inactive' 'agentXPingInterval 1'
start_agent -u "test://$T/states.xml" -F state-paused
wait_for 30 'row_of st-paused'
equal 1 "$(row_count)" "rows that match the filter of the command line"
equal state-paused "$(gl $gl_filter)" glListingFilter
equal "test://$T/states.xml" "$(gl $gl_uri)" glHypervisorUri
kill -HUP "$AGENT_PID"
wait_for 20 'grep -q "reload: done" "$AGENT_LOG"'
restart_snmpd
wait_for 30 'row_of st-paused'
equal state-paused "$(gl $gl_filter)" "glListingFilter after SIGHUP"
stop_agent || FAIL "SIGTERM ended the agent with status $?"
step "the command line wins"

secret=hunter2
"$GUESTLISTD" -C --once -u "qemu+rsh://me:$secret@host/system" > "$T/out" 2>&1
grep -q 'me:\*\*\*@host' "$T/out" || FAIL "the refused URI is shown as: $(cat "$T/out")"
uri="qemu+tcp://me:$secret@127.0.0.1:1/system"
"$GUESTLISTD" -C --once -u "$uri" >> "$T/out" 2>&1
start_agent -u "$uri"
wait_for 30 "[ \"\$(gl $gl_status)\" = $connecting ] && [ -n \"\$(gl $gl_last_error)\" ]"
equal 'qemu+tcp://me:***@127.0.0.1:1/system' "$(gl $gl_uri)" glHypervisorUri
walk $guestlist_mib >> "$T/out"
cat "$AGENT_LOG" "$T/agent.out" >> "$T/out"
grep -n $secret "$T/out" && FAIL "the password is shown"
OK
