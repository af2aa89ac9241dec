#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The lines of docs/security.md let a user of SNMPv3 read VM-MIB only, and another one control guests and nothing else.
# Both need encryption. Without allowControl, the second one cannot change anything.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpget snmpset snmpwalk libvirtd
need_root

documented() { # KIND
    awk -v start="\`\`\`snmpd.conf $1" '$0 == start { on = 1; next } /^```/ { on = 0 } on' "$top_srcdir/docs/security.md"
}
mapfile -t lines < <(documented read; documented control)
equal 4 ${#lines[@]} "lines in docs/security.md"

# LEVEL TOOL USER OID...
by() { "$2" -v3 -l "$1" -u "$3" -a SHA -A 'secret of the user' -x AES -X 'secret of the user' -t 5 -r 0 -On "127.0.0.1:$SNMP_PORT" "${@:4}" 2>&1; }
reads() { by authPriv snmpgetnext "$1" "$2" | grep -q "^\\.$2\\."; } # USER OID
sets() { by authPriv snmpset operator "$guest_row_status" i "$1"; } # VALUE

agent_may_change_domains "SET destroys a guest"
start_libvirtd
start_snmpd 'createUser monitor SHA "secret of the user" AES "secret of the user"' \
    'createUser operator SHA "secret of the user" AES "secret of the user"' "${lines[@]}"
fill_shared_test_driver
libvirt_mib=1.3.6.1.4.1.36957
guest_row_status=$libvirt_mib.1.1.1.9.$(uuid_dotted "$(uuid_of sh-running)")
destroy=6
configure_agent 'interval 1'
start_agent -u "$SHARED_URI"
wait_for 30 'row_of sh-running'
reads monitor $vm_mib || FAIL "the user monitor does not see VM-MIB"
reads monitor $libvirt_mib && FAIL "the user monitor sees LIBVIRT-MIB"
reads monitor $guestlist_mib && FAIL "the user monitor sees GUESTLIST-MIB"
reads operator $libvirt_mib || FAIL "the user operator does not see LIBVIRT-MIB"
reads operator $vm_mib && FAIL "the user operator sees VM-MIB"
by authNoPriv snmpgetnext monitor $vm_mib | grep -q "^\\.$vm_mib\\." && FAIL "a request without encryption is answered"
step "each user sees what the lines say"

sets $destroy | grep -q notWritable || FAIL "without allowControl: $(sets $destroy)"
configure_agent 'interval 1' 'allowControl yes'
kill -HUP "$AGENT_PID"
wait_for 20 'sets $destroy | grep -q "= INTEGER"'
wait_for 20 '[ "$(on_shared domstate sh-running)" = "shut off" ]'
by authPriv snmpset monitor "$guest_row_status" i $destroy | grep -q noAccess || FAIL "the user monitor may write"
step "only the user operator destroys a guest, and only with allowControl"
stop_agent || FAIL "SIGTERM ended the agent with status $?"
OK
