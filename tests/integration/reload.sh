#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# SIGHUP applies a new filter at once.
# A bad file changes nothing and is reported. The hypervisors do not change.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpget snmpwalk libvirtd
need_root

start_libvirtd
start_snmpd
fill_shared_test_driver
configure_agent "hypervisor $SHARED_URI" 'filter active'
start_agent
wait_for 30 'row_of sh-paused'
equal active "$(gl $gl_filter)" glListingFilter
row_of sh-waiting && FAIL "an inactive domain has a row"

configure_agent "hypervisor $SHARED_URI" 'filter inactive autostart'
kill -HUP "$AGENT_PID"
wait_for 20 'row_of sh-waiting'
equal 'inactive autostart' "$(gl $gl_filter)" "glListingFilter after SIGHUP"
equal 1 "$(row_count)" "rows after SIGHUP"
step "a new filter is in force"

configure_agent "hypervisor $SHARED_URI" 'filter nonsense'
kill -HUP "$AGENT_PID"
wait_for 20 'grep -q "settings stay as they were" "$AGENT_LOG"'
grep -q 'line 2.*nonsense' "$AGENT_LOG" || FAIL "the log does not name the wrong line"
equal 'inactive autostart' "$(gl $gl_filter)" "glListingFilter after a bad file"
equal 1 "$(row_count)" "rows after a bad file"
alive "$AGENT_PID" || FAIL "a bad file ended the agent"
stop_agent || FAIL "SIGTERM ended the agent with status $?"
OK
