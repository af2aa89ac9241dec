#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# guestlistd and the module cannot serve the same objects at one snmpd. The first one serves them, and the log of the other has
# the reason. The module takes over when snmpd reloads after the end of guestlistd, and keeps its objects when guestlistd starts again.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need snmpget
need_root
[ "${SANITIZERS:-no}" = no ] || SKIP "snmpd itself has no sanitizers, and this test starts it without their library"

start_snmpd
configure_agent 'interval 1'
start_agent -u test:///default
wait_for 20 'row_of test'
serial=$(gl $gl_serial)

printf '%s\n' "dlmod guestlist $top_builddir/.libs/guestlist-snmpd.so" 'guestlistHypervisor test:///default' 'guestlistInterval 3600' \
    "guestlistStateDirectory $T/module-state" >> "$T/snmpd/snmpd.conf"
kill -HUP "$SNMPD_PID"
wait_for 20 'grep -q "guestlist: .*is not served yet.*guestlistd serves them" "$T/snmpd.log"'
wait_for 20 "[ \"\$(gl $gl_serial)\" -gt $((serial + 1)) ]" # an hour is too long for the module
row_of test > "$T/out" || FAIL "guestlistd does not serve the row any more"
step "guestlistd serves the objects, and the module does not"

stop_agent || FAIL "guestlistd ended with status $?"
kill -HUP "$SNMPD_PID" # otherwise it tries each minute
wait_for 20 'grep -q "guestlist: .*snmpd has accepted all objects now" "$T/snmpd.log"'
row_of test > "$T/out" || FAIL "the module does not serve the row"
step "the module takes over"

start_agent -u test:///default
wait_for 20 'grep -q "another AgentX subagent serves these objects" "$AGENT_LOG"'
row_of test > "$T/out" || FAIL "the module does not serve the row any more"
alive "$SNMPD_PID" || FAIL "snmpd ended"
OK
