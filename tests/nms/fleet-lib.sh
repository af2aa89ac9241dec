# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced after lib.sh and agent.sh by the tests that give what guestlist-fleet writes to monitoring systems: an agent with two
# hypervisors in two contexts, by community and by SNMPv3, and the inventory of it.

. "$top_srcdir/tests/integration/fleet.sh"

# The passwords have what the formats give a meaning to.
export FLEET_COMMUNITY=public FLEET_LAB_COMMUNITY='la$b $com!munity' FLEET_AUTH='auth $pa$$word!' FLEET_PRIV='priv: $pass #word!'

# sh-... in the default context, test in the context lab.
start_two_hypervisors() {
    start_libvirtd
    start_snmpd "createUser reader SHA-256 \"$FLEET_AUTH\" AES \"$FLEET_PRIV\"" 'rouser reader priv -V everything *' \
        'view everything included .1' "com2sec -Cn lab labuser 127.0.0.1 \"$FLEET_LAB_COMMUNITY\"" 'group labgroup v2c labuser' \
        'access labgroup lab any noauth exact everything none none'
    fill_shared_test_driver
    configure_agent 'interval 1' "hypervisor $SHARED_URI" 'hypervisor test:///default lab'
    start_agent
    wait_for 30 'row_of sh-transient'
    wait_for 30 'COMMUNITY=$FLEET_LAB_COMMUNITY row_of test'
}

# fleet1 is asked by community, and fleet2, which is the same agent under another address, by SNMPv3.
write_inventory() {
    printf '%s\n' "fleet1 127.0.0.1 port=$SNMP_PORT contexts=-,lab:lab label_site=berlin" \
        "'fleet 2' localhost port=$SNMP_PORT auth=v3 contexts=-,lab" > "$T/inventory"
    cat > "$T/auths" << 'AUTHS'
[guestlist]
community = env:FLEET_COMMUNITY
nagios_community = $USER3$
[lab]
community = env:FLEET_LAB_COMMUNITY
nagios_community = $USER4$
[v3]
version = 3
user = reader
auth_protocol = SHA-256
auth_password = env:FLEET_AUTH
priv_password = env:FLEET_PRIV
nagios_auth_password = $USER5$
nagios_priv_password = $USER6$
AUTHS
}

make_fleet() { # OPTION...
    fleet --inventory "$T/inventory" --auths "$T/auths" "$@" > "$T/out" 2>&1 || FAIL "$(cat "$T/out")"
    step "$(cat "$T/out")"
}

