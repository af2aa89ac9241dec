#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# vmIndex belongs to a domain permanently.
# It stays when the agent restarts, and when the domain goes and comes back. A damaged index file is moved aside. If the state
# directory is not writable, the agent reports this once and runs.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpget snmpwalk libvirtd
need_root

start_libvirtd
start_snmpd
fill_shared_test_driver
on_shared "undefine sh-shutoff" > "$T/out"
configure_agent 'interval 1'
start_agent -u "$SHARED_URI"
wait_for 30 'row_of sh-paused'
paused=$(row_of sh-paused)
transient=$(row_of sh-transient)
on_shared destroy sh-transient > "$T/out"
wait_for 20 '! row_of sh-transient'
on_shared define "$T/sh-shutoff.xml" > "$T/out"
wait_for 20 'row_of sh-shutoff'
newest=$(row_of sh-shutoff)
[ "$newest" != "$transient" ] || FAIL "an index was reused although its domain might come back"
on_shared create "$T/sh-transient.xml" > "$T/out"
wait_for 20 'row_of sh-transient'
equal "$transient" "$(row_of sh-transient)" "the index of a domain that came back"
step "indexes stay with their domains"

changed=$(value $vm_mib.1.3.0)
stop_agent || FAIL "SIGTERM ended the agent with status $?"
start_agent -u "$SHARED_URI"
wait_for 30 'row_of sh-paused'
equal "$paused $newest $transient" "$(row_of sh-paused) $(row_of sh-shutoff) $(row_of sh-transient)" \
    "indexes after the agent's restart"
[ "$(value $vm_mib.1.3.0)" -ge 0 ] && [ "$changed" -gt 0 ] || FAIL "vmTableLastChange is lost"
stop_agent

sed -i '$d' "$T/state/vmindex" # cut short
start_agent -u "$SHARED_URI"
wait_for 30 'row_of sh-paused'
grep -q 'vmindex: line .*expected.*moved to .*vmindex%damaged' "$AGENT_LOG" || FAIL "the damage is not reported: $(cat "$AGENT_LOG")"
[ -s "$T/state/vmindex%damaged" ] && [ -s "$T/state/vmindex" ] || FAIL "the damaged file was not moved aside"
stop_agent
step "a damaged file is moved aside"

# No user can make this directory.
: > "$AGENT_LOG"
start_agent -u "$SHARED_URI" --state-dir /proc/no-directory
wait_for 30 'row_of sh-paused'
for action in destroy start destroy start; do
    on_shared $action sh-autostart > "$T/out"
    next_listing 30
done
equal 1 "$(grep -c "no-directory" "$AGENT_LOG")" "messages about the directory: $(cat "$AGENT_LOG")"
OK
