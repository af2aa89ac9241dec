#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# vmStorageIndex and vmNetworkIndex belong to a disk and an interface permanently.
# They stay when the device is unplugged and plugged in again, and when the agent, snmpd or libvirtd restarts. The place in
# the XML does not matter.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/guests.sh"
need virsh snmpget snmpbulkwalk libvirtd qemu-system-x86_64 qemu-img
need_root

# Print "INDEX=SOURCE ..." for the disks of a domain, and "INDEX=MAC ..." for its interfaces.
disks() { walk "$vm_mib.1.7.1.6.$(row_of "$1")" | sed 's/.*\.\([0-9]*\) = STRING: "\(.*\/\)*\(.*\)"$/\1=\3/' | xargs; }
interfaces() { hex_column "$vm_mib.1.8.1.5" | awk -v row=".$(row_of "$1")." 'index($1, substr(row, 2)) == 1 || index($1, row) == 1 {
    sub(/.*\./, "", $1); print $1 "=" $2 }' | xargs; }

plug() { on_qemu attach-disk i-on "$IMAGES/$1" "$2" --targetbus scsi --live > "$T/out" 2>&1 || FAIL "$(cat "$T/out")"; }

# Even a guest without a system releases a SCSI disk, unlike a PCI device.
unplug() { on_qemu detach-disk i-on "$1" --live > "$T/out" 2>&1 || FAIL "$(cat "$T/out")"; }

# libvirt sends no event for other devices in a configuration, only for a new definition. So define the domain again.
change_config() {
    on_qemu "$1" i-off "${@:2}" --config > "$T/out" 2>&1 && on_qemu dumpxml --inactive i-off > "$T/i-off.xml" &&
        on_qemu define "$T/i-off.xml" > "$T/out" 2>&1 || FAIL "$1: $(cat "$T/out")"
}

plug_interface() { # MAC
    user_interface_xml "$1" e1000 > "$T/interface.xml"
    change_config attach-device "$T/interface.xml"
}

start_libvirtd
start_snmpd
make_images
define_devices i-on "$(disk_xml disk file raw "file=$IMAGES/flat.raw" sda scsi)"
define_devices i-off "$(disk_xml disk file qcow2 "file=$IMAGES/thin.qcow2" vda virtio)$(user_interface_xml 52:54:00:00:00:0a virtio)"
start_guest i-on
configure_agent 'interval 1'
start_agent -u "$QEMU_URI"
wait_for 30 '[ "$(disks i-on)" = 1=flat.raw ] && [ "$(disks i-off)" = 1=thin.qcow2 ]'
equal 1=52540000000a "$(interfaces i-off)" "interfaces of i-off"

# For the running guest, sdb and sdc are plugged in, sdb is unplugged, sdd is plugged in, and sdb comes back with another
# image.
plug plugged.raw sdb
plug floppy.img sdc
wait_for 20 '[ "$(disks i-on)" = "1=flat.raw 2=plugged.raw 3=floppy.img" ]'
unplug sdb
wait_for 20 '[ "$(disks i-on)" = "1=flat.raw 3=floppy.img" ]'
plug medium.iso sdd
wait_for 20 '[ "$(disks i-on)" = "1=flat.raw 3=floppy.img 4=medium.iso" ]'
plug large.raw sdb
wait_for 20 '[ "$(disks i-on)" = "1=flat.raw 2=large.raw 3=floppy.img 4=medium.iso" ]'
unplug sda
on_i="2=large.raw 3=floppy.img 4=medium.iso"
wait_for 20 '[ "$(disks i-on)" = "$on_i" ]'
step "disks keep their indexes while others come and go"

# The devices of a domain that is off change with its configuration. An interface that was added later may be first in the
# XML.
plug_interface 52:54:00:00:00:0b
wait_for 20 '[ "$(interfaces i-off)" = "1=52540000000a 2=52540000000b" ]'
change_config detach-interface user --mac 52:54:00:00:00:0a
wait_for 20 '[ "$(interfaces i-off)" = 2=52540000000b ]'
plug_interface 52:54:00:00:00:0c
wait_for 20 '[ "$(interfaces i-off)" = "2=52540000000b 3=52540000000c" ]'
plug_interface 52:54:00:00:00:0a
off_interfaces="1=52540000000a 2=52540000000b 3=52540000000c"
wait_for 20 '[ "$(interfaces i-off)" = "$off_interfaces" ]'
change_config attach-disk "$IMAGES/flat.raw" vdb --targetbus virtio
change_config detach-disk vda
wait_for 20 '[ "$(disks i-off)" = 2=flat.raw ]'
step "devices of a domain that is off keep their indexes"

indexes_are_unchanged() { # AFTER_WHAT
    wait_for 60 "gl $gl_serial"
    next_listing 60
    wait_for 60 '[ "$(disks i-on)" = "$on_i" ] && [ "$(disks i-off)" = 2=flat.raw ] && [ "$(interfaces i-off)" = "$off_interfaces" ]'
    step "indexes are unchanged after a restart of $1"
}

stop_agent || FAIL "SIGTERM ended the agent with status $?"
start_agent -u "$QEMU_URI"
indexes_are_unchanged "the agent"
restart_snmpd
indexes_are_unchanged snmpd
restart_libvirtd
indexes_are_unchanged libvirtd
end_process "$AGENT_PID" KILL 5
AGENT_PID=
restart_snmpd # snmpd needs three requests to notice that the agent is gone
start_agent -u "$QEMU_URI"
indexes_are_unchanged "the agent that was killed"
change_config attach-disk "$IMAGES/thin.qcow2" vda --targetbus virtio
wait_for 20 '[ "$(disks i-off)" = "1=thin.qcow2 2=flat.raw" ]'
stop_agent || FAIL "SIGTERM ended the agent with status $?"

# A file that was cut short is moved aside and reported. The agent starts, and vmIndex is not affected.
row=$(cut -d' ' -f1-3 "$T/state/vmindex")
sed -i '$d' "$T/state/deviceindex"
start_agent -u "$QEMU_URI"
wait_for 30 '[ "$(disks i-on)" = "1=large.raw 2=floppy.img 3=medium.iso" ]'
grep -q 'deviceindex: line .*expected.*moved to .*deviceindex%damaged' "$AGENT_LOG" || FAIL "the damage is not reported: $(cat "$AGENT_LOG")"
equal "$row" "$(cut -d' ' -f1-3 "$T/state/vmindex")" "indexes of domains"
OK
