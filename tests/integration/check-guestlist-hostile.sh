#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# check_guestlist always ends in time, with UNKNOWN.
# It meets an agent whose table never ends, a name server that does not answer, and a host name that does not exist.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/check-plugin.sh"
need snmpget unshare perl
need_root

# This agent has one domain. Each GETNEXT returns the same name.
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

# Use a separate network with a name server that receives queries and does not answer.
echo 'nameserver 127.0.0.1' > "$T/resolv.conf"
cat > "$T/no-answer" << 'SCRIPT'
ip link set lo up
mount --bind "$1/resolv.conf" /etc/resolv.conf
perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(Proto => "udp", LocalAddr => "127.0.0.1:53") or die; $| = 1; print "ready\n"; sleep 60' > "$1/ready" &
until grep -q ready "$1/ready"; do sleep 0.1; done
"$2" -H hypervisor.example -t 2 > "$1/output"
echo $? > "$1/status"
kill $!
SCRIPT
before=$(now)
unshare -nm bash "$T/no-answer" "$T" "$CHECK_GUESTLIST"
took=$(since "$before")
equal 3 "$(cat "$T/status")" "exit status with a name server that does not answer"
grep -q '^GUESTLIST UNKNOWN - no result within 2 s$' "$T/output" || FAIL "it prints: $(cat "$T/output")"
awk -v s="$took" 'BEGIN { exit !(s < 5 * 2) }' || FAIL "a time limit of 2 s took $took s"
step "the name server does not answer: $(cat "$T/output")"
OK
