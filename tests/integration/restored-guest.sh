#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A guest that is saved and started again reads running as soon as virsh returns.
# While libvirtd starts a guest, every call about it waits, and so does a list of all domains. A hook makes this last more
# than a second. A listing that had to wait must not delay later ones.
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

# Save and start with one virsh, and with two. The listing for the save then begins before the start, or during it.
for commands in 'managedsave restored; start restored' 'managedsave restored' 'managedsave restored; start restored'; do
    act "$commands"
    [[ $commands == *start* ]] || act start restored
    time_until "$state" 4 20
    step "$commands: running $took s after virsh returned"
    echo "$took" >> "$T/seconds"
done
below 3 "$(worst < "$T/seconds")" "the slowest change in seconds"
OK
