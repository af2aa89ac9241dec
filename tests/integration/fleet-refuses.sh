#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# guestlist-fleet refuses wrong input with its file, its line, the value and what was expected, finds all faults at once, writes
# nothing then, and prints no password.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/fleet.sh"
need python3

I=$T/inventory
from() { printf "$@" > "$I"; } # LINES, as printf writes them
output=(-P "$T/output")

# ---- The inventory --------------------------------------------------------------------------------

from '%s\n' 'hv1 192.0.2.1' '' 'hv1 192.0.2.2' 'hv3 192.0.2.1' 'hv4 192.0.2.01' 'hv5 300.0.2.1' 'hv6 no_such..name' 'hv7 224.0.0.1' \
    'hv8 192.0.2.8 port=0' 'hv9 192.0.2.9 colour=red' 'hv10 192.0.2.10 community=hunter2' 'hv11 192.0.2.11 port=161 port=162' \
    'hv12 192.0.2.12 nonsense' 'hv "13' 'hv14 192.0.2.14 contexts=-,-' 'hv15 192.0.2.15 label_instance=x' 'hv16 192.0.2.16 snmp=perhaps' \
    'hv 17' 'hv18 fe80::1%eth0' "hv19 192.0.2.19 contexts=$(printf 'x%.0s' {1..33})"
refuses "$I:5: address '192.0.2.01'; expected an IPv4 or IPv6 address, or a host name" "$I:6: address '300.0.2.1'" "$I:7: address 'no_such..name'" \
    "$I:8: address '224.0.0.1'; expected the address of one host" "$I:9: port '0'; expected a port from 1 to 65535" \
    "$I:10: key colour; expected label_NAME or one of address, port," "$I:11: key community; expected" "$I:12: key port; expected each key once" \
    "$I:13: 'nonsense'; expected KEY=VALUE" "$I:14: a quote without its end" "$I:15: contexts '-,-'" "$I:16: label 'instance'" \
    "$I:17: snmp 'perhaps'; expected yes or no" "$I:18: address '17'" "$I:19: address 'fe80::1%eth0'" "$I:20: context 'x{33}'" \
    -- -i "$I" "${output[@]}"
! grep -q hunter2 "$T/refused" || FAIL "a password is printed"
from '%s\n' 'hv1 192.0.2.1' '' 'hv1 192.0.2.2' 'hv3 192.0.2.1' 'hv4 192.0.2.1 port=162' 'hv5 2001:DB8::1' 'hv6 2001:db8:0::1'
refuses "$I:3: host 'hv1'; expected each name once, and $I:1 has it" \
    "$I:4: address 192.0.2.1:161 of 'hv3'; expected each address and port once, and 'hv1' at $I:1 has it" \
    "$I:7: address \[2001:db8::1\]:161 of 'hv6'" -- -i "$I" "${output[@]}"
from 'hv1 192.0.2.1\nhv\xff 192.0.2.2\n'
refuses "$I:2: the byte .xff; expected UTF-8" -- -i "$I" "${output[@]}"
from 'hv1 192.0.2.1\n"h\033[31mv" 192.0.2.2\n'
refuses "$I:2: host name 'h.x1b.31mv'; expected a name" -- -i "$I" "${output[@]}"
from 'hv\0001 192.0.2.1\n'
refuses "$I:1: host name 'hv.x001'" -- -i "$I" "${output[@]}"
from '%s\n' 'hv1 192.0.2.1 auth=none' 'hv2 192.0.2.2 contexts=-,lab'
refuses "$I:1: auth 'none' of host 'hv1'; expected one of the file of --auths: guestlist" \
    "$I:2: context 'lab' of host 'hv2'; expected an auth of its own" -- -i "$I" "${output[@]}"
step "inventories"

# ---- Names that a format does not take ------------------------------------------------------------

from '%s\n' "'h!v;1' 192.0.2.1" 'hü2 192.0.2.2' "hv3 192.0.2.3 auth=site contexts=lab,lab2" "'hv3 lab' 192.0.2.4"
printf '%s\n' '[guestlist]' 'community = env:X' 'nagios_community = $USER3$' '[site]' 'version = 3' 'user = me' > "$T/auths"
refuses "$I:1: host 'h!v;1'; expected at most 128 of A-Z" "$I:2: host 'hü2'" "$I:4: host 'hv3 lab'; expected each name once in Zabbix" \
    -- -i "$I" -A "$T/auths" -Z "$T/output"
refuses "$T/auths:4: auth 'site' without nagios_auth_password" "$I:1: host 'h!v;1'; expected a name without .*Nagios" -- -i "$I" -A "$T/auths" -N "$T/output"
refuses "$I:1: host 'h!v;1'; expected a name without !" -- -i "$I" -A "$T/auths" -I "$T/output"
fleet -i "$I" -A "$T/auths" -P - > "$T/out" || FAIL "Prometheus takes all names"
grep -q '"instance": "h!v;1"' "$T/out" && grep -q '"instance": "hü2"' "$T/out" || FAIL "the names in Prometheus: $(cat "$T/out")"
step "names"

# ---- Auths ----------------------------------------------------------------------------------------

from 'hv1 192.0.2.1\n'
A=$T/auths
printf '%s\n' 'user = x' '[one]' 'version = 1' 'level = high' 'auth_protocol = CRC' 'password = hunter2' '[O_ne]' '[o-ne]' '[bad name]' \
    'nagios_community = hunter2' > "$A"
refuses "$A:1: a line without .AUTH. above" "$A:3: version '1'; expected one of 2c, 3" "$A:4: level 'high'" "$A:5: auth_protocol 'CRC'" \
    "$A:6: key password; expected one of user" "$A:8: auth o-ne; expected names that differ" "$A:9: auth 'bad name'" \
    "$A:10: nagios_community; expected a macro" -- -i "$I" -A "$A" "${output[@]}"
! grep -q hunter2 "$T/refused" || FAIL "a password is printed"
printf '%s\n' '[guestlist]' 'community = hunter2' > "$A"
chmod 644 "$A"
refuses "$A: a password in a file with the mode 644; expected a file that others can neither read" -- -i "$I" -A "$A" "${output[@]}"
chmod 600 "$A"
fleet -i "$I" -A "$A" -Z - -w | grep -q "value: 'hunter2'" || FAIL "a password in a private file is not taken"
printf '%s\n' '[guestlist]' 'version = 3' > "$A"
refuses "$A:1: auth 'guestlist' without user" -- -i "$I" -A "$A" "${output[@]}"
printf '%s\n' '[guestlist]' 'version = 3' 'user = me' "auth_password = file:$T/short" "priv_password = env:NO_SUCH_VARIABLE" > "$A"
(umask 077 && echo hunter2 > "$T/short")
fleet -i "$I" -A "$A" "${output[@]}" > "$T/out" || FAIL "it reads passwords that it does not need"
rm "$T/output"
refuses "$A:4: auth_password of auth guestlist; expected one line .* at least 8 characters" -- -i "$I" -A "$A" -Z "$T/output" -w
chmod 604 "$T/short"
refuses "$T/short: a password in a file with the mode 604" -- -i "$I" -A "$A" -Z "$T/output" -w
printf '%s\n' '[guestlist]' 'community = env:BAD' 'nagios_community = $USER3$' > "$A"
BAD="it's" refuses "$A:1: community of auth guestlist; expected a password without" -- -i "$I" -A "$A" -N "$T/output" -w
BAD=$'hunter\n2' refuses "$A:2: community of auth guestlist; expected one line" -- -i "$I" -A "$A" -Z "$T/output" -w
! grep -q hunter "$T/refused" || FAIL "a password is printed"
step "auths"

# ---- Ansible --------------------------------------------------------------------------------------

printf '%s\n' '[a' '[b:nothing]' '[c]' 'hv[3:1]' 'hv1 guestlist_port' '[d:vars]' 'nonsense' > "$T/ini"
refuses "$T/ini:1: section '\[a'" "$T/ini:2: section '\[b:nothing\]'" "$T/ini:4: range '\[3:1\]'" "$T/ini:5: 'guestlist_port'; expected KEY=VALUE" \
    "$T/ini:7: a line without '='" -- -a "$T/ini" "${output[@]}"
printf '%s\n' '[a:children]' 'b' '[b:children]' 'a' > "$T/ini"
refuses "$T/ini: group 'a'; expected groups that do not contain themselves" -- -a "$T/ini" "${output[@]}"
printf '%s\n' '[a]' 'hv1 guestlist_port="{{ port }}" other="{{ x }}"' 'hv2 guestlist_colour=red' > "$T/ini"
refuses "$T/ini:2: the variable guestlist_port; expected a number or a text without" "$T/ini:3: key colour" -- -a "$T/ini" "${output[@]}"
refuses "$T/ini: there is no group 'z'; expected one of a, all, ungrouped" -- -a "$T/ini" -g z "${output[@]}"
echo '{"all": {"hosts": ["hv1",]}}' > "$T/json"
refuses "$T/json:1: no JSON" -- -j "$T/json" "${output[@]}"
echo '[]' > "$T/json"
refuses "$T/json: no object" -- -j "$T/json" "${output[@]}"
echo '{"all": {"hosts": "hv1"}}' > "$T/json"
refuses "$T/json:all: hosts or children; expected lists" -- -j "$T/json" "${output[@]}"
echo '{"_meta": {"hostvars": {"hv1": {"guestlist_port": [1]}}}, "all": {"hosts": ["hv1"]}}' > "$T/json"
refuses "$T/json:hv1: the variable guestlist_port" -- -j "$T/json" "${output[@]}"
step "Ansible's inventories"

# ---- Options --------------------------------------------------------------------------------------

refuses "options: no input" -- "${output[@]}"
refuses "options: no output" -- -i "$I"
refuses "options: 'more'" -- -i "$I" "${output[@]}" more
refuses "options: --scan-parallel '129'; expected a number from 1 to 128" -- -s 192.0.2.1 -m 129 "${output[@]}"
refuses "options: --zabbix-version '5.0'" -- -i "$I" -z 5.0 "${output[@]}"
refuses "options: --enterprise-oid 'x'" -- -i "$I" -e x "${output[@]}"
refuses "options: --group 'a;b'" -- -i "$I" -G 'a;b' "${output[@]}"
# A scan is never wider than it was meant to be. Even if it were, this test would ask no foreign address.
mkdir "$T/bin"
printf '%s\n' '#!/bin/sh' "echo \"\$*\" >> $T/asked" > "$T/bin/snmpget"
chmod 755 "$T/bin/snmpget"
for network in 198.18.0.0/21 198.18.0.1/24 2001:db8::/117 hv1.example.org 0.0.0.0/0 239.0.0.0/24; do
    PATH=$T/bin:$PATH refuses "--scan: '$network'; expected" -- -s "$network" "${output[@]}"
done
PATH=$T/bin:$PATH refuses "--scan: auth 'none' of host 'any'; expected one of" -- -s 192.0.2.1 -u none "${output[@]}"
[ ! -e "$T/asked" ] || FAIL "it asks: $(cat "$T/asked")"
[ ! -e "$T/output" ] || FAIL "wrong input writes a file: $(cat "$T/output")"
step "options"
OK
