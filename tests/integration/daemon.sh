#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Without -f, the agent goes to the background and runs as an ordinary user.
# It uses libvirt's read-only socket. It removes its pid file when it ends. No object is writable.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpget snmpwalk snmpset libvirtd setpriv
need_root

start_libvirtd
start_snmpd
fill_shared_test_driver
mkdir -m 700 "$T/nobody"
cp "$GUESTLISTD" "$T/nobody/guestlistd" 2> /dev/null
case $(file -b "$GUESTLISTD" 2> /dev/null) in *script*) cp "$top_builddir/.libs/guestlistd" "$T/nobody/guestlistd" 2> /dev/null ;; esac
chown -R nobody "$T/nobody"
chown nobody "$AGENTX"
uri="test+unix:///default?socket=$LIBVIRT_SOCK_RO"
SNMPCONFPATH=$T/nobody SNMP_PERSISTENT_DIR=$T/nobody setpriv --reuid nobody --regid "$(id -g nobody)" --clear-groups -- \
    "$T/nobody/guestlistd" -x "$AGENTX" -u "$uri" --state-dir "$T/nobody/state" -p "$T/nobody/pid" -Lf "$T/nobody/log" ||
    FAIL "the agent did not start: $?"
wait_for 20 '[ -s "$T/nobody/pid" ]'
AGENT_PID=$(cat "$T/nobody/pid")
AGENT_LOG=$T/nobody/log
wait_for 30 'row_of sh-paused'
equal nobody "$(ps -o user= -p "$AGENT_PID")" "the user of the process"
[ -s "$T/nobody/state/vmindex" ] || FAIL "it did not write its indexes"
step "runs as an ordinary user"

put $vm_mib.1.9.0 i 1 > "$T/out" 2>&1 && FAIL "a SET was accepted"
grep -q notWritable "$T/out" || FAIL "a SET was refused with: $(cat "$T/out")"
equal 2 "$(value $vm_mib.1.9.0)" "vmPerVMNotificationsEnabled"

kill "$AGENT_PID"
wait_for 20 '! alive "$AGENT_PID"'
[ ! -e "$T/nobody/pid" ] || FAIL "the pid file is left behind"
AGENT_PID=
OK
