#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# check_guestlist's modes domain and count understand states, names, regular expressions and ranges.
# A hostile domain name does not break the output line.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/check-plugin.sh"
need virsh snmpget libvirtd
need_root

start_libvirtd
start_snmpd
fill_shared_test_driver
test_domain 'odd|name;x' "$(uuid_of odd)" > "$T/odd.xml"
on_shared define "$T/odd.xml" > "$T/out" && on_shared autostart 'odd|name;x' > "$T/out" || FAIL "$(cat "$T/out")"
configure_agent 'interval 1'
start_agent -u "$SHARED_URI"
wait_for 20 'row_of "odd|name;x"'
wait_for_autostart

domain() { verdict_is "$1" "$2" -m domain "${@:3}"; }
domain $ok '^GUESTLIST OK - sh-running is running \(booted\) [|] domains=1;;;0 as_expected=1;;;0$' -d sh-running
domain $critical '^GUESTLIST CRITICAL - sh-paused is paused \(user\), expected: running [|]' -d sh-paused
domain $ok 'sh-paused is paused \(user\)' -d sh-paused -s paused
domain $ok 'sh-shutoff is shutdown' -d sh-shutoff -s 'inactive persistent'
domain $critical 'sh-shutoff is shutdown, expected: inactive transient' -d sh-shutoff -s inactive,transient
domain $critical '^GUESTLIST CRITICAL - there is no domain web99 ' -d web99
domain $critical '^GUESTLIST CRITICAL - there is no domain web99 [|] domains=1;;;0 as_expected=1;' -d web99 -d sh-running
domain $critical $'. And 3 more. 3 of 9 domains are running .*\n\\[CRITICAL\\] sh-crashed is crashed, expected: running' -d '/^sh-/'
domain $ok '2 of 2 domains are running' -d '/^sh-(running|transient)$/' -s running
domain $unknown 'every domain of -d is ignored' -d sh-running -i /running/

# Thresholds count the running domains.
domain $ok "3 of 9 domains are running [|] domains=9;;;0 as_expected=3;3:;2:;0" -d /^sh-/ -s running -w 3: -c 2:
domain $warning '^GUESTLIST WARNING - 3 of 9 are running' -d /^sh-/ -s running -w 4: -c 3:
domain $critical '^GUESTLIST CRITICAL - 3 of 9 are running' -d /^sh-/ -s running -w 5: -c 4:

count() { verdict_is "$1" "$2" -m count "${@:3}"; }
count $ok '^GUESTLIST OK - 3 of 10 domains: running [|] running=3;;;0$'
count $ok "with-managed-save=1;0:2;0:4;0" -s with-managed-save -w 0:2 -c 0:4
count $warning '^GUESTLIST WARNING - 2 of 10 domains: starts-at-boot inactive [|] .starts-at-boot inactive.=2;0;;0$' \
    -s 'starts-at-boot inactive' -w 0
count $ok '0 of 8 domains: starts-at-boot inactive' -s starts-at-boot,inactive -w 0 -i sh-waiting -i '/^odd/'
count $critical '^GUESTLIST CRITICAL - 1 of 10 domains: with-snapshot' -s with-snapshot -c 0
# The counts agree with those of the agent, for each filter word.
walk $guestlist_mib.1.3.1.2 | sed -E 's/^.*\.([0-9]+) = STRING: "(.*)"$/\1 \2/' > "$T/words"
equal 16 "$(wc -l < "$T/words")" "filter words"
while read -r flag word; do
    count $ok " of 10 domains: $word [|] $word=$(value "$guestlist_mib.1.3.1.6.$flag");" -s "$word"
done < "$T/words"

# Wrong words on the command line do not break the output line.
verdict_is $unknown '^GUESTLIST UNKNOWN - "/web/db\(/" is not a regular expression: [^|]*$' -m domain -d '/web|db(/'
verdict_is $unknown $'^GUESTLIST UNKNOWN - -w "1, ,x/y=3": expected a range[^|\n]*$' -w $'1\n;x|y=3'
verdict_is $unknown $'^GUESTLIST UNKNOWN - udp:a/b, c:161: [^|\n]*$' -H $'a|b\nc' -p 161

# The name ends neither the output text nor the command line.
verdict_is $critical '^GUESTLIST CRITICAL - odd/name,x starts at boot but is shutdown. 1 domain, 0 running [|]' -d 'odd|name;x'
OK
