#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# vmStorageResourceID names the disks whose source is no file: a namespace of an NVMe drive, and a vhost-user socket.
# libvirt keeps the definition of such a guest without the hardware. So the XML that the agent reads is libvirt's own.
. "$(dirname "$0")/lib.sh"
need virsh snmpget libvirtd qemu-system-x86_64
need_root

start_libvirtd
start_snmpd
disks="<disk type='nvme' device='disk'><source type='pci' managed='no' namespace='3'><address domain='0' bus='0xa1' slot='2' function='1'/>
</source><target dev='vda' bus='virtio'/></disk>
<disk type='vhostuser' device='disk'><driver name='qemu' type='raw'/><source type='unix' path='/run/blk.sock'/>
<target dev='vdb' bus='virtio'/></disk>"
qemu_domain nd-off | sed "s|</devices>|$(echo "$disks" | tr '\n' ' ')</devices>|" > "$T/nd-off.xml"
sed -i 's|<devices>|<memoryBacking><source type="memfd"/><access mode="shared"/></memoryBacking>&|' "$T/nd-off.xml"
act define "$T/nd-off.xml"
start_agent -C -u "$QEMU_URI"
wait_for 20 'row_of nd-off'
storage=1.3.6.1.2.1.236.1.7.1
row=$(row_of nd-off)
wait_for 20 "value $storage.6.$row.1"
equal nvme://0000:a1:02.1/3 "$(value "$storage.6.$row.1")" "vmStorageResourceID of the NVMe drive"
equal /run/blk.sock "$(value "$storage.6.$row.2")" "vmStorageResourceID of the vhost-user disk"
equal '2 2' "$(value "$storage.4.$row.1") $(value "$storage.4.$row.2")" "vmStorageSourceType: other"
on_qemu domblklist nd-off > "$T/list"
equal /run/blk.sock "$(awk '$1 == "vdb" { print $2 }' "$T/list")" "virsh's name of the vhost-user disk"
equal nvme://0000:a1:02.1/3 "$(awk '$1 == "vda" { print $2 }' "$T/list")" "virsh's name of the NVMe drive"
OK
