#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# If snmpd starts late or restarts, the agent reports it once, keeps trying and serves the same rows again.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpget snmpwalk libvirtd
need_root

start_libvirtd
make_test_file "$T/states.xml"
test_domains "$T/states.xml"
configure_agent 'agentXPingInterval 1'
start_agent -u "$TEST_URI"
wait_for 30 'grep -q "no AgentX master answers" "$AGENT_LOG"'
start_snmpd
wait_for 20 'row_of st-paused'
step "serves a master that started late"
equal 1 "$(grep -c 'no AgentX master answers' "$AGENT_LOG")" "messages about the missing master"

row=$(row_of st-paused)
for signal in TERM KILL TERM; do
    restart_snmpd $signal
    wait_for 20 'row_of st-paused'
    equal "$row" "$(row_of st-paused)" "the index after snmpd's restart"
done
alive "$AGENT_PID" || FAIL "the agent ended when snmpd restarted"
step "serves the master after three restarts"

# A clean end sends an AgentX Close. The rows are gone at once, without the time-out of the master.
equal 3 "$(walk 1.3.6.1.2.1.1.9.1.2 | grep -c "OID: \.$guestlist_mib\.3\.")" "entries of the agent in sysORTable"
stop_agent || FAIL "SIGTERM ended the agent with status $?"
snmp snmpget -t 1 -r 0 -Onet "127.0.0.1:$SNMP_PORT" $vm_mib.1.2.0 > "$T/out" 2>&1
grep -q 'No Such Object' "$T/out" || FAIL "after a clean end the master answers: $(cat "$T/out")"
OK
