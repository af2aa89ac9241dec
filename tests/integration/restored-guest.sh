#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A guest is saved, and started again at once. While libvirtd starts it, every call that concerns it waits, a list of all
# domains as well: here for a second, because of a hook. A listing that met this must not be paid for afterwards: the
# guest reads running as soon as virsh returned.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/timing.sh"
need virsh snmpget snmpwalk libvirtd qemu-system-x86_64
need_root

prepare_libvirtd main
mkdir "$(libvirtd_dir)/etc/hooks"
printf '#!/bin/sh\n[ "$2" != start ] || sleep 1.2\n' > "$(libvirtd_dir)/etc/hooks/qemu"
chmod +x "$(libvirtd_dir)/etc/hooks/qemu"
start_libvirtd
start_snmpd
define_qemu restored
act start restored
configure_agent
start_agent -u "$QEMU_URI" -i 30
wait_for 20 "[ \"\$(vm $vm_oper_state restored)\" = 4 ] && [ \"\$(vm $vm_cpu_time restored)\" -gt 0 ]"
state=$vm_entry.$vm_oper_state.$(row_of restored)

# By one virsh, and by two: the save's own listing then begins before, or while, the guest starts.
for commands in 'managedsave restored; start restored' 'managedsave restored' 'managedsave restored; start restored'; do
    act "$commands"
    [[ $commands == *start* ]] || act start restored
    time_until "$state" 4 20
    step "$commands: running $took s after virsh returned"
    echo "$took" >> "$T/seconds"
done
below 3 "$(worst < "$T/seconds")" "the slowest change in seconds"
OK
