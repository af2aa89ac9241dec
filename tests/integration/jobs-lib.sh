# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Verbs for the tests of jobs and migrations. Source this file after agent.sh.

job_entry=$guestlist_mib.1.9.1

job() { value "$job_entry.$1.$(row_of "$2")"; } # COLUMN NAME

# Prints the vmIndex of each row of glJobTable.
job_rows() { walk "$job_entry.1" | sed -n "s/^\.$job_entry\.1\.\([0-9]*\) .*/\1/p"; }


# True if the row has the numbers that virsh prints, and if its time lies between what virsh prints before and after it.
is_like_virsh() { # NAME
    local before after elapsed stats
    before=$(on_qemu domjobinfo "$1" --rawstats)
    stats="$(job 3 "$1") $(job 4 "$1") $(job 5 "$1")"
    elapsed=$(job 2 "$1")
    after=$(on_qemu domjobinfo "$1" --rawstats)
    echo "$stats, $elapsed ms; $before"
    [ "$stats" = "$(awk '/data_total:/ { t = $NF } /data_processed:/ { p = $NF } /data_remaining:/ { r = $NF } END { print t, p, r }' <<< "$before")" ] &&
        [ "$elapsed" -gt 0 ] && [ "$elapsed" -le "$(awk '/time_elapsed:/ { print $NF }' <<< "$after")" ]
}

# Writes a floppy image with a boot sector. The guest prints a character on the serial line. Then it writes to each page from
# 2 to 30 MiB at each tick of the clock. At 1 MiB/s, a migration of this guest never ends.
write_boot_sector() { # FILE
    {
        printf '\xba\xf8\x03\xb0\x21'                 # mov dx, 0x3f8; mov al, '!'
        printf '\xfa\x31\xdb\x8e\xdb'                 # cli; xor bx, bx; mov ds, bx
        printf '\x66\x0f\x01\x16\x3f\x7c'             # lgdt [0x7c3f]
        printf '\x0f\x20\xc1\x41\x0f\x22\xc1'         # mov ecx, cr0; inc cx; mov cr0, ecx
        printf '\xb3\x08\x8e\xc3\x49\x0f\x22\xc1'     # mov bl, 8; mov es, bx; dec cx; mov cr0, ecx
        printf '\xfb\xee\x66\xbf\x00\x00\x20\x00'     # sti; out dx, al; next round: mov edi, 0x200000
        printf '\x26\x67\x66\xff\x07'                 # next page: inc dword [es:edi]
        printf '\x66\x81\xc7\x00\x10\x00\x00'         # add edi, 0x1000
        printf '\x66\x81\xff\x00\x00\xe0\x01\x72\xeb' # cmp edi, 0x1e00000; jb next page
        printf '\xf4\xeb\xe2\x0f\x00\x45\x7c\x00\x00' # hlt; jmp next round; the GDT is at 0x7c45: nothing, and
        printf '\0\0\0\0\0\0\0\0\xff\xff\x00\x00\x00\x92\x8f\x00' # a segment of 4 GiB to write to
        head -c 425 /dev/zero
        printf '\x55\xaa'
        head -c 1474048 /dev/zero
    } > "$1"
}

# Defines a guest that uses its memory. It has written "!" to $T/serial once it does. The keys are those of qemu_domain.
define_restless() { # NAME [KEY=VALUE...]
    local floppy="<disk type='file' device='floppy'><driver name='qemu' type='raw'/><source file='$T/floppy'/>"
    local serial="<serial type='file'><source path='$T/serial'/></serial>"
    write_boot_sector "$T/floppy"
    qemu_domain "$@" | sed -e "s|</os>|<boot dev='fd'/></os>|" \
        -e "s|</devices>|$floppy<target dev='fda'/><readonly/></disk>$serial</devices>|" > "$T/restless.xml"
    on_qemu define "$T/restless.xml" > "$T/virsh.out" || FAIL "could not define $1"
}
