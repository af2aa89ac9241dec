#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# snmpd uses one file of the module at a time. If snmpd.conf loads the module twice, the first line counts, and the log says so.
# If snmpd.conf names another file after SIGHUP, that one takes over, with the settings of snmpd.conf.
AGENT_IN_SNMPD=yes
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need snmpget
need_root

first=$T/program/guestlist-snmpd.so second=$T/program/second.so

reload_snmpd() {
    : > "$AGENT_LOG"
    kill -HUP "$SNMPD_PID"
    wait_for 10 'grep -q "Reconfiguring daemon" "$AGENT_LOG"'
}

# The module serves the hypervisor of snmpd.conf, not another one, and snmpd knows its directives.
is_served() { # WHAT
    wait_for 20 "gl $gl_uri && row_of test"
    equal test:///default "$(gl $gl_uri)" "the hypervisor: $1"
    ! grep 'Unknown token' "$AGENT_LOG" || FAIL "snmpd does not know the directives: $1"
}

start_snmpd
configure_agent 'interval 1'
start_agent -u test:///default
cp "$first" "$second"
wait_for 20 'row_of test'
sed -i "/^dlmod guestlist /p" "$T/snmpd/snmpd.conf"
reload_snmpd
wait_for 10 'grep -q "guestlist: .*loads $first twice" "$AGENT_LOG"'
is_served "the same file twice"
step "two lines for one file"

sed -i "$ a dlmod guestlist $second" "$T/snmpd/snmpd.conf"
for _ in 1 2; do
    reload_snmpd
    wait_for 10 'grep -q "guestlist: $second is not used, .* loads $first already" "$AGENT_LOG"'
    wait_for 10 'grep -q "guestlist: reload: done" "$AGENT_LOG"'
    is_served "two files"
done
restart_snmpd
is_served "two files at the start"
step "two files"

sed -i "/^dlmod guestlist /d; /^includeFile/i dlmod guestlist $second" "$T/snmpd/snmpd.conf"
for _ in 1 2 3; do
    reload_snmpd
    is_served "another file"
done
sed -i "s,^dlmod guestlist .*,dlmod guestlist $first," "$T/snmpd/snmpd.conf"
for _ in 1 2; do
    reload_snmpd
    is_served "the first file again"
done
step "another file after SIGHUP"
stop_agent || FAIL "SIGTERM ended snmpd with status $?"
! gl $gl_serial || FAIL "rows without a module"
OK
