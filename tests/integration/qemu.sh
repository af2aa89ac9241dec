#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Each column of VM-MIB agrees with virsh for real QEMU domains.
# The domains are running, paused, shut off, saved, transient, and marked for autostart.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpget snmpwalk libvirtd qemu-system-x86_64
need_root

start_libvirtd
start_snmpd
define_qemu q-running vcpu=2 maxvcpus=3 memory=49152 current=40960 title="The one that runs" os=http://debian.org/debian/12
define_qemu q-paused
define_qemu q-off vcpu=1 maxvcpus=4 memory=65536 current=40000
define_qemu q-saved
on_qemu "autostart q-off; autostart q-running; start q-running; start q-paused; suspend q-paused; start q-saved" > "$T/out" ||
    FAIL "$(cat "$T/out")"
on_qemu managedsave q-saved > "$T/out" || FAIL "$(cat "$T/out")"
create_qemu q-transient
step "guests are up"

configure_agent
start_agent -u "$QEMU_URI"
wait_for 20 "[ \"\$(vm $vm_os_type q-transient)\" = hvm ]"

truth() { # converts virsh's word to VirtualMachineAutoStart, VirtualMachinePersistent
    case $1 in yes | enable) echo 2 ;; no | disable) echo 3 ;; *) FAIL "virsh reported $1" ;; esac
}

oper_state() { # converts virsh's state to VirtualMachineOperState; "shut off" with an image is suspended
    case $1 in running) echo 4 ;; paused) echo 8 ;; 'shut off') [ "$2" = yes ] && echo 6 || echo 11 ;; esac
}

for name in q-running q-paused q-off q-saved q-transient; do
    equal "$(uuid_hex "$(dominfo UUID "$name")")" "$(hex_value "$vm_entry.$vm_uuid.$(row_of "$name")")" "vmUUID of $name"
    equal "$(oper_state "$(dominfo State "$name")" "$(dominfo 'Managed save' "$name")")" "$(vm $vm_oper_state "$name")" \
        "vmOperState of $name"
    equal "$(truth "$(dominfo Autostart "$name")")" "$(vm $vm_autostart "$name")" "vmAutoStart of $name"
    equal "$(truth "$(dominfo Persistent "$name")")" "$(vm $vm_persistent "$name")" "vmPersistent of $name"
    equal "$(dominfo 'CPU(s)' "$name")" "$(vm $vm_cpus "$name")" "vmCurCpuNumber of $name"
    equal "$(dominfo 'Max memory' "$name")" "$(vm $vm_mem_maximum "$name") KiB" "vmMaxMem of $name"
    equal "$(dominfo 'Used memory' "$name")" "$(vm $vm_mem "$name") KiB" "vmCurMem of $name"
    equal 1024 "$(vm $vm_mem_unit "$name")" "vmMemUnit of $name"
    equal -1 "$(vm $vm_cpus_minimum "$name")" "vmMinCpuNumber of $name"
done
equal 1 "$(vm $vm_admin_state q-running)" "vmAdminState: running"
equal 3 "$(vm $vm_admin_state q-paused)" "vmAdminState: paused"
equal 4 "$(vm $vm_admin_state q-off)" "vmAdminState: shut off"
equal 2 "$(vm $vm_admin_state q-saved)" "vmAdminState: saved"
equal 3 "$(vm $vm_cpus_maximum q-running)" "vmMaxCpuNumber of q-running"
equal 4 "$(vm $vm_cpus_maximum q-off)" "vmMaxCpuNumber of q-off"
equal http://debian.org/debian/12 "$(vm $vm_os_type q-running)" "vmOSType from libosinfo"
step "columns agree with virsh"

# CPU time only grows. So the value of the listing is between what virsh reported before and after it.
microseconds() { on_qemu domstats --cpu-total q-running | awk -F= '$1 ~ /cpu.time/ { printf "%d", $2 / 1000 }'; }
before=$(microseconds)
next_listing
time=$(vm $vm_cpu_time q-running)
after=$(microseconds)
[ "$before" -le "$time" ] && [ "$time" -le "$after" ] || FAIL "vmCpuTime $time is not within $before and $after"
equal 0 "$(vm $vm_cpu_time q-off)" "vmCpuTime of a domain that is off (libvirt reports that of libvirtd)"

# Up time is that of the process, not of the agent, which started later.
process=$(ps -o etimes= -p "$(qemu_pid q-running)" | xargs)
up=$(($(vm $vm_up_time q-running) / 100))
[ $((up - process)) -ge -1 ] && [ $((up - process)) -le 2 ] || FAIL "vmUpTime is $up s, but the process has run for $process s"
equal 0 "$(vm $vm_up_time q-saved)" "vmUpTime of a saved domain"

equal QEMU "$(value $vm_mib.1.1.1.0)" vmHvSoftware
equal "$(on_qemu version | awk '/Running hypervisor/ { print $4 }')" "$(value $vm_mib.1.1.2.0)" vmHvVersion
equal "$(virsh -q -c "$QEMU_URI" version --daemon | awk '/Running against daemon/ { print $4 }')" "$(gl 20)" glLibvirtVersion
equal "guestlistd $(gl 19)" "$("$GUESTLISTD" -V 2>&1 | head -n 1)" glAgentVersion
equal ccitt.0 "$(value $vm_mib.1.1.3.0)" vmHvObjectID
uptime=$(awk '{ printf "%d", $1 }' /proc/uptime)
up=$(($(value $vm_mib.1.1.4.0) / 100))
[ $((uptime - up)) -le 2 ] && [ $((up - uptime)) -le 2 ] || FAIL "vmHvUpTime is $up s, but the host is up for $uptime s"
[ "$(gl $gl_calls)" -le 8 ] || FAIL "a quiet listing took $(gl $gl_calls) libvirt calls"
OK
