#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# integrations/grafana: the dashboards are what generate makes; no panel overlaps another; no panel names a datasource or a host;
# the rules for SNMP and those for collectd record every name in the queries; docs/grafana.md describes each panel.
. "$(dirname "$0")/lib.sh"

folder=integrations/grafana
page=docs/grafana.md
command -v jq >/dev/null || skip "needs jq"
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

"$folder/generate" "$work"
for made in "$work"/*.json; do
    cmp -s "$made" "$folder/${made##*/}" || fail "$folder/${made##*/}" "is not what $folder/generate makes: run it"
done

for dashboard in "$folder"/*.json; do
    name=${dashboard##*/} name=${name%.json}
    [ "$(jq -r .uid "$dashboard")" = "$name" ] || fail "$dashboard" "has another uid than its name"
    jq -e '[.panels[].id] | length == (unique | length)' "$dashboard" >/dev/null || fail "$dashboard" "has a panel's id twice"
    jq -e '[.panels[].gridPos | . as $at | range($at.x; $at.x + $at.w) as $x | range($at.y; $at.y + $at.h) as $y | [$x, $y]]
        | (length == (unique | length)) and all(.[]; .[0] < 24)' "$dashboard" >/dev/null || fail "$dashboard" "has panels that overlap"
    jq -e '[.. | objects | .datasource? // empty | .uid] | length > 0 and all(. == "${datasource}")' "$dashboard" >/dev/null ||
        fail "$dashboard" "names a datasource"
    jq -e 'all(.panels[].targets[].expr; contains("=\"$instance\"") or contains("=~\"$instance\""))' "$dashboard" >/dev/null ||
        fail "$dashboard" "has a query of other hosts than the one that was chosen"
    # The titles of the panels, without those that the page describes.
    jq -r '.panels[].title' "$dashboard" | while read -r title; do
        awk -v name="$name" -v title="| $title |" '/^## / { here = index($0, "`" name "`") } here && index($0, title) == 1 { found = 1 }
            END { exit !found }' "$page" || echo "$title"
    done >"$work/missing"
    [ ! -s "$work/missing" ] || fail "$page" "does not say what these panels of $name answer: $(paste -s -d , "$work/missing")"
done

# Every name in a query is recorded in both ways, and every alert exists.
jq -r '.panels[].targets[].expr, (.templating.list[].query.query? // empty)' "$folder"/*.json |
    grep -o 'guestlist:[a-z0-9_:]*' | sort -u >"$work/asked"
[ -s "$work/asked" ] || fail "$folder" "asks for nothing"
recorded() { sed -n 's/^ *- record: *//p' "$@" | sort -u; }
for way in snmp collectd; do
    recorded integrations/prometheus/guestlist-$way*.rules.yml integrations/prometheus/guestlist-alerts.rules.yml \
        integrations/prometheus/guestlist-fleet.rules.yml >"$work/recorded"
    # collectd does not report UUIDs and versions.
    [ $way = snmp ] || printf '%s\n' guestlist:domain_uuid guestlist:version | sort -o "$work/recorded" - "$work/recorded"
    missing=$(comm -23 "$work/asked" "$work/recorded" | paste -s -d ' ')
    [ -z "$missing" ] || fail "integrations/prometheus" "the way by $way does not record $missing"
done
sed -n 's/^ *- alert: *//p' integrations/prometheus/guestlist-alerts.rules.yml >"$work/alerts"
for alert in $(jq -r '.panels[].targets[].expr' "$folder"/*.json | grep -o 'alertname=~"[^"]*"' | cut -d '"' -f 2 | sort -u); do
    grep -Eqx "$alert" "$work/alerts" || fail "$folder" "asks for an alert that there is not: $alert"
done

# The words for libvirt's reasons are the agent's own.
awk '/_reasons\[\] = \{/ { sub(/.*const /, ""); name = $1; sub(/_reasons.*/, "", name); number = 0; inside = 1 }
    inside {
        while (match($0, /"[^"]*"/)) {
            print name, number++, substr($0, RSTART + 1, RLENGTH - 2)
            $0 = substr($0, RSTART + RLENGTH)
        }
    }
    /NULL/ { inside = 0 }' lib/model/domain.c >"$work/words"
awk 'BEGIN { split("nostate running nostate paused shutdown shutoff crashed nostate", name) }
    {
        who = $1; number = $2; $1 = $2 = ""; sub(/^ */, "")
        for (i = 1; i <= 8; i++)
            if (name[i] == who)
                print 100 * (i - 1) + number, $0
    }' "$work/words" | sort >"$work/wanted"
awk '/labels: \{reason: / { word = $0; sub(/.*reason: /, "", word); sub(/\}.*/, "", word) }
    {
        while (word && match($0, /== [0-9]+/)) {
            print substr($0, RSTART + 3, RLENGTH - 3), word
            $0 = substr($0, RSTART + RLENGTH)
        }
    }' integrations/prometheus/guestlist-collectd-reasons.rules.yml | sort >"$work/got"
[ "$(wc -l <"$work/wanted")" -gt 40 ] || fail lib/model/domain.c "its reasons were not found"
diff "$work/wanted" "$work/got" || fail integrations/prometheus/guestlist-collectd-reasons.rules.yml "has other words than lib/model/domain.c"
exit $status
