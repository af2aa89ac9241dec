#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# guestlist-fleet asks exactly the given addresses, several at a time and not more than allowed, finds the hypervisors of a real agent
# with their contexts, and keeps what the inventory says about a known address. No command line has a password.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/fleet.sh"
need python3 virsh snmpget libvirtd
need_root

# Stands before snmpget in PATH: writes down each command line, and how many run at the same time.
spy_on_snmpget() {
    local real
    real=$(command -v snmpget)
    mkdir "$T/spy" "$T/running"
    cat > "$T/spy/snmpget" << SPY
#!/bin/bash
: > "$T/running/\$\$"
printf '%s\n' "\$*" >> "$T/asked"
ls "$T/running" | wc -l >> "$T/parallel"
"$real" "\$@"
status=\$?
rm "$T/running/\$\$"
exit \$status
SPY
    chmod 755 "$T/spy/snmpget"
}

# The addresses that were asked since the last call.
asked_addresses() {
    grep -o 'udp:[0-9.]*' "$T/asked" | sort -u -V | xargs
    : > "$T/asked"
}

scan() { # OPTION...
    PATH=$T/spy:$PATH fleet --scan-port "$SNMP_PORT" --list "$T/list" "$@"
}

# Prints the lines of the list without the port, which is another one each time.
listed() { sed "/^#/d; s/ port=$SNMP_PORT//" "$T/list"; }

start_libvirtd
use_libvirtd main
fill_shared_test_driver
start_snmpd 'sysName hv1.example.org' 'createUser reader SHA-256 "secret of the reader" AES "privacy of reader"' \
    'rouser reader priv -V everything *' 'view everything included .1' \
    'com2sec -Cn lab labuser 127.0.0.1 secret-of-lab' 'group labgroup v2c labuser' 'access labgroup lab any noauth exact everything none none'
# The same agent answers at a second address.
sed -i "s/^agentAddress .*/&,udp:127.0.0.3:$SNMP_PORT/" "$T/snmpd/snmpd.conf"
restart_snmpd
configure_agent 'interval 1' "hypervisor $SHARED_URI" "hypervisor test:///default lab"
start_agent
wait_for 30 'row_of sh-paused'
wait_for 30 "COMMUNITY=secret-of-lab gl $gl_status"
spy_on_snmpget

scan --scan 127.0.0.1 > "$T/out" || FAIL "a scan fails"
equal 127.0.0.1 "$(asked_addresses | sed 's/udp://g')" "the addresses that are asked"
equal 'hv1.example.org 127.0.0.1' "$(listed)" "the host that is found"
step "one address: $(cat "$T/out")"

# Two addresses of a host have the same sysName, so none of them has this name.
scan --scan 127.0.0.0/29 --scan 127.0.0.3 --scan-parallel 2 > "$T/out" || FAIL "a scan fails"
equal '127.0.0.1 127.0.0.2 127.0.0.3 127.0.0.4 127.0.0.5 127.0.0.6' "$(asked_addresses | sed 's/udp://g')" "the addresses that are asked"
equal '127.0.0.1 127.0.0.1 127.0.0.3 127.0.0.3' "$(listed | xargs)" "the hosts that are found"
equal 2 "$(sort -n "$T/parallel" | tail -n 1)" "requests at the same time"
step "a network: $(cat "$T/out")"

# A known address keeps its name and its contexts, and is not asked again.
printf '%s\n' "old-name 127.0.0.1 port=$SNMP_PORT contexts=-,elsewhere:lab auth=other" > "$T/known"
printf '%s\n' '[guestlist]' 'community = env:SECRET' '[other]' 'community = env:OTHER_SECRET' '[lab]' 'community = env:LAB_SECRET' '[site]' \
    'version = 3' 'user = reader' 'auth_protocol = SHA-256' "auth_password = file:$T/auth" "priv_password = file:$T/priv" > "$T/auths"
(umask 077 && echo 'secret of the reader' > "$T/auth" && echo 'privacy of reader' > "$T/priv")
export SECRET=public OTHER_SECRET=wrong-secret LAB_SECRET=secret-of-lab
scan --inventory "$T/known" --auths "$T/auths" --scan 127.0.0.0/29 > "$T/out" || FAIL "a scan fails"
equal '127.0.0.2 127.0.0.3 127.0.0.4 127.0.0.5 127.0.0.6' "$(asked_addresses | sed 's/udp://g')" "the addresses that are asked"
equal 'hv1.example.org 127.0.0.3 old-name 127.0.0.1 auth=other contexts=-,elsewhere:lab' "$(listed | sed 's/ collectd=.*//' | xargs)" "the hosts"
cp "$T/list" "$T/first"
scan --inventory "$T/list" --auths "$T/auths" --scan 127.0.0.0/29 > "$T/out" || FAIL "a scan fails"
cmp "$T/first" "$T/list" || FAIL "the second scan changes the list"
! grep written "$T/out" || FAIL "the second scan writes the list"
step "a known host stays as it is: $(cat "$T/out")"

# The inventory has the host by its name.
echo 'hv1.example.org port=1161' > "$T/known"
scan --inventory "$T/known" --scan 127.0.0.1 > "$T/out" || FAIL "a scan fails"
grep -q '127.0.0.1 is left out: its sysName is hv1.example.org' "$T/out" || FAIL "$(cat "$T/out")"
equal 'hv1.example.org hv1.example.org port=1161' "$(listed)" "the hosts"
step "a host that is known by its name is no new host"

scan --auths "$T/auths" --scan 127.0.0.1 --scan-auth other --scan-auth guestlist --scan-contexts -,lab:lab > "$T/out" || FAIL "a scan fails"
equal 'hv1.example.org 127.0.0.1 contexts=-,lab:lab' "$(listed)" "contexts by community"
step "contexts by community"
scan --auths "$T/auths" --scan 127.0.0.1 --scan-auth site --scan-contexts lab,-,none > "$T/out" || FAIL "a scan fails"
equal 'hv1.example.org 127.0.0.1 auth=site contexts=lab,-' "$(listed)" "contexts by SNMPv3"
step "contexts by SNMPv3, those that exist"

# Neither a list nor a command line had a password, and nothing is left of the files that had them.
grep -rE 'secret|privacy' "$T/asked" "$T/out" "$T/list" && FAIL "a password is shown"
find "$T" "${TMPDIR:-/tmp}" -maxdepth 1 -name 'guestlist-fleet.*' | grep . && FAIL "files are left"
scan --scan 127.0.0.2 --list "$T/none" > "$T/out" 2> "$T/errors" && FAIL "a scan that finds nothing succeeds"
grep -q 'the input has no host, and no file was written' "$T/errors" || FAIL "$(cat "$T/errors")"
[ ! -e "$T/none" ] || FAIL "a scan that finds nothing writes a file"
OK
