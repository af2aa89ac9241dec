#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# snmpd reloads, unloads and ends the module at any time, also while libvirtd hangs (SIGSTOP).
# A SIGHUP keeps the collectors, rows and indexes of hypervisors that did not change. A hypervisor that is not configured any more
# leaves, even if its thread hangs, and can come back. snmpd always answers soon, and ends with status 0.
AGENT_IN_SNMPD=yes
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpget snmpwalk libvirtd
need_root

# Sends SIGHUP to snmpd and waits until it has read its configuration. The client gives up after three seconds.
reload_snmpd() {
    local before
    before=$(grep -c 'Reconfiguring daemon' "$T/snmpd.log")
    kill -HUP "$SNMPD_PID"
    wait_for 10 "[ \$(grep -c 'Reconfiguring daemon' $T/snmpd.log) -gt $before ]"
    SNMP_TIMEOUT=3 value 1.3.6.1.2.1.1.3.0 > "$T/out" || FAIL "snmpd does not answer after SIGHUP: $1"
}

is_gone() { ! gl $gl_serial && ! value $vm_mib.1.2.0; }

threads() { find "/proc/$SNMPD_PID/task" -mindepth 1 -maxdepth 1 | wc -l; }

start_libvirtd
start_snmpd
fill_shared_test_driver
configure_agent 'interval 1' "hypervisor $SHARED_URI"
threads_before=$(threads)
start_agent
wait_for 30 'row_of sh-paused'
wait_for 30 "[ \$(gl $gl_serial) -ge 3 ]"
indexes=$(hex_column $vm_entry.$vm_uuid)

serial=$(gl $gl_serial)
reload_snmpd "nothing has changed"
[ "$(gl $gl_serial)" -ge "$serial" ] || FAIL "a SIGHUP started the collector anew"
equal "$indexes" "$(hex_column $vm_entry.$vm_uuid)" "rows and indexes after SIGHUP"
equal 0 "$(gl $gl_reconnects)" "reconnects after SIGHUP"
step "a SIGHUP keeps the hypervisor"

pause_libvirtd
wait_for 30 "[ \"\$(gl $gl_age)\" -ge 250 ]"
reload_snmpd "libvirtd hangs"
equal "$indexes" "$(hex_column $vm_entry.$vm_uuid)" "rows and indexes after SIGHUP while libvirtd hangs"
step "a SIGHUP while libvirtd hangs"

unload_module
reload_snmpd "the module is unloaded while libvirtd hangs"
wait_for 5 is_gone
grep -q "guestlist: nothing is served any more: .* no line for $T/program/guestlist-snmpd.so" "$AGENT_LOG" ||
    FAIL "the log has no reason: $(cat "$AGENT_LOG")"
step "the module is unloaded while libvirtd hangs"

load_module
reload_snmpd "the module is loaded again while libvirtd hangs"
reload_snmpd "the module is loaded already, and libvirtd still hangs"
resume_libvirtd
wait_for 30 "value $vm_mib.1.2.0"
on_shared domid sh-paused > "$T/virsh.out" 2>&1 || fill_shared_test_driver
wait_for 30 'row_of sh-paused'
equal "$(grep -c . <<< "$indexes")" "$(row_count)" "rows when it has come back"
step "the module comes back when libvirtd continues"

unload_module
reload_snmpd "the module is unloaded"
wait_for 5 is_gone
wait_for 10 "[ \$(threads) = $threads_before ]"
load_module
reload_snmpd "the module is loaded again"
wait_for 30 'row_of sh-paused'
equal "$indexes" "$(hex_column $vm_entry.$vm_uuid)" "rows and indexes after unloading and loading"
step "the module is unloaded, with all its threads, and loaded again"

configure_agent 'interval 1' "hypervisor $SHARED_URI other"
reload_snmpd "the hypervisor has another context"
wait_for 10 is_gone
configure_agent 'interval 1' "hypervisor $SHARED_URI"
reload_snmpd "the hypervisor is back in the default context"
wait_for 30 'row_of sh-paused'
step "a hypervisor moves to another context and back"

pause_libvirtd
wait_for 30 "[ \"\$(gl $gl_age)\" -ge 250 ]"
stop_agent || FAIL "with libvirtd hanging, SIGTERM ended snmpd with status $?"
resume_libvirtd
! grep -i -e 'segmentation' -e 'double free' -e 'corrupt' "$T/snmpd.out" || FAIL "snmpd crashed"
OK
