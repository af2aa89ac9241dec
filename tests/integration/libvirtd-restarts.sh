#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Rows stay, become current by themselves and keep their indexes when libvirtd restarts while its guests run.
# libvirtd may also be missing when the agent starts.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpget snmpwalk libvirtd qemu-system-x86_64
need_root

prepare_libvirtd main
start_snmpd
configure_agent 'interval 1'
start_agent -u "qemu+unix:///system?socket=$(libvirtd_dir)/run/libvirt/libvirt-sock"
wait_for 30 "[ \"\$(gl $gl_status)\" = $connecting ] && [ -n \"\$(gl $gl_last_error)\" ]"
equal 0 "$(value $vm_mib.1.2.0)" "vmNumber before libvirtd is there"
grep -q 'cannot connect' "$AGENT_LOG" || FAIL "the log does not report that libvirtd is missing"
step "started before libvirtd"

start_libvirtd
define_qemu one
define_qemu two
on_qemu start one > "$T/out" || FAIL "$(cat "$T/out")"
wait_for 30 'row_of two'
wait_for 30 "[ \"\$(vm $vm_oper_state one)\" = 4 ]"
indexes="$(row_of one) $(row_of two)"
up=$(vm $vm_up_time one)
step "rows appeared by themselves"

for signal in KILL TERM KILL; do
    stop_libvirtd $signal
    wait_for 30 "[ \"\$(gl $gl_status)\" = $disconnected ]"
    equal 2 "$(row_count)" "rows while libvirtd is away"
    launch_libvirtd main
    wait_for 30 "[ \"\$(gl $gl_status)\" = $connected ]"
    on_qemu suspend one > "$T/out"
    wait_for 30 "[ \"\$(vm $vm_oper_state one)\" = 8 ]"
    on_qemu resume one > "$T/out"
    wait_for 30 "[ \"\$(vm $vm_oper_state one)\" = 4 ]"
    equal "$indexes" "$(row_of one) $(row_of two)" "indexes after libvirtd's restart"
done
# Changes while libvirtd was away are read as well. Here the operating system in the XML has changed.
stop_libvirtd TERM
qemu_domain two os=http://fedoraproject.org/fedora/40 > "$(libvirtd_dir)/etc/qemu/two.xml"
launch_libvirtd main
wait_for 30 "[ \"\$(vm $vm_os_type two)\" = http://fedoraproject.org/fedora/40 ]"
[ "$(vm $vm_up_time one)" -gt "$up" ] || FAIL "the guest's up time restarted although the guest kept running"
equal 4 "$(gl $gl_reconnects)" glHypervisorReconnects
# There is one message for each loss, one if an attempt to connect fails in between, and one "connected again".
[ "$(log_lines)" -le 14 ] || FAIL "too many messages: $(cat "$AGENT_LOG")"
OK
