#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# VM-MIB shows all eight states of libvirt and a transient domain in its own words.
# The test checks each column of each row.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpget snmpwalk libvirtd
need_root

# NAME STATE(vmOperState) ADMIN(vmAdminState) PERSISTENT
expected='st-nostate 1 1 2
st-running 4 1 2
st-blocked 4 1 2
st-paused 8 3 2
st-shutdown 10 4 2
st-shutoff 11 4 2
st-crashed 12 1 2
st-pmsuspended 8 1 2
st-transient 4 1 3'

start_libvirtd
start_snmpd
make_test_file "$T/states.xml"
test_domains "$T/states.xml"
configure_agent
start_agent -u "$TEST_URI"
wait_for 30 "[ \"\$(vm $vm_mem st-running)\" = 65536 ]"
step "rows are present"

equal 9 "$(value $vm_mib.1.2.0)" vmNumber
equal TEST "$(value $vm_mib.1.1.1.0)" vmHvSoftware
while read -r name oper admin persistent; do
    equal "$oper" "$(vm $vm_oper_state "$name")" "vmOperState of $name"
    equal "$admin" "$(vm $vm_admin_state "$name")" "vmAdminState of $name"
    equal "$persistent" "$(vm $vm_persistent "$name")" "vmPersistent of $name"
    equal 3 "$(vm $vm_autostart "$name")" "vmAutoStart of $name"
    equal hvm "$(vm $vm_os_type "$name")" "vmOSType of $name"
    equal 1 "$(vm $vm_cpus "$name")" "vmCurCpuNumber of $name"
    equal -1 "$(vm $vm_cpus_minimum "$name")" "vmMinCpuNumber of $name"
    equal 1 "$(vm $vm_cpus_maximum "$name")" "vmMaxCpuNumber of $name"
    equal 1024 "$(vm $vm_mem_unit "$name")" "vmMemUnit of $name"
    equal 65536 "$(vm $vm_mem "$name")" "vmCurMem of $name"
    equal -1 "$(vm $vm_mem_minimum "$name")" "vmMinMem of $name"
    equal 65536 "$(vm $vm_mem_maximum "$name")" "vmMaxMem of $name"
    uuid=$(virsh -q -c "$TEST_URI" domuuid "$name" | xargs)
    equal "$(uuid_hex "$uuid")" "$(hex_value "$vm_entry.$vm_uuid.$(row_of "$name")")" "vmUUID of $name"
done <<< "$expected"
step "each column is as expected"

# The test driver has no CPU time. So the value is missing, not zero. A domain that is off has used none.
equal 0 "$(vm $vm_cpu_time st-shutoff)" "vmCpuTime of a domain that is off"
value "$vm_entry.$vm_cpu_time.$(row_of st-running)" > "$T/out" && FAIL "vmCpuTime has a value: $(cat "$T/out")"
equal 0 "$(vm $vm_up_time st-shutoff)" "vmUpTime of a domain that is off"

# A walk skips a missing value and continues.
walk $vm_mib > "$T/walk"
grep -q "$vm_entry.$vm_cpu_time" "$T/walk" || FAIL "the walk ended at a missing value"
grep -q "$vm_mib.1.10.0" "$T/walk" || FAIL "the walk did not reach the end of the module"
OK
