#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# integrations/zabbix: both templates are what generate makes of them; their UUIDs are valid, and those of tests/data/zabbix-uuids.txt,
# by which Zabbix finds on an upgrade what it has already; object identifiers are numbers; each trigger has a section in
# docs/zabbix.md, and each macro is explained there.
. "$(dirname "$0")/lib.sh"

folder=integrations/zabbix
page=docs/zabbix.md
uuids=tests/data/zabbix-uuids.txt
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

unset GUESTLIST_OID
for version in 6.0 7.0; do
    template=$folder/guestlist-$version.yaml
    "$folder/generate" $version >"$work/made" || fail "$folder/generate" "fails"
    diff "$template" "$work/made" || fail "$template" "is not what $folder/generate $version prints"

    # The group is Zabbix' own.
    sed -n 's/^[ -]*uuid: //p' "$template" | tr -d "'" | grep -v '^a571c0d144b14fd4a87a9d9b2aa9fcd6$' >"$work/$version"
    [ "$(wc -l <"$work/$version")" -ge 40 ] || fail "$template" "has too few UUIDs: this test cannot see"
    ! grep -vxE '[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}' "$work/$version" ||
        fail "$template" "has these, which are no UUIDs of version 4"
    [ -z "$(sort "$work/$version" | uniq -d)" ] || fail "$template" "has a UUID twice"

    # What is left of an object without the words around it.
    grep -E 'snmp_oid:|1\.3\.6' "$template" | grep -v ' key: ' |
        sed "s/^ *snmp_oid: //; s/^ *- //; s/walk\[//; s/discovery\[//; s/{#[A-Z]*}//g" | grep '[A-Za-z]' && fail "$template" "has names where numbers belong"
    sed -n "s/^ *name: 'Guest {#GUEST} \([a-z].*\)'$/Guest NAME \1/p; s/^ *name: '\(The .*\)'$/\1/p" "$template" |
        sort -u >"$work/triggers"
    sed -n 's/^### \(Guest NAME .*\|The .*\)$/\1/p' "$page" | sort -u >"$work/sections"
    diff "$work/triggers" "$work/sections" || fail "$page" "has sections (>) about other triggers than there are (<)"
    sed -n "s/^ *- macro: '\({\$.*}\)'$/\1/p" "$template" | while read -r macro; do
        grep -Fq "| \`$macro\`" "$page" || echo "$macro"
    done >"$work/macros"
    [ ! -s "$work/macros" ] || fail "$page" "does not explain $(cat "$work/macros")"
done

# The templates that add up all hosts.
for version in 6.0 7.0; do
    template=$folder/guestlist-fleet-$version.yaml
    "$folder/generate" $version fleet >"$work/made" || fail "$folder/generate" "fails"
    diff "$template" "$work/made" || fail "$template" "is not what $folder/generate $version fleet prints"
    sed -n 's/^[ -]*uuid: //p' "$template" | tr -d "'" | grep -v '^a571c0d144b14fd4a87a9d9b2aa9fcd6$' >"$work/fleet-$version"
    [ "$(wc -l <"$work/fleet-$version")" -ge 8 ] || fail "$template" "has too few UUIDs: this test cannot see"
    [ -z "$(sort "$work/fleet-$version" | uniq -d)" ] || fail "$template" "has a UUID twice"
    for word in $(sed -n "s/^ *- macro: '\({\$.*}\)'$/\1/p; s/^ *key: \(guestlist.fleet.*\)$/\1/p" "$template"); do
        grep -Fq "| \`$word\`" "$page" || fail "$page" "does not explain $word"
    done
    # An item that the template of a host does not have would have no value, without an error.
    grep -o 'guestlist\.[a-z_.]*\(\[\*\]\)*?' "$template" | sort -u | sed 's/\[\*\]//; s/?$//' | while read -r key; do
        grep -Eq "key: '?${key}('|\[|$)" "$folder/guestlist-$version.yaml" || echo "$key"
    done >"$work/missing"
    [ ! -s "$work/missing" ] || fail "$template" "adds up items that there are not: $(cat "$work/missing")"
done
! sort "$work/fleet-7.0" "$work/fleet-7.0" "$work/fleet-6.0" | uniq -u | grep . ||
    fail "$folder" "the template of the fleet for 6.0 has these UUIDs, which that for 7.0 has not"

# Another root of GUESTLIST-MIB is the only difference that it makes.
GUESTLIST_OID=1.3.6.1.4.1.8072.9999.9999.1111 "$folder/generate" 7.0 >"$work/other"
! grep -q 2512 "$work/other" || fail "$folder/generate" "does not take all numbers from GUESTLIST_OID"
sed 's/1111/2512/g' "$work/other" | diff "$folder/guestlist-7.0.yaml" - || fail "$folder/generate" "changes more than the numbers"
cat "$work/6.0" "$work/7.0" "$work/fleet-7.0" | sort -u >"$work/all"
diff "$uuids" "$work/all" || fail "$uuids" "has others (<) than the templates (>); what was published keeps its UUID"
# All but the two walks are the same in both.
[ "$(sort "$work/6.0" "$work/7.0" | uniq -u | wc -l)" = 2 ] || fail "$folder" "the templates have different UUIDs"
exit $status
