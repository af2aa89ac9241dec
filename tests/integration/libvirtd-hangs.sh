#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# While libvirtd hangs (SIGSTOP), SNMP answers as fast as before, from the last listing.
# The age of the listing grows. States that are too old read unknown. All values are current again when libvirtd continues.
# It mostly waits.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpget snmpwalk libvirtd
need_root

start_libvirtd
start_snmpd
fill_shared_test_driver
configure_agent 'interval 1' 'staleAfter 8'
start_agent -u "$SHARED_URI"
wait_for 30 'row_of sh-paused'
rows=$(row_count)

pause_libvirtd
wait_for 30 "[ \"\$(gl $gl_age)\" -ge 250 ]"
equal 8 "$(vm $vm_oper_state sh-paused)" "a state that is three seconds old"
equal $connected "$(gl $gl_status)" "the status before staleAfter"
wait_for 30 "[ \"\$(gl $gl_status)\" = $stale ]"
equal 1 "$(vm $vm_oper_state sh-paused)" "a state older than staleAfter"
equal "$rows" "$(row_count)" "rows stay while libvirt hangs"
equal 3 "$(vm $vm_admin_state sh-paused)" "vmAdminState keeps its last value"
step "the status is stale"

# The client gives up after two seconds. An answer that waited for libvirt would be too late.
for _ in 1 2 3 4 5 6 7 8 9 10; do
    snmp snmpwalk -t 2 -r 0 -Onet "127.0.0.1:$SNMP_PORT" $vm_mib > "$T/walk" || FAIL "a walk had to wait for libvirt"
done
step "walks are answered at once"

# Keepalive detects a peer that hangs for a long time.
wait_for 40 "[ \"\$(gl $gl_status)\" = $disconnected ]"
case $(gl $gl_last_error) in *'connection'*) ;; *) FAIL "glHypervisorLastError is '$(gl $gl_last_error)'" ;; esac
equal "$rows" "$(row_count)" "rows stay when the connection is given up"
equal 1 "$(grep -c 'connection lost' "$AGENT_LOG")" "messages about the lost connection"
step "the status is disconnected"

resume_libvirtd
wait_for 30 "[ \"\$(gl $gl_status)\" = $connected ]"
# The test driver forgets its domains with its last connection, unless the agent has connected again before.
on_shared domid sh-paused > "$T/virsh.out" 2>&1 || fill_shared_test_driver
wait_for 30 "[ \"\$(vm $vm_oper_state sh-paused)\" = 8 ]"
equal '' "$(gl $gl_last_error)" "glHypervisorLastError once connected"
equal 1 "$(gl $gl_reconnects)" glHypervisorReconnects
grep -q 'connected again' "$AGENT_LOG" || FAIL "the log does not report the recovery"
pause_libvirtd
stop_agent || FAIL "with libvirtd hanging, SIGTERM ended the agent with status $?"
resume_libvirtd
OK
