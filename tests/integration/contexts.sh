#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# One agent reports QEMU and the test driver, each in its own SNMP context.
# Both are read with SNMPv3 and by community, with the lines of docs/contexts.md. A hung hypervisor does not affect the other
# one.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpget snmpwalk libvirtd qemu-system-x86_64
need_root

# Sets lines to a block of the documentation.
documented() { # KIND
    mapfile -t lines < <(awk -v start="\`\`\`snmpd.conf $1" '$0 == start { on = 1; next } /^```/ { on = 0 } on' "$top_srcdir/docs/contexts.md")
    [ ${#lines[@]} -gt 2 ] || FAIL "docs/contexts.md has no lines for $1"
}

start_libvirtd
start_libvirtd -n second
use_libvirtd main
define_qemu qe-one
first=$QEMU_URI
use_libvirtd second
fill_shared_test_driver
second=$SHARED_URI
documented v3
v3=("${lines[@]}")
documented v2c
start_snmpd "${v3[@]}" "${lines[@]}"
configure_agent 'interval 1' 'staleAfter 3' "hypervisor $first" "hypervisor $second lab"
start_agent
in_lab() { COMMUNITY=lab "$@"; }
wait_for 30 'row_of qe-one'
wait_for 30 'in_lab row_of sh-paused'
row_of sh-paused && FAIL "the default context shows the other hypervisor's domains"
in_lab row_of qe-one && FAIL "the lab context shows the other hypervisor's domains"
equal 1 "$(value $vm_mib.1.2.0)" "vmNumber of the first"
equal 9 "$(in_lab value $vm_mib.1.2.0)" "vmNumber of the second"
equal "$(read_only "$second")" "$(in_lab gl $gl_uri)" "glHypervisorUri of the second"
equal "$(in_lab row_of sh-saved)" "$(in_lab value $guestlist_mib.1.4.1.2"$(printf %s sh-saved | od -An -v -tu1 | sed 's/  */./g')")" \
    "glNameVmIndex of sh-saved"
[ -s "$T/state/vmindex" ] && [ -s "$T/state/vmindex.lab" ] || FAIL "index files: $(ls "$T/state")"
step "both are readable by community"

by_v3() { # CONTEXT OID...
    local context=$1
    shift
    snmpwalk -v3 -u reader -l authNoPriv -a SHA -A 'secret of the reader' ${context:+-n "$context"} -t 5 -r 0 -Oqvt \
        "127.0.0.1:$SNMP_PORT" "$@"
}
equal "\"$(read_only "$first")\"" "$(by_v3 '' "$scalars.$gl_uri")" "glHypervisorUri by SNMPv3"
equal "\"$(read_only "$second")\"" "$(by_v3 lab "$scalars.$gl_uri")" "glHypervisorUri by SNMPv3 in context lab"
equal 1 "$(by_v3 '' $vm_entry.$vm_name | wc -l)" "names by SNMPv3"
equal 9 "$(by_v3 lab $vm_entry.$vm_name | wc -l)" "names by SNMPv3 in context lab"
by_v3 elsewhere "$scalars.$gl_uri" > "$T/out" 2>&1 && ! grep -q 'No Such' "$T/out" && FAIL "an unknown context: $(cat "$T/out")"
step "both are readable by SNMPv3"

pause_libvirtd
wait_for 30 "[ \"\$(in_lab gl $gl_status)\" = $stale ]"
equal $connected "$(gl $gl_status)" "status of the first while the second hangs"
next_listing
on_first() { virsh -q -c "$first" "$@"; }
on_first start qe-one > "$T/out" 2>&1 || FAIL "$(cat "$T/out")"
wait_for 20 "[ \"\$(vm $vm_oper_state qe-one)\" = 4 ]"
for context in '' lab; do
    snmpwalk -v3 -u reader -l authNoPriv -a SHA -A 'secret of the reader' ${context:+-n $context} -t 2 -r 0 \
        "127.0.0.1:$SNMP_PORT" $vm_mib > "$T/out" || FAIL "context '$context' had to wait for the hung hypervisor"
done
equal 9 "$(by_v3 lab $vm_entry.$vm_name | wc -l)" "rows of the hung hypervisor"
step "one hypervisor hangs, the other continues"
resume_libvirtd
wait_for 30 "[ \"\$(in_lab gl $gl_status)\" = $connected ]"
OK
