#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Twenty collectds send what the plugin reports to one collector, signed or encrypted, with the lines of docs/fleet.md. No names
# collide, unsigned values and wrong passwords are refused, and a host that goes away is reported.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/collectd.sh"
. "$(dirname "$0")/collectd-fleet.sh"
need collectd curl rrdtool
need_plugin

hosts=$(printf 'hv%02d ' {1..20})
prepare_fleet
start_collector
for host in $hosts; do
    case $host in
        *[02468]) start_member "$host" encrypted ;;
        *) start_member "$host" signed ;;
    esac
done
wait_for 90 "[ \"\$(exported_hosts | xargs)\" = '${hosts% }' ]"
step "the collector has $(wc -w <<< "$hosts") hosts"

# Guests of the same name are apart, by host, in the metrics and in the files.
wait_for 30 "[ \$(collector_metrics | grep -c '^collectd_guestlist_domain_state_state{') = 60 ]"
for host in hv01 hv20; do
    equal 1 "$(exported domain_state_state web $host)" "the state of web on $host"
    equal 5 "$(exported domain_state_state db $host)" "the state of db on $host"
    equal 1 "$(exported domain_state_state only-$host $host)" "the state of only-$host"
done
equal 20 "$(find "$COLLECTOR/rrd" -path '*/guestlist-web/domain_state.rrd' | wc -l)" "files of guests with the name web"
wait_for 60 "rrdtool lastupdate $COLLECTOR/rrd/hv07/guestlist-web/domain_state.rrd | grep ': 1 '"
equal 280 "$(collector_metrics | grep -c '^collectd_guestlist_[a-z_]*{guestlist="local"')" "metrics of hypervisors"
step "no names collide: $(collector_metrics | grep -c '^collectd_guestlist_') metrics, $(find "$COLLECTOR/rrd" -name '*.rrd' | wc -l) files"

# A collectd without a password, or with a wrong one, reports nothing.
printf '%s\n' '<Plugin network>' "Server \"127.0.0.1\" \"$COLLECTOR_PORT\"" '</Plugin>' > "$T/unsigned"
documented_block signed | sed 's/Password .*/Password "another secret"/' > "$T/wrong-signature"
documented_block encrypted | sed 's/Password .*/Password "another secret"/' > "$T/wrong-key"
for wrong in unsigned wrong-signature wrong-key; do
    start_member "intruder-$wrong" "$T/$wrong"
done
wait_for 30 "collector_logged 'Unsigned or unencrypted packet\|network plugin: .*[Uu]nsigned'"
wait_for 30 "collector_logged 'Verifying HMAC-SHA-256 signature failed\|[Hh]ash mismatch'"
wait_for 30 "collector_logged 'Checksum mismatch\|[Dd]ecrypt.*failed'"
! exported_hosts | grep intruder || FAIL "an intruder reports values"
for wrong in unsigned wrong-signature wrong-key; do
    stop_member "intruder-$wrong"
done
grep -aqE 'secret of|another secret' "$COLLECTOR/log" && FAIL "a password is in the log"
step "values without a valid signature are refused"

# If a host goes away, its values end, and one notification reports this. There is no notification about other hosts.
! grep 'Severity: FAILURE' "$T/notes" || FAIL "there is a notification already"
stop_member hv07
wait_for 60 "grep -E 'Severity: FAILURE.*Host: hv07\|.*Plugin: guestlist' $T/notes"
wait_for 60 "! collector_metrics | grep 'instance=\"hv07\"'"
grep 'Severity: FAILURE' "$T/notes" | grep -v 'Host: hv07|' && FAIL "a notification about another host"
step "$(grep 'Severity: FAILURE' "$T/notes" | tr '|' ' ')"
equal 1 "$(grep -c 'Severity: FAILURE' "$T/notes")" "notifications for the host, and for all others"
equal 19 "$(exported_hosts | wc -l)" "hosts"

start_member hv07 signed
wait_for 60 "exported_hosts | grep hv07"
wait_for 60 "tail -n 1 $T/notes | grep 'Severity: OKAY.*Host: hv07|'"
step "it is back: $(tail -n 1 "$T/notes" | tr '|' ' ')"
OK
