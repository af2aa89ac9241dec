# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Verbs for the tests of a guest whose disk has no room on its host. Source this file after lib.sh.

SMALL=$T/small # a file system of 32 KiB, which only libvirtd and its guests see

in_its_mounts() { nsenter --mount="/proc/${libvirtd_holder[$libvirtd_default]}/ns/mnt" -- "$@"; }

make_small_file_system() {
    mkdir "$SMALL"
    in_its_mounts mount -t tmpfs -o size=32k none "$SMALL" || FAIL "cannot mount a small file system"
}

make_room() { in_its_mounts mount -o remount,size=64m "$SMALL"; }

# Writes a boot sector: the guest writes 4 KiB to its disk, again and again, each time 4 KiB further.
write_writing_sector() { # FILE
    {
        printf '\x31\xc0\x8e\xd8\xbe\x20\x7c'         # xor ax, ax; mov ds, ax; mov si, 0x7c20
        printf '\xb8\x00\x43\xcd\x13'                 # again: mov ax, 0x4300; int 0x13
        printf '\x83\x06\x28\x7c\x08\xeb\xf4'         # add word [0x7c28], 8; jmp again
        head -c 13 /dev/zero
        printf '\x10\0\x08\0\0\x7c\0\0\x08\0\0\0\0\0\0\0' # at 0x7c20: 8 sectors from 0:0x7c00 to sector 8
        head -c 462 /dev/zero
        printf '\x55\xaa'
    } > "$1"
}

# Defines a guest that writes to a disk of 32 MiB on the small file system, and that is paused when there is no room.
define_writer() { # NAME
    local disk="<disk type='file' device='disk'><driver name='qemu' type='raw' error_policy='stop'/><source file='$SMALL/disk'/>"
    write_writing_sector "$T/writing-sector"
    in_its_mounts sh -c 'cp "$1" "$2" && truncate -s 32M "$2"' - "$T/writing-sector" "$SMALL/disk" || FAIL "no disk for $1"
    qemu_domain "$1" | sed "s|</devices>|$disk<target dev='vda' bus='virtio'/></disk></devices>|" > "$T/writer.xml"
    on_qemu define "$T/writer.xml" > "$T/virsh.out" || FAIL "could not define $1"
}

# True if this libvirt has the text of I/O errors.
has_io_error_texts() { [ "$(printf '%s\n' 11.1.0 "$(virsh --version)" | sort -V | head -n 1)" = 11.1.0 ]; }
