#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# check_guestlist rates real guests: a disk error is CRITICAL, a hang is WARNING.
# A guest that a user paused and a guest that is off give no alarm.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/check-plugin.sh"
need virsh snmpget libvirtd qemu-system-x86_64 qemu-img qemu-io
need_root

# Makes an image with an unreadable first cluster: its entry in the second table (at 0x40000) wrongly marks it as compressed.
broken_image() { # FILE
    qemu-img create -q -f qcow2 "$1" 1M
    qemu-io -c 'write -q 0 64k' "$1" > "$T/out" || FAIL "$(cat "$T/out")"
    printf '\x40\x40\0\0\0\x05\0\0' | dd of="$1" bs=1 seek=$((0x40000)) conv=notrunc status=none
}

start_libvirtd
start_snmpd
broken_image "$T/broken.qcow2"
define_qemu fine
define_qemu held
define_qemu idle
qemu_domain broken disk="$T/broken.qcow2" | sed "s/type='qcow2'/& error_policy='stop' rerror_policy='stop'/" |
    on_qemu define /dev/stdin > "$T/out" || FAIL "$(cat "$T/out")"
act autostart fine
act start fine
act start held
act suspend held
configure_agent 'interval 1'
start_agent -u "$QEMU_URI"
wait_for 20 'row_of held'
wait_for_autostart
verdict_becomes 20 $ok '^GUESTLIST OK - 4 domains, 1 running [|]'

act start broken
# libvirt 11.1 has a text for the error.
error='(I/O error|vda: [^)]+)'
verdict_becomes 40 $critical "^GUESTLIST CRITICAL - broken is paused \\($error\\)\\. 4 domains, 1 running [|]"
act destroy broken
verdict_becomes 20 $ok '^GUESTLIST OK - 4 domains, 1 running [|]'

pause "$(qemu_pid fine)"
verdict_becomes 60 $warning '^GUESTLIST WARNING - fine does not answer the hypervisor: its process may hang. 4 domains, 1 running [|] .* not_answering=1;;;0 '
resume "$(qemu_pid fine)"
verdict_becomes 60 $ok '^GUESTLIST OK - 4 domains, 1 running [|]'

# The guest is killed. It is off, and should run.
kill -s KILL "$(qemu_pid fine)"
verdict_becomes 20 $critical '^GUESTLIST CRITICAL - fine crashed. 4 domains, 0 running [|]'
OK
