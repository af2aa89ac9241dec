#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The agent needs no rights: a user without any, and libvirt's read-only socket, are enough for all that it reads.
# The verb start_agent starts it so in every test that names no exception.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpget snmpwalk libvirtd qemu-system-x86_64 setpriv ss
need_root

start_libvirtd
start_snmpd
define_qemu one vcpu=2 "disk=$T/one.qcow2" mac=52:54:00:00:00:01 title='The first'
act start one
configure_agent 'interval 1' "hypervisor $QEMU_URI"
start_agent

as_nobody() { setpriv --reuid nobody --regid "$(id -g nobody)" --clear-groups -- "$@"; }
as_nobody virsh -q -c "$QEMU_URI" list > "$T/out" 2>&1 && FAIL "libvirtd lets any user change domains"
as_nobody virsh -q -c "$(read_only "$QEMU_URI")" -r list > "$T/out" 2>&1 || FAIL "the read-only socket is closed: $(cat "$T/out")"
as_nobody virsh -q -c "$(read_only "$QEMU_URI")" destroy one > "$T/out" 2>&1 && FAIL "the read-only socket takes changes"
step "only root may change domains"

wait_for 30 'row_of one'
is_unprivileged "$AGENT_PID" || FAIL "the agent has rights: $(grep -E '^(Uid|Gid|Groups|Cap)' "/proc/$AGENT_PID/status")"
is_unprivileged $$ && FAIL "the test itself seems to have no rights"
equal "$(read_only "$QEMU_URI")" "$(gl $gl_uri)" glHypervisorUri
equal nobody "$(stat -c %U "$T/state/vmindex")" "the owner of the state file"
wait_for 30 "[ \"\$(vm $vm_cpu_time one)\" -gt 0 ]"
wait_for 30 "[ \"\$(vm $vm_os_type one)\" ]"
wait_for 30 "[ \"\$(vm $vm_up_time one)\" -gt 0 ]"
equal 'The first' "$(value $guestlist_mib.1.2.1.12."$(row_of one)")" glDomainTitle
equal 1 "$(walk $vm_mib.1.7.1.6 | grep -c "^\.$vm_mib")" disks
step "rows, statistics, times and XML are there without rights"

listeners() { ss -H -l -n -p 2> /dev/null | grep -F "pid=$1,"; } # PID
listeners "$SNMPD_PID" > "$T/out" || FAIL "ss does not see that snmpd listens"
listeners "$AGENT_PID" && FAIL "the agent listens"
stop_agent || FAIL "SIGTERM ended the agent with status $?"
OK
