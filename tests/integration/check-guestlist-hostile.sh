#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# check_guestlist ends in time with UNKNOWN whatever it meets: an agent whose table never ends, a name server that is silent, a name
# that is none.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/check-plugin.sh"
need snmpget unshare perl
need_root

# It has one domain, and each GETNEXT finds the same name.
cat > "$T/endless" << 'SCRIPT'
#!/bin/sh
case "$1 $2" in
"-g .1.3.6.1.2.1.236.1.2.0") printf '%s\n' "$2" integer 1 ;;
-n*) printf '%s\n' .1.3.6.1.2.1.236.1.4.1.2.7 string web01 ;;
esac
SCRIPT
chmod +x "$T/endless"
start_snmpd "pass .1.3.6.1.2.1.236 $T/endless"
wait_for 10 "[ \"\$(value $vm_mib.1.2.0)\" = 1 ]"
verdict_is $unknown '^GUESTLIST UNKNOWN - the agent.s answers are not in order: the walk would never end' -t 20

verdict_is $unknown '^GUESTLIST UNKNOWN - (no result|.*nowhere.invalid)' -H nowhere.invalid -t 5

# In a network of its own, where the name server takes questions and gives no answer.
echo 'nameserver 127.0.0.1' > "$T/resolv.conf"
cat > "$T/silence" << 'SCRIPT'
ip link set lo up
mount --bind "$1/resolv.conf" /etc/resolv.conf
perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(Proto => "udp", LocalAddr => "127.0.0.1:53") or die; $| = 1; print "ready\n"; sleep 60' > "$1/ready" &
until grep -q ready "$1/ready"; do sleep 0.1; done
"$2" -H hypervisor.example -t 2 > "$1/output"
echo $? > "$1/status"
kill $!
SCRIPT
before=$(now)
unshare -nm bash "$T/silence" "$T" "$CHECK_GUESTLIST"
took=$(since "$before")
equal 3 "$(cat "$T/status")" "exit status where the name server is silent"
grep -q '^GUESTLIST UNKNOWN - no result within 2 s$' "$T/output" || FAIL "it says: $(cat "$T/output")"
awk -v s="$took" 'BEGIN { exit !(s < 5 * 2) }' || FAIL "2 s took $took s"
step "the name server is silent: $(cat "$T/output")"
OK
