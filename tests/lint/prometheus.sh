#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# integrations/prometheus has valid rules and configuration, documented alerts, and complete modules for snmp_exporter.
# The alerts pass the tests in tests/data/prometheus. Each alert has a section in docs/prometheus.md. Object identifiers are
# numbers, and both modules for snmp_exporter have all of them.
. "$(dirname "$0")/lib.sh"

folder=integrations/prometheus
page=docs/prometheus.md

names() { sed -n "s/^ *- $1: *//p" "$folder"/*.rules.yml | sort -u; }

documented=$(sed -n 's/^### \(Guestlist[A-Za-z]*\)$/\1/p' "$page" | sort)
[ "$(names alert)" = "$documented" ] || fail "$page" "has sections about other alerts than there are: $documented"
for alert in $(names alert); do
    anchor=$(printf %s "$alert" | tr '[:upper:]' '[:lower:]')
    grep -q "^ *runbook: $page#$anchor\$" "$folder"/*.rules.yml || fail "$alert" "does not name its section in $page"
    tests='tests/data/prometheus/snmp.test.yml tests/data/prometheus/collectd.test.yml'
    case $alert in GuestlistFleet*) tests=tests/data/prometheus/fleet.test.yml ;; esac
    for test in $tests; do
        case $test$alert in */collectd.test.ymlGuestlistListingStale) continue ;; esac # collectd cannot distinguish it from a lost hypervisor
        grep -q "$alert" "$test" || fail "$test" "does not test $alert"
    done
done
for name in $(names record); do
    grep -Fq "\`$name\`" "$page" || fail "$page" "does not explain $name"
done

# Prints what a module walks or gets, without the .0 of a scalar.
asked() { sed -n 's/^ *- \([0-9][0-9.]*\)\( .*\)*$/\1/p' "$1" | sed 's/\.0$//' | sort -u; }
wanted=$({ asked "$folder/generator.yml"; echo 1.3.6.1.2.1.236.1.4.1.2; } | sort -u)
for module in "$folder/guestlist-snmp.yml" "$folder/guestlist-snmp-0.21.yml"; do
    [ "$(asked "$module")" = "$wanted" ] || fail "$module" "has other objects than generator.yml: run $folder/generate"
done
! sed -n '/walk:/,/lookups:/s/^ *- *//p' "$folder/generator.yml" | grep -v '^[0-9.]* *#' | grep -v '^source' ||
    fail "$folder/generator.yml" "has names where numbers belong"

command -v promtool >/dev/null || {
    [ $status = 0 ] || exit $status
    skip "promtool (package prometheus) is not installed: the rules were not run"
}
promtool check rules "$folder"/*.rules.yml || status=1
promtool check config "$folder/prometheus.yml" || status=1
promtool check config "$folder/prometheus-file-sd.yml" || status=1
promtool test rules tests/data/prometheus/*.test.yml || status=1
exit $status
