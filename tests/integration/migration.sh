#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A guest in live migration has vmOperState migrating on both hosts.
# libvirt reports it as running until the last moment. A canceled migration, for which there is no event, ends as well. A
# guest that hangs during the migration delays nothing.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/traps.sh"
need virsh snmpget libvirtd qemu-system-x86_64
need_root

running=4 paused=8 migrating=9 off=11

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

define_restless() { # NAME
    local floppy="<disk type='file' device='floppy'><driver name='qemu' type='raw'/><source file='$T/floppy'/>"
    local serial="<serial type='file'><source path='$T/serial'/></serial>"
    write_boot_sector "$T/floppy"
    qemu_domain "$1" | sed -e "s|</os>|<boot dev='fd'/></os>|" \
        -e "s|</devices>|$floppy<target dev='fda'/><readonly/></disk>$serial</devices>|" > "$T/restless.xml"
    on_qemu define "$T/restless.xml" > "$T/virsh.out" || FAIL "could not define $1"
}

# Both hosts see the socket for the memory. The speed limit of the guest applies.
start_migration() {
    virsh -q -c "$source" migrate --live --persistent --migrateuri "unix://$T/memory" guest "$target" > "$T/migrate.out" 2>&1 &
    migration=$!
}

on_source() { run_virsh "$source" "$@" > "$T/virsh.out" 2>&1 || FAIL "virsh $*: $(cat "$T/virsh.out")"; }

at_target() { COMMUNITY=target "$@"; }

# With the same host UUID, libvirt would refuse the migration.
start_libvirtd -n target "host_uuid = \"$(uuid_of target)\""
target=$QEMU_URI
start_libvirtd -n source "host_uuid = \"$(uuid_of source)\""
source=$QEMU_URI
define_restless guest
on_source start guest
wait_for 60 "grep -q ! $T/serial"
on_source migrate-setmaxdowntime guest 1
on_source migrate-setspeed guest 1

start_snmptrapd
start_snmpd "$(trapsink)" 'com2sec -Cn target targetuser 127.0.0.1 target' 'group targetgroup v2c targetuser' \
    'view all included .1' 'access targetgroup target any noauth exact all none none'
configure_agent 'interval 1' 'notifications perVM' "hypervisor $source" "hypervisor $target target"
start_agent
wait_for 30 "[ \"\$(vm $vm_oper_state guest)\" = $running ]"
wait_for 30 "[ \"\$(at_target gl $gl_status)\" = $connected ]"
calls=$(gl $gl_calls)

start_migration
wait_for 60 "! alive $migration || [ \"\$(vm $vm_oper_state guest)\" = $migrating ]"
alive "$migration" || SKIP "no live migration here: $(cat "$T/migrate.out")"
equal 1 "$(vm $vm_admin_state guest)" "vmAdminState of a guest that migrates"
wait_for 30 "[ \"\$(at_target vm $vm_oper_state guest)\" = $migrating ]"
next_listing
equal $migrating "$(vm $vm_oper_state guest)" "vmOperState a listing later"
[ "$(gl $gl_calls)" -le $((calls + 2)) ] || FAIL "one migration takes $(gl $gl_calls) calls instead of $calls"
step "migrating on both sides"

pid=$(qemu_pid guest)
pause "$pid"
next_listing
next_listing
equal $migrating "$(vm $vm_oper_state guest)" "vmOperState of a guest that hangs during its migration"
resume "$pid"
step "a guest that hangs delays nothing"

on_source domjobabort guest
wait_for 30 "[ \"\$(vm $vm_oper_state guest)\" = $running ]"
wait_for 30 '! at_target row_of guest'
wait "$migration" && FAIL "the canceled migration succeeded"
next_listing
[ "$(gl $gl_calls)" -le "$calls" ] || FAIL "after the migration a listing takes $(gl $gl_calls) calls, $calls before"
step "canceled: running again"

start_migration
wait_for 60 "[ \"\$(vm $vm_oper_state guest)\" = $migrating ]"
# The migration may end before the second command. The test checks below that it ends.
for limit in 'migrate-setspeed guest 1000' 'migrate-setmaxdowntime guest 2000'; do
    # shellcheck disable=SC2086  # words
    virsh -q -c "$source" $limit > "$T/limit.out" 2>&1
done
wait_for 60 "[ \"\$(at_target vm $vm_oper_state guest)\" = $running ]"
wait_for 30 "[ \"\$(vm $vm_oper_state guest)\" = $off ]"
wait "$migration" || FAIL "the migration failed: $(cat "$T/migrate.out")"
step "the guest runs on the target"

# Both agents report a migration that was canceled and one that ended. There is one notification per change, of the right
# kind. A listing may have seen the target while it was preparing.
expected=$(for line in 'vmMigrating 4' 'vmRunning 9' 'vmMigrating 4' 'vmShutdown 9' \
    'vmMigrating 11' 'vmShutdown 9' 'vmDeleted 11' 'vmMigrating 11' 'vmRunning 9'; do echo "$line"; done | sort)
wait_for_traps 9 0 "$vm_kinds"
equal "$expected" "$(traps_since 0 "$vm_kinds" | awk '{ print $1, $4 == 3 ? 11 : $4 }' | sort)" "notifications of both sides"
step "one notification per change"

# A guest that was saved while paused also has the reason "migration".
use_libvirtd target
on_qemu 'managedsave guest --paused; start guest' > "$T/virsh.out" 2>&1 ||
    FAIL "could not save and start: $(cat "$T/virsh.out")"
equal 'paused (migrating)' "$(on_qemu domstate --reason guest)" "libvirt's own words"
at_target next_listing
equal $paused "$(at_target vm $vm_oper_state guest)" "vmOperState of a guest that was saved paused"
OK
