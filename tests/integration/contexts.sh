#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Two hypervisors in one agent, each in its own SNMP context: one that hangs costs the other nothing.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpget snmpwalk libvirtd
need_root

start_libvirtd
start_libvirtd -n second
make_test_file "$T/states.xml"
use_libvirtd main
test_domains "$T/states.xml"
first=$TEST_URI
use_libvirtd second
fill_shared_test_driver
second=$SHARED_URI
start_snmpd 'com2sec -Cn lab labuser 127.0.0.1 lab' 'group labgroup v2c labuser' 'view all included .1' \
    'access labgroup lab any noauth exact all none none'
configure_agent 'interval 1' 'staleAfter 3' "hypervisor $first" "hypervisor $second lab"
start_agent
in_lab() { COMMUNITY=lab "$@"; }
wait_for 30 'row_of st-paused'
wait_for 30 'in_lab row_of sh-paused'
row_of sh-paused && FAIL "the default context shows the other hypervisor's domains"
equal 9 "$(value $vm_mib.1.2.0)" "vmNumber of the first"
equal "$second" "$(in_lab gl $gl_uri)" "glHypervisorUri of the second"
[ -s "$T/state/vmindex" ] && [ -s "$T/state/vmindex.lab" ] || FAIL "index files: $(ls "$T/state")"
step "both are served"

pause_libvirtd
wait_for 30 "[ \"\$(in_lab gl $gl_status)\" = $stale ]"
equal $connected "$(gl $gl_status)" "status of the first while the second hangs"
next_listing
resume_libvirtd
wait_for 30 "[ \"\$(in_lab gl $gl_status)\" = $connected ]"
OK
