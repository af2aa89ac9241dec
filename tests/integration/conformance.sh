#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The agent's answers conform to VM-MIB and the other modules.
# Each object of each row is present, in order, with the right type and range. Objects that may not be read are not answered.
# GET, GETNEXT from anywhere, GETBULK, SNMPv1 and a second client agree. The test uses QEMU guests of each kind, and the test
# driver, which leaves some values out.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/guests.sh"
need virsh snmpget snmpgetnext snmpbulkwalk libvirtd perl
need_root
need_small_guest
perl -MNet::SNMP -e 1 2> "$T/perl.err" || SKIP "needs perl's Net::SNMP: $(head -n 1 "$T/perl.err")"

facts=$top_srcdir/tests/data
roots="$vm_mib=$facts/vm-mib-facts.tsv $guestlist_mib=$facts/guestlist-mib-facts.tsv 1.3.6.1.4.1.36957=$facts/libvirt-mib-facts.tsv"
statistics=glStatisticsAge,glStatisticsDuration
without_statistics=$statistics,glDomainsNotAnswering
moving=glListingTime,glListingAge,glListingDuration,glListingCalls,glMemoryResident,$statistics
# Objects that not every guest, or not every disk, has.
partial=glMemoryUnused,glMemoryAvailable,glMemoryUsable,glMemoryResident,glMemoryDiskCaches,glMemorySwappedIn,glMemorySwappedOut
partial+=,glMemoryMajorFaults,glStorageAllocation,glStoragePhysical

conforms() { # [OPTION...]
    local way
    for way in get-next get-bulk; do
        # shellcheck disable=SC2046  # one word per root
        "$lib_dir/second-client.pl" 127.0.0.1 "$SNMP_PORT" $way $(sed 's/=[^ ]*//g' <<< "$roots") > "$T/second.$way" ||
            FAIL "the second client's walk by $way ended early"
    done
    # shellcheck disable=SC2086  # words
    "$lib_dir/conformance.pl" --moves $moving --second "$T/second.get-next" "$@" "127.0.0.1:$SNMP_PORT" $roots ||
        FAIL "the failed checks are above"
    diff <(cut -d' ' -f1,2 "$T/second.get-next") <(cut -d' ' -f1,2 "$T/second.get-bulk") || FAIL "get-next and get-bulk differ"
}

start_libvirtd
start_snmpd
host_cpus=$(on_qemu nodecpumap | awk '/present/ { print $NF }')

# Prints how many rows each table must have, as counted by virsh over all domains.
counted() {
    local name vcpus=0 disks=0 interfaces=0 domains=0 with_statistics=0
    for name in $(on_qemu list --all --name); do
        domains=$((domains + 1))
        vcpus=$((vcpus + $(on_qemu vcpucount "$name" --current "$(on_qemu domstate "$name" | grep -qx 'shut off' && echo --config || echo --live)")))
        disks=$((disks + $(on_qemu domblklist "$name" | grep -c .)))
        interfaces=$((interfaces + $(on_qemu domiflist "$name" | grep -c .)))
        # An interface without a device on the host has no statistics. If the guest is off, its counters are 0.
        with_statistics=$((with_statistics + $(on_qemu domiflist "$name" |
            awk -v off="$(on_qemu domstate "$name")" 'NF && ($1 != "-" || off == "shut off") { n++ } END { print n + 0 }')))
    done
    echo "vmTable=$domains,vmCpuTable=$vcpus,vmCpuAffinityTable=$((vcpus * host_cpus)),vmStorageTable=$disks,vmNetworkTable=$interfaces" \
        "glMemoryTable=$domains,glCpuTable=$vcpus,glStorageTable=$disks,glNetworkTable=$with_statistics" | tr ' ' ,
}

make_images
make_loop_device "$IMAGES/block.raw" 3M || step "without a block device: $(cat "$T/losetup.err")"
interfaces=$(user_interface_xml 52:54:00:00:00:01 e1000)
if make_bridge br-conform; then
    interfaces+=$(bridge_interface_xml 52:54:00:00:00:02 virtio br-conform)
else
    step "without a bridge: $(cat "$T/bridge.err")"
fi
define_devices c-all "$interfaces$(all_disks_xml)"
start_guest c-all
[ -z "$loop_device" ] || losetup -d "$loop_device"
define_devices c-off "$(disk_xml disk file qcow2 "file=$IMAGES/none.qcow2" sdb scsi)$(user_interface_xml 52:54:00:00:00:03 virtio)"
define_qemu c-paused vcpu=1 maxvcpus=3
start_guest c-paused --paused
define_qemu c-saved disk="$IMAGES/saved.qcow2"
start_guest c-saved
on_qemu managedsave c-saved > "$T/out" || FAIL "could not save c-saved"
create_qemu c-transient
define_small_guest c-reports "<stats period='1'/>"
start_guest c-reports
on_qemu setvcpus c-all 3 --live > "$T/out" 2>&1 || step "without a hot-plugged vCPU: $(cat "$T/out")"
step "guests are up: $(counted)"

configure_agent
start_agent -u "$QEMU_URI"
wait_for 30 "[ \"\$(vm $vm_os_type c-all)\" = hvm ] && [ \"\$(vm $vm_cpu_time c-all)\" -gt 0 ]"
wait_for 30 "gl 14"
wait_for 30 "bulkwalk $vm_mib.1.7.1.13 | grep -q Counter64"
wait_for 60 "value $guestlist_mib.1.5.1.3.\$(row_of c-reports)"
act suspend c-reports # it would keep a CPU busy
conforms --lacks $partial --rows "$(counted)"
step "guests of QEMU conform"
stop_agent

# These are the states that a QEMU without a guest system does not reach. The test driver has no CPU time, so some values are
# missing.
make_test_file "$T/states.xml"
test_domains "$T/states.xml"
rm -r "$T/state"
start_agent -u "$TEST_URI"
wait_for 30 "[ \"\$(vm $vm_mem st-running)\" = 65536 ]"
conforms --lacks vmCpuTime,libvirtGuestCpuTime,$partial,$without_statistics --rows vmTable=9,vmNetworkTable=0,vmStorageTable=0
step "the test driver's domains conform"
stop_agent

make_many_test_file "$T/many.xml" 60 3
test_domains "$T/many.xml"
start_agent -u "$TEST_URI"
wait_for 30 "[ \"\$(vm $vm_mem vm-00060)\" = 65536 ]"
conforms --lacks vmCpuTime,libvirtGuestCpuTime,$partial,$without_statistics --rows vmTable=60
step "many domains conform"
stop_agent

# The agent computes these thousands of rows on request: domain N has 1 + N mod 4 vCPUs, each with a row for each host CPU.
make_many_test_file "$T/many.xml" 500 3
rm -r "$T/state"
start_agent -u "$TEST_URI"
wait_for 60 "[ \"\$(vm $vm_mem vm-00500)\" = 65536 ]"
cpus=$(virsh -q -c "$TEST_URI" nodecpumap | awk '/present/ { print $NF }')
awk -v cpus="$cpus" 'BEGIN { for (i = 1; i <= 500; i++) for (v = 1; v <= 1 + i % 4; v++) for (c = 1; c <= cpus; c++) print i, v, c }' > "$T/wanted"
bulkwalk $vm_mib.1.6 | awk '{ n = split($1, oid, "."); print oid[n - 2], oid[n - 1], oid[n] }' > "$T/walk"
diff "$T/wanted" "$T/walk" | head -n 20
cmp "$T/wanted" "$T/walk" || FAIL "vmCpuAffinityTable has other rows, or in another order"
OK "$(wc -l < "$T/walk") rows of vmCpuAffinityTable"
