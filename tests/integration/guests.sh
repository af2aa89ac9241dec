# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Verbs for the tests of devices: guests with disks of each kind, network interfaces, and pinned vCPUs. Source this file after
# lib.sh.

IMAGES=$T/images # the same path for libvirtd and for the tests
mkdir "$IMAGES"

# Runs a command in the network namespace of this libvirtd. It has the bridges and the interfaces of the guests.
in_its_network() { nsenter --net="/proc/${libvirtd_holder[$libvirtd_default]}/ns/net" -- "$@"; }

# Makes a bridge for guests. False if the kernel has no bridges or no tap devices.
make_bridge() { # NAME
    [ -c /dev/net/tun ] && in_its_network ip link add "$1" type bridge 2> "$T/bridge.err" && in_its_network ip link set "$1" up
}

# Makes a block device over a file, if possible. Detach it right after its guest has started: then it ends with the guest.
make_loop_device() { # FILE SIZE
    truncate -s "$2" "$1"
    loop_device=$(losetup -f --show "$1" 2> "$T/losetup.err")
}

disk_xml() { # DEVICE TYPE FORMAT SOURCE_ATTRIBUTE=SOURCE|- TARGET BUS [MORE]
    echo "<disk type='$2' device='$1'><driver name='qemu' type='$3'/>"
    [ "$4" = - ] || echo "<source ${4%%=*}='$(xml_escape "${4#*=}")'/>"
    echo "<target dev='$5' bus='$6'/>${7-}</disk>"
}

# Makes a raw image without holes, a sparse qcow2 image, a medium, a floppy, and a large image.
make_images() {
    head -c 1048576 /dev/zero > "$IMAGES/flat.raw"
    qemu-img create -q -f qcow2 "$IMAGES/thin.qcow2" 64M
    truncate -s 4294967296 "$IMAGES/large.raw" # past 2^31 octets
    head -c 2097152 /dev/zero > "$IMAGES/medium.iso"
    head -c 1474560 /dev/zero > "$IMAGES/floppy.img"
    head -c 524288 /dev/zero > "$IMAGES/plugged.raw"
}

all_disks_xml() {
    disk_xml disk file raw "file=$IMAGES/flat.raw" vda virtio
    disk_xml disk file qcow2 "file=$IMAGES/thin.qcow2" vdb virtio
    disk_xml disk file raw "file=$IMAGES/large.raw" vdc virtio '<readonly/>'
    [ -z "${loop_device-}" ] || disk_xml disk block raw "dev=$loop_device" vdd virtio
    disk_xml cdrom file raw "file=$IMAGES/medium.iso" hda ide '<readonly/>'
    disk_xml cdrom file raw - hdc ide '<readonly/>'
    disk_xml floppy file raw "file=$IMAGES/floppy.img" fda fdc
}

# Prints the XML of a guest with 2 of 4 vCPUs. The first vCPU is pinned to CPU 0.
devices_domain() { # NAME DEVICES_XML
    echo "<domain type='qemu'><name>$1</name><uuid>$(uuid_of "$1")</uuid><memory>32768</memory>" \
        "<vcpu current='2'>4</vcpu><cputune><vcpupin vcpu='0' cpuset='0'/></cputune>" \
        "<os><type arch='x86_64' machine='pc'>hvm</type></os><features><acpi/></features><devices>" \
        "<controller type='usb' model='none'/><controller type='scsi' model='virtio-scsi'/>" \
        "<memballoon model='virtio'/>$2</devices></domain>"
}

user_interface_xml() { # MAC MODEL
    echo "<interface type='user'><mac address='$1'/><model type='$2'/></interface>"
}

bridge_interface_xml() { # MAC MODEL BRIDGE
    echo "<interface type='bridge'><mac address='$1'/><source bridge='$3'/><model type='$2'/></interface>"
}

define_devices() { # NAME DEVICES_XML
    devices_domain "$@" > "$T/$1.xml"
    on_qemu define "$T/$1.xml" > "$T/virsh.out" 2>&1 || FAIL "could not define $1: $(cat "$T/virsh.out")"
}

start_guest() { # NAME [OPTION...]
    on_qemu start "$@" > "$T/virsh.out" 2>&1 || FAIL "could not start $1: $(cat "$T/virsh.out")"
}

# Builds the guest system small-guest.c.
need_small_guest() {
    : "${CC:=cc}"
    need "${CC%% *}"
    SMALL_GUEST=$IMAGES/small-guest
    $CC -m32 -O1 -ffreestanding -fno-pic -fno-stack-protector -fno-asynchronous-unwind-tables -nostdlib -static -no-pie \
        -Wl,-Ttext=0x100000,--build-id=none -o "$SMALL_GUEST" "$lib_dir/small-guest.c" 2> "$T/small-guest.err" ||
        SKIP "$CC cannot build a guest system: $(tail -n 1 "$T/small-guest.err")"
}

# Prints the XML of a guest that runs this system, with 2 vCPUs. The first one is pinned to CPU 0. BALLOON_XML is what is
# inside the balloon's element. The system writes to the disk hda, if there is one.
small_guest_domain() { # NAME BALLOON_XML [DEVICES_XML]
    echo "<domain type='qemu'><name>$1</name><uuid>$(uuid_of "$1")</uuid><memory>32768</memory><vcpu>2</vcpu>" \
        "<cputune><vcpupin vcpu='0' cpuset='0'/></cputune>" \
        "<os><type arch='x86_64' machine='pc'>hvm</type><kernel>$SMALL_GUEST</kernel></os><features><acpi/></features>" \
        "<devices><controller type='usb' model='none'/><memballoon model='virtio'>$2</memballoon>${3-}</devices></domain>"
}

define_small_guest() { # NAME BALLOON_XML [DEVICES_XML]
    small_guest_domain "$@" > "$T/$1.xml"
    on_qemu define "$T/$1.xml" > "$T/virsh.out" 2>&1 || FAIL "could not define $1: $(cat "$T/virsh.out")"
}

# Prints one of libvirt's statistics of a guest; nothing if libvirt does not report it.
domstat() { # NAME STATISTIC
    on_qemu domstats "$1" | awk -F= -v name="  $2" '$1 == name { print $2 }'
}
