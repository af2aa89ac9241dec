#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Names of any length and any characters reach SNMP as valid UTF-8 of at most 255 octets.
# Long names are cut between characters.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpget snmpwalk libvirtd
need_root

start_libvirtd
start_snmpd
long=$(printf 'x%.0s' {1..254})
{
    echo "$test_node"
    test_domain "${long}é" "$(uuid_of cut)"
    test_domain "${long}y" "$(uuid_of whole)"
    test_domain 'über-中文 "quoted" \ back' "$(uuid_of mixed)"
    echo '</node>'
} > "$T/names.xml"
test_domains "$T/names.xml"
configure_agent
start_agent -u "$TEST_URI"
wait_for 30 "[ \"\$(row_count)\" = 3 ]"

name_of() { hex_value "$vm_entry.$vm_name.$(row_of "$(uuid_of "$1")")"; }
hex() { printf %s "$1" | od -An -v -tx1 | tr -d ' \n'; }
equal "$(hex "$long")" "$(name_of cut)" "a name that would be cut inside a character"
equal "$(hex "${long}y")" "$(name_of whole)" "a name of 255 octets"
equal "$(hex 'über-中文 "quoted" \ back')" "$(name_of mixed)" "a name of many kinds of characters"
OK
