#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Guests at the limits of what libvirt accepts are listed as they are: strange names, a title of 1 MB, 100 disks, 4,096 vCPUs, a
# UUID of zeros.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpget snmpwalk libvirtd qemu-system-x86_64 jq
need_root

# ---- Guests of QEMU's driver ----

zeros=00000000-0000-0000-0000-000000000000
ones=ffffffff-ffff-ffff-ffff-ffffffffffff
right_to_left=$'\u202etxt.exe \u05d0\u05d1'
control=$'\u009b2J\u0085next'
tab=$'tab\there'
octets_240=$(printf 'x%.0s' {1..240})

# A disk named by two letters: 100 fit behind one controller or several.
many_disks() {
    local letter other
    for letter in a b c d; do
        for other in {a..y}; do
            echo "<disk type='file' device='disk'><source file='/nowhere/$letter$other'/>" \
                "<target dev='sd$letter$other' bus='scsi'/></disk>"
        done
    done
}

long_title() { head -c 1048576 < /dev/zero | tr '\0' T; }

define() { on_qemu define "$1" > "$T/out" 2>&1 || FAIL "cannot define a guest: $(head -c 1000 "$T/out")"; }

start_libvirtd
start_snmpd
define_qemu zeros uuid=$zeros
define_qemu ones uuid=$ones
names=(Case case CASE "$right_to_left" "$control" "$tab" ' blanks around ' "$octets_240" "quote\"d'&<b>")
for name in "${names[@]}"; do define_qemu "$name"; done
{
    qemu_domain title | sed -n 1p | tr -d '\n'
    printf '<title>%s</title>' "$(long_title)"
    qemu_domain title | sed 1d
} > "$T/title.xml"
define "$T/title.xml"
qemu_domain disks | sed 's|</devices>.*||' > "$T/disks.xml"
{ many_disks; echo '</devices></domain>'; } >> "$T/disks.xml"
define "$T/disks.xml"
configure_agent 'interval 1'
start_agent -u "$QEMU_URI"
wait_for 30 "[ \"\$(row_count)\" = 13 ]"
wait_for 30 "value $guestlist_mib.1.2.1.12.\$(row_of title)"

hex() { printf %s "$1" | od -An -v -tx1 | tr -d ' \n'; }
for name in "${names[@]}"; do
    equal "$(hex "$name")" "$(hex_value "$vm_entry.$vm_name.$(row_of "$(uuid_of "$name")")")" "vmName"
done
step "names"

equal "$(hex "$(printf 'T%.0s' {1..255})")" "$(hex_value $guestlist_mib.1.2.1.12."$(row_of title)")" "glDomainTitle"
step "a title of 1 MB"

storage=$vm_mib.1.7.1
wait_for 30 "[ \"\$(walk $storage.6.\$(row_of disks) | grep -c nowhere)\" = 100 ]"
equal "$(seq 100 | xargs)" "$(walk "$storage.6.$(row_of disks)" | sed 's/ .*//; s/.*\.//' | xargs)" "vmStorageIndex"
equal 100 "$(walk "$storage.6.$(row_of disks)" | sort -u -k 3 | wc -l)" "different values of vmStorageResourceID"
step "100 disks"

equal "$(uuid_hex $zeros)" "$(hex_value "$vm_entry.$vm_uuid.$(row_of $zeros)")" "vmUUID of zeros"
equal "$(uuid_hex $ones)" "$(hex_value "$vm_entry.$vm_uuid.$(row_of $ones)")" "vmUUID of ones"
libvirt_name=1.3.6.1.4.1.36957.1.1.1.2
equal "$(hex zeros)" "$(hex_value "$libvirt_name.$(uuid_dotted $zeros)")" "libvirtGuestName of zeros"
step "UUIDs of zeros and of ones"

"$GUESTLISTD" --once=json -C -u "$QEMU_URI" > "$T/once.json" || FAIL "--once=json: $?"
equal "$(on_qemu list --all --uuid | sed '/^$/d' | sort | xargs)" "$(jq -r '.domains[].uuid' "$T/once.json" | sort | xargs)" \
    "the UUIDs of --once=json"
for name in "${names[@]}"; do
    jq -e --arg name "$name" --arg uuid "$(uuid_of "$name")" '.domains[] | select(.uuid == $uuid) | .name == $name' \
        "$T/once.json" > "$T/out" || FAIL "--once=json has another name for '$name'"
done
step "--once=json"

"$GUESTLISTD" --once -C -u "$QEMU_URI" > "$T/once" || FAIL "--once: $?"
equal 13 "$(grep -c " shutoff " "$T/once")" "rows of --once"
! grep -nP '[\x{00}-\x{08}\x{0b}-\x{1f}\x{7f}-\x{9f}\x{202e}]' "$T/once" || FAIL "--once prints control characters"
step "--once"

# The state files hold all of this, too.
before=$(walk "$vm_entry.$vm_uuid")
devices=$(walk "$storage.6")
stop_agent || FAIL "the agent ended with status $?"
start_agent -u "$QEMU_URI"
wait_for 30 "[ \"\$(row_count)\" = 13 ] && [ \"\$(walk $storage.6 | wc -l)\" = 100 ]"
equal "$before" "$(walk "$vm_entry.$vm_uuid")" "the rows after a restart"
equal "$devices" "$(walk "$storage.6")" "the disks after a restart"
stop_agent || FAIL "the agent ended with status $?"
step "the same indexes after a restart"

# ---- Guests of the test driver, which has other limits ----

octets_300=$(printf 'y%.0s' {1..300})
{
    echo "$test_node"
    test_domain "$octets_300" "$(uuid_of long)"
    test_domain "${octets_300}z" "$(uuid_of longer)"
    test_domain vcpus "$(uuid_of vcpus)" | sed 's|<vcpu>1<|<vcpu>4096<|'
    echo '</node>'
} > "$T/test.xml"
test_domains "$T/test.xml"
start_agent --state-dir "$T/second" -u "$TEST_URI"
wait_for 30 "[ \"\$(row_count)\" = 3 ]"
equal "$(hex "${octets_300:0:255}")" "$(hex_value "$vm_entry.$vm_name.$(row_of "$(uuid_of long)")")" "vmName of 300 octets"
equal "$(hex "${octets_300:0:255}")" "$(hex_value "$vm_entry.$vm_name.$(row_of "$(uuid_of longer)")")" "vmName of 301 octets"
equal 4096 "$(vm $vm_cpus vcpus)" "vmCurCpuNumber"
step "names of 300 octets and 4,096 vCPUs"
OK
