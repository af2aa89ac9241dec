#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# check_guestlist works with SNMPv3: levels, protocols and contexts of a real snmpd.
# A wrong password gives UNKNOWN with the reason. Passwords can be in snmp.conf, where no process list shows them.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/check-plugin.sh"
need virsh snmpget libvirtd
need_root

start_libvirtd
start_snmpd 'createUser plain' 'rouser plain noauth' 'createUser signer SHA "secret of signer"' 'rouser signer auth' \
    'createUser checker SHA-256 "secret of checker" AES "privacy of checker"' 'rouser checker priv' \
    'createUser lab SHA "secret of lab"' 'group labs usm lab' 'view all included .1' 'access labs "" any auth prefix all none none'
fill_shared_test_driver
configure_agent 'interval 1' "hypervisor $SHARED_URI" "hypervisor test+unix:///default?socket=$T/nobody elsewhere"
start_agent
wait_for 20 'row_of sh-transient'
wait_for_autostart

running='^GUESTLIST OK - 1 domain, 1 running'
verdict_is $ok "$running" -d sh-running -P 3 -U plain
verdict_is $ok "$running" -d sh-running -P 3 -L authNoPriv -U signer -a SHA -A 'secret of signer'
secrets=(-U checker -a SHA-256 -A 'secret of checker' -x AES -X 'privacy of checker')
verdict_is $ok "$running" -d sh-running -P 3 -L authPriv "${secrets[@]}"
verdict_is $ok "$running" -d sh-running -H 127.0.0.1 -L authPriv "${secrets[@]}"
verdict_is $critical 'has not answered since the agent started' -L authNoPriv -U lab -a SHA -A 'secret of lab' -N elsewhere
verdict_is $unknown 'UNKNOWN' -L authNoPriv -U lab -a SHA -A 'secret of lab' -N nowhere -t 2

verdict_is $unknown '^GUESTLIST UNKNOWN - .*[Aa]uthentication failure' -L authNoPriv -U signer -a SHA -A 'another secret' -t 2
verdict_is $unknown '^GUESTLIST UNKNOWN - .*[Uu]nknown user' -L authNoPriv -U nobody -a SHA -A 'secret of signer' -t 2
verdict_is $unknown '^GUESTLIST UNKNOWN - ' -P 3 -U signer -t 2
verdict_is $unknown '^GUESTLIST UNKNOWN - -A: expected an authentication password of at least 8 characters' -L authNoPriv -U signer -A short
verdict_is $unknown '^GUESTLIST UNKNOWN - -a: net-snmp does not support the authentication protocol nonsense' \
    -L authNoPriv -U signer -a nonsense -A 'secret of signer'

printf '%s\n' 'defSecurityName checker' 'defAuthType SHA-256' 'defAuthPassphrase secret of checker' 'defPrivType AES' \
    'defPrivPassphrase privacy of checker' > "$SNMPCONFPATH/snmp.conf"
verdict_is $ok "$running" -d sh-running -P 3 -L authPriv
OK
