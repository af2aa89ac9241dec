#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# glCpuTable, glStorageTable and glNetworkTable agree with `virsh domstats`, for guests that write, flush and send.
# A guest that is off has counters of 0 and the sizes of its last run. Interfaces without statistics have no values. The counters
# of an interface also grow while its guest hangs.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/guests.sh"
need virsh snmpget snmpwalk libvirtd qemu-system-x86_64 qemu-img ip python3
need_root
need_small_guest

# shellcheck disable=SC2154 # from agent.sh
cpu=$guestlist_mib.1.6.1 storage=$guestlist_mib.1.7.1 network=$guestlist_mib.1.8.1
start_libvirtd
start_snmpd
make_images
qemu-img create -q -f qcow2 "$IMAGES/written.qcow2" 16M
disks="$(disk_xml disk file qcow2 "file=$IMAGES/written.qcow2" hda ide)$(disk_xml disk file raw "file=$IMAGES/flat.raw" vda virtio)"
disks+=$(disk_xml cdrom file raw - hdc ide '<readonly/>')
define_small_guest gn-writes '' "$disks$(user_interface_xml 52:54:00:ab:cd:01 virtio)"
start_guest gn-writes
define_small_guest gn-off '' "$(disk_xml disk file raw "file=$IMAGES/plugged.raw" vda virtio)"
bridge=
if make_bridge br-numbers; then
    bridge=yes
    # Without a disk, the BIOS boots from the network: its requests are what this guest sends.
    define_devices gn-sends "$(user_interface_xml 52:54:00:ab:cd:02 e1000)$(bridge_interface_xml 52:54:00:ab:cd:03 virtio br-numbers)"
    start_guest gn-sends
    in_its_network ip address add 192.0.2.1/24 dev br-numbers
else
    step "without a bridge: $(cat "$T/bridge.err")"
fi
configure_agent 'interval 1'
start_agent -u "$QEMU_URI"
wait_for 30 "row_of gn-off"
writes=$(row_of gn-writes) off=$(row_of gn-off)
wait_for 30 "value $storage.1.$writes.1"

# The columns of a row, with - for a missing one.
columns() { # ENTRY LAST ROW
    local column
    for ((column = 1; column <= $2; column++)); do value "$1.$column.$3" || echo -; done | xargs
}

# A counter must not be less than virsh reported before, nor more than it reports now.
check_counter() { # OID NAME STATISTIC DIVISOR
    local before after is
    before=$(($(domstat "$2" "$3") / $4))
    next_statistics
    is=$(value "$1") || FAIL "$3 of $2 is missing"
    after=$(($(domstat "$2" "$3") / $4))
    { [ "$before" -le "$is" ] && [ "$is" -le "$after" ]; } || FAIL "$3 of $2: $is is not between $before and $after"
}

# ---- vCPUs ----

for vcpu in 0 1; do
    equal "$(domstat gn-writes vcpu.$vcpu.state)" "$(value "$cpu.1.$writes.$((vcpu + 1))")" "glCpuState of vCPU $vcpu"
    check_counter "$cpu.2.$writes.$((vcpu + 1))" gn-writes vcpu.$vcpu.wait 1000
    check_counter "$cpu.3.$writes.$((vcpu + 1))" gn-writes vcpu.$vcpu.delay 1000
done
# shellcheck disable=SC2154 # from agent.sh
equal "$(walk "$vm_mib.1.5.1.2" | sed 's/.*\.\([0-9]*\.[0-9]*\) = .*/\1/')" \
    "$(walk "$cpu.3" | sed 's/.*\.\([0-9]*\.[0-9]*\) = .*/\1/')" "the rows of vmCpuTable and glCpuTable"
equal "0 0 0" "$(columns "$cpu" 3 "$off.2")" "vCPU 1 of a guest that is off"
step "vCPUs agree"

# ---- Disks ----

wait_for 60 "[ \"\$(value $storage.1.$writes.1)\" = 40 ]" # small-guest.c has flushed that often
next_statistics
numbers_of() { # NAME BLOCK
    echo "$(domstat "$1" "block.$2.fl.reqs") $(($(domstat "$1" "block.$2.fl.times") / 1000))" \
        "$(domstat "$1" "block.$2.allocation") $(domstat "$1" "block.$2.physical")"
}
equal "$(numbers_of gn-writes 0)" "$(columns "$storage" 4 "$writes.1")" "hda of gn-writes"
equal "$(numbers_of gn-writes 2)" "$(columns "$storage" 4 "$writes.3")" "vda of gn-writes"
[ "$(value "$storage.2.$writes.1")" -gt 0 ] || FAIL "40 flushes took no time"
[ "$(value "$storage.3.$writes.1")" -gt 0 ] || FAIL "nothing is allocated in an image that the guest wrote to"
equal "$(stat -c %s "$IMAGES/flat.raw")" "$(value "$storage.4.$writes.3")" "glStoragePhysical of a raw image"
equal "0 0 - -" "$(columns "$storage" 4 "$writes.2")" "the empty drive hdc"
equal "0 0 - -" "$(columns "$storage" 4 "$off.1")" "a disk of a guest that did not run yet"
step "disks agree"

# ---- Interfaces ----

# Sends packets of 500 octets to all guests on the bridge.
broadcast() { # N
    in_its_network python3 -c 'import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
for _ in range(int(sys.argv[1])): s.sendto(bytes(500), ("192.0.2.255", 9))' "$1" || FAIL "cannot send to the bridge"
}

equal "- - - - - - - -" "$(columns "$network" 8 "$writes.1")" "an interface of type user"
if [ -n "$bridge" ]; then
    sends=$(row_of gn-sends)
    equal "- - - - - - - -" "$(columns "$network" 8 "$sends.1")" "an interface of type user beside one on a bridge"
    wait_for 60 "[ \"\$(value $network.6.$sends.2)\" -gt 0 ]" # the BIOS asks for an address
    # A broadcast goes to the guest, which receives it.
    broadcast 3
    net=1 # libvirt counts all interfaces, also those without statistics
    number=0
    for statistic in rx.bytes rx.pkts rx.errs rx.drop tx.bytes tx.pkts tx.errs tx.drop; do
        number=$((number + 1))
        check_counter "$network.$number.$sends.2" gn-sends net.$net.$statistic 1
    done
    [ "$(value "$network.1.$sends.2")" -gt 1500 ] || FAIL "the guest received nothing"
    # The guest's view is the other side of the host's view.
    tap=$(on_qemu domiflist gn-sends | awk '$2 == "bridge" { print $1 }')
    # shellcheck disable=SC2016 # awk's own
    sent=$(in_its_network awk -v tap="$tap:" '$1 == tap { print $2 }' /proc/net/dev)
    next_statistics
    [ "$(value "$network.5.$sends.2")" -ge "$sent" ] || FAIL "glNetworkOutOctets is less than the host received, $sent"

    # libvirtd reads the interfaces of a guest that hangs from the host. The queue of the tap device takes 1000 packets. Then
    # packets are dropped.
    pid=$(qemu_pid gn-sends)
    pause "$pid"
    wait_for 30 "[ \"\$(value $guestlist_mib.1.2.1.13.$sends)\" = 2 ]"
    drops=$(value "$network.4.$sends.2")
    broadcast 2000
    wait_for 30 "[ \"\$(value $network.4.$sends.2)\" -gt $drops ]"
    equal 2 "$(value $guestlist_mib.1.2.1.13.$sends)" "glDomainDetails of a guest that hangs"
    resume "$pid"
    act destroy gn-sends
    wait_for 20 "[ \"\$(value $network.1.$sends.2)\" = 0 ]"
    equal "0 0 0 0 0 0 0 0" "$(columns "$network" 8 "$sends.2")" "an interface of a guest that stopped"
fi
step "interfaces agree"

sizes=$(columns "$storage" 4 "$writes.1" | cut -d' ' -f3-)
act destroy gn-writes
wait_for 20 "[ \"\$(value $storage.1.$writes.1)\" = 0 ]"
equal "0 0 $sizes" "$(columns "$storage" 4 "$writes.1")" "a disk of a guest that stopped"
equal "0 0 0" "$(columns "$cpu" 3 "$writes.1")" "a vCPU of a guest that stopped"
OK
