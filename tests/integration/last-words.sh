#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What a thread logs while the agent ends is in the log, even if another thread hangs and the agent ends without it.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/obstacles.sh"
need virsh snmpget libvirtd
need_root
need_obstacles

start_libvirtd
start_snmpd
fill_shared_test_driver
configure_agent 'interval 1'
start_agent -u "$SHARED_URI"
wait_for 30 'row_of sh-paused'

obstacle xml delay 60000
made=$(calls_made xml)
test_domain another "$(uuid_of another)" > "$T/another.xml"
on_shared "define $T/another.xml" > "$T/out" 2>&1 || FAIL "$(cat "$T/out")"
wait_for 20 "[ \$(calls_made xml) -gt $made ]"
step "a call for the XML of a domain hangs"

# The connection breaks in the middle of a listing that ends after the agent has been told to end.
obstacle list delay 1500
made=$(calls_made list)
wait_for 20 "[ \$(calls_made list) -gt $made ]"
obstacle states cut
! grep -q 'connection lost' "$AGENT_LOG" || FAIL "the connection broke too early"
stop_agent || FAIL "SIGTERM ended the agent with status $?"
grep -q 'connection lost' "$AGENT_LOG" || FAIL "the log ends with: $(tail -n 3 "$AGENT_LOG")"
OK
