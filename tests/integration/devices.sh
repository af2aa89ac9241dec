#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# vCPUs, pinning, disks and network interfaces agree with virsh, qemu-img and the kernel.
# The test compares each column of each row, for active and inactive guests.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/guests.sh"
need virsh snmpget snmpbulkwalk libvirtd qemu-system-x86_64 qemu-img xmllint jq ip
need_root

cpu_entry=$vm_mib.1.5.1 affinity_entry=$vm_mib.1.6.1 storage_entry=$vm_mib.1.7.1 network_entry=$vm_mib.1.8.1

start_libvirtd
start_snmpd
make_images
make_loop_device "$IMAGES/block.raw" 3M || step "without a block device: $(cat "$T/losetup.err")"
interfaces=$(user_interface_xml 52:54:00:ab:cd:01 e1000)
bridge=
if make_bridge br-devices; then
    bridge=yes
    interfaces+=$(bridge_interface_xml 52:54:00:ab:cd:02 virtio br-devices)
else
    step "without a bridge: $(cat "$T/bridge.err")"
fi
long=$IMAGES/$(printf 'd%.0s' {1..120})/$(printf 'f%.0s' {1..150}).raw
mkdir -p "${long%/*}"
secrets="<disk type='network' device='disk'><driver name='qemu' type='raw'/><source protocol='rbd'
 name='pool/image:id=admin:key=SECRET1'><host name='h'/></source><target dev='vda' bus='virtio'/></disk>
<disk type='network' device='disk'><driver name='qemu' type='qcow2'/><source protocol='https'
 name='user:SECRET2@host/x.iso' query='token=SECRET3'><host name='h'/></source><target dev='vdb' bus='virtio'/></disk>
<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='ftp://user:SECRET4@host/x?token=SECRET5'/>
 <target dev='vdc' bus='virtio'/></disk>"
define_devices d-on "$interfaces$(all_disks_xml)"
start_guest d-on
[ -z "$loop_device" ] || losetup -d "$loop_device"
define_devices d-off "$interfaces$secrets$(disk_xml disk file raw "file=$long" sda scsi)"
on_qemu setvcpus d-on 3 --live > "$T/out" 2>&1 || FAIL "cannot hot-plug a vCPU: $(cat "$T/out")"
on_qemu vcpupin d-on 1 1 --live > "$T/out" 2>&1 || step "without a second CPU to pin to"
configure_agent 'interval 1'
# The agent sees the network namespace of the guests. It reaches the master through a socket in the file system.
agent_is_root "it joins the namespaces of the host"
GUESTLISTD_WRAPPER="nsenter --net=/proc/${libvirtd_holder[main]}/ns/net --" start_agent -u "$QEMU_URI"
wait_for 30 "[ \"\$(vm $vm_os_type d-on)\" = hvm ] && [ \"\$(vm $vm_os_type d-off)\" = hvm ]"
wait_for 30 "value $storage_entry.13.$(row_of d-on).1"
on=$(row_of d-on) off=$(row_of d-off)
step "guests and agent are up"

# ---- vCPUs ----

at_most() { [ "$1" -le "$2" ] || FAIL "$3: $1 is more than $2"; }

vcpu_us() { on_qemu domstats --vcpu d-on | awk -F= -v key="vcpu.$1.time" '$1 ~ key { printf "%d", $2 / 1000 }'; } # VCPU

equal "1 2 3" "$(walk "$cpu_entry.2.$on" | awk '{ sub(/.*\./, "", $1); print $1 }' | xargs)" "vmCpuIndex of d-on"
for vcpu in 0 1 2; do
    before=$(vcpu_us $vcpu)
    next_listing
    time=$(value $cpu_entry.2.$on.$((vcpu + 1)))
    at_most "$before" "$time" "vmCpuCoreTime of vCPU $vcpu"
    at_most "$time" "$(vcpu_us $vcpu)" "vmCpuCoreTime of vCPU $vcpu"
done
[ "$(value $cpu_entry.2.$on.1)" -gt 0 ] || FAIL "vCPU 0 of d-on has used no time"
equal "0 0" "$(walk "$cpu_entry.2.$off" | awk '{ print $NF }' | xargs)" "vmCpuCoreTime of a domain that is off"

# Prints a line per vCPU with a letter per host CPU, like virsh.
affinities() { # ROW
    walk "$affinity_entry.3.$1" | awk '{ n = split($1, oid, "."); v = oid[n - 1]; if (v != last) printf "%s", (last ? "\n" : "");
        last = v; printf "%s", ($NF == 1 ? "y" : $NF == 2 ? "-" : "?") } END { print "" }'
}

on_qemu vcpuinfo d-on | awk '/^CPU Affinity/ { print $3 }' > "$T/wanted"
diff "$T/wanted" <(affinities "$on") || FAIL "vmCpuAffinity of d-on"
on_qemu vcpuinfo d-off | awk '/^CPU Affinity/ { print $3 }' | head -n 2 > "$T/wanted" # only vCPUs that are on
diff "$T/wanted" <(affinities "$off") || FAIL "vmCpuAffinity of d-off"
on_qemu vcpupin d-on 2 0 --live > "$T/out" || FAIL "cannot pin a vCPU: $(cat "$T/out")"
wait_for 20 "[ \"\$(affinities $on | tail -n 1)\" = \"\$(on_qemu vcpuinfo d-on | awk '/^CPU Affinity/ { a = \$3 } END { print a }')\" ]"

# The CPUs are those of HOST-RESOURCES-MIB: hrDeviceType shows which devices are processors.
walk 1.3.6.1.2.1.25.3.2.1.2 | awk '$NF == ".1.3.6.1.2.1.25.3.1.3" { sub(/.*\./, "", $1); print $1 }' > "$T/processors"
[ -s "$T/processors" ] || FAIL "snmpd shows no processors"
diff "$T/processors" <(walk "$affinity_entry.3.$on.1" | awk '{ sub(/.*\./, "", $1); print $1 }') || FAIL "vmCpuPhysIndex is not an hrDeviceIndex"
step "vCPUs agree"

# ---- Disks ----

storage() { value "$storage_entry.$1.$row.$index"; } # COLUMN

xml_of() { # TARGET XPATH
    on_qemu dumpxml "$guest" | xmllint --xpath "string(/domain/devices/disk[target/@dev='$1']/$2)" -
}

# Print VirtualMachineStorageSourceType and IANAStorageMediaType for the values in the XML.
source_type() { # TYPE FORMAT SOURCE
    case $1/$2/$3 in */) echo 1 ;; block/*) echo 3 ;; file/raw/*) echo 4 ;; file/qcow2/*) echo 5 ;; network/*) echo 6 ;; *) echo 2 ;; esac
}
media_type() { case $1 in disk | lun) echo 3 ;; cdrom) echo 4 ;; floppy) echo 5 ;; esac; }

blkinfo() { on_qemu domblkinfo "$guest" "$1" 2> "$T/blkinfo" | awk -v key="$2:" '$1 == key && $2 != "-" { print $2 }'; } # TARGET KEY

blkstat() { on_qemu domblkstat "$guest" "$1" | awk -v key="$2" '$2 == key { print $3 }'; } # TARGET KEY

image_info() { qemu-img info -U --output=json "$1" | jq ".\"$2\""; } # FILE KEY

check_disk() { # TARGET
    local type format source capacity unit
    type=$(xml_of "$1" @type) format=$(xml_of "$1" driver/@type) source=$(xml_of "$1" 'source/@*[name()="file" or name()="dev"]')
    equal 0 "$(storage 3)" "vmStorageParent of $1"
    equal "$(source_type "$type" "$format" "$source")" "$(storage 4)" "vmStorageSourceType of $1"
    equal "$format" "$(storage 5)" "vmStorageSourceTypeString of $1"
    equal "$source" "$(storage 6)" "vmStorageResourceID of $1"
    equal "$([ -n "$(on_qemu dumpxml "$guest" | xmllint --xpath "/domain/devices/disk[target/@dev='$1']/readonly" - 2> "$T/xmllint")" ] &&
        echo 3 || echo 2)" "$(storage 7)" "vmStorageAccess of $1"
    equal "$(media_type "$(xml_of "$1" @device)")" "$(storage 8)" "vmStorageMediaType of $1"
    equal "$(xml_of "$1" target/@bus)" "$(storage 9)" "vmStorageMediaTypeString of $1"
    capacity=$(blkinfo "$1" Capacity) unit=$(storage 10)
    if [ -z "$source" ]; then
        equal "1 -1 -1" "$unit $(storage 11) $(storage 12)" "sizes of the empty drive $1"
    else
        equal "$capacity" $(($(storage 11) * unit)) "vmStorageDefinedSize of $1"
        # For raw images and devices, both sizes are equal (RFC 7666). For others, the allocated size is what the image takes
        # on the host.
        case $(storage 4) in
            5) equal "$(image_info "$source" actual-size)" $(($(storage 12) * unit)) "vmStorageAllocatedSize of $1" ;;
            *) equal "$capacity" $(($(storage 12) * unit)) "vmStorageAllocatedSize of $1" ;;
        esac
    fi
    equal "$(blkstat "$1" rd_req)" "$(storage 13)" "vmStorageReadIOs of $1"
    equal "$(blkstat "$1" wr_req)" "$(storage 14)" "vmStorageWriteIOs of $1"
    equal "$(blkstat "$1" rd_bytes)" "$(storage 15)" "vmStorageReadOctets of $1"
    equal "$(blkstat "$1" wr_bytes)" "$(storage 16)" "vmStorageWriteOctets of $1"
    equal "$(($(blkstat "$1" rd_total_times) / 1000))" "$(storage 17)" "vmStorageReadLatency of $1"
    equal "$(($(blkstat "$1" wr_total_times) / 1000))" "$(storage 18)" "vmStorageWriteLatency of $1"
}

guest=d-on row=$on index=0
# Wait until the BIOS has read all that it boots from: two calls return the same numbers.
quiet() { local was=$was_read; was_read=$(on_qemu domstats --block d-on | md5sum); [ "$was" = "$was_read" ]; }
was_read=
wait_for 30 quiet
next_listing
for target in $(on_qemu domblklist d-on | awk '{ print $1 }'); do
    index=$((index + 1)) # assigned in the order of the XML when the agent first sees the guest
    check_disk "$target"
done
equal $index "$(walk "$storage_entry.3.$on" | grep -c INTEGER)" "rows of vmStorageTable for d-on"
[ "$(index=1 storage 13)" -gt 0 ] || FAIL "the first disk was never read"
[ "$(index=3 storage 10)" -gt 1 ] || FAIL "vmStorageSizeUnit of a disk with 2^32 octets is 1"

row=$off
walk $vm_mib.1.7 > "$T/walk"
! grep SECRET "$T/walk" || FAIL "a password is shown"
equal "6 rbd:pool/image raw rbd" "$(index=1 storage 4) $(index=1 storage 6) $(index=1 storage 5)" "a disk on the network"
equal "https:user:***@host/x.iso" "$(index=2 storage 6)" "a disk behind a password"
equal "ftp://user:***@host/x" "$(index=3 storage 6)" "a disk at a URL"
equal "${long:0:252}..." "$(index=4 storage 6)" "a path of ${#long} octets"
equal "-1 -1" "$(index=4 storage 11) $(index=4 storage 12)" "sizes of an image that no guest has used"
equal "0 0 0 0 0 0" "$(for column in 13 14 15 16 17 18; do index=4 storage $column; done | xargs)" "counters of a domain that is off"
step "disks agree"

# ---- Network interfaces ----

network() { value "$network_entry.$1.$row.$index"; } # COLUMN

host_index() { in_its_network ip -o link show dev "$1" | cut -d: -f1; }

row=$on index=1
equal "0 0 e1000 525400abcd01" "$(network 2) $(network 3) $(network 4) $(hex_value $network_entry.5.$on.1)" "the interface of type user"
if [ -n "$bridge" ]; then
    index=2
    tap=$(on_qemu domiflist d-on | awk '$2 == "bridge" { print $1 }')
    equal "$(host_index "$tap") $(host_index br-devices) virtio 525400abcd02" \
        "$(network 2) $(network 3) $(network 4) $(hex_value $network_entry.5.$on.2)" "the interface on the bridge"
    row=$off
    equal "0 $(host_index br-devices)" "$(network 2) $(network 3)" "the interface of a domain that is off"
fi
step "network interfaces agree"

# If the agent does not see the network of the guests, it must not show interfaces with the same names in another namespace.
[ -n "$bridge" ] || OK "without a bridge"
stop_agent || FAIL "SIGTERM ended the agent with status $?"
printf '%s\n' '#!/bin/sh' "ip link add $tap type bridge && ip link add br-devices type bridge || exit" 'exec "$@"' > "$T/elsewhere"
chmod +x "$T/elsewhere"
GUESTLISTD_WRAPPER="unshare -n $T/elsewhere" start_agent -u "$QEMU_URI"
wait_for 30 "value $storage_entry.13.$on.1 && [ \"\$(vm $vm_os_type d-off)\" = hvm ]"
equal 2 "$(nsenter --net="/proc/$AGENT_PID/ns/net" ip -o link show type bridge | wc -l)" "bridges around the agent"
row=$on index=2
equal "0 0" "$(network 2) $(network 3)" "an interface in another namespace"
OK
