#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The pages for other monitoring systems and the sample for Telegraf agree with the MIB modules.
# These systems are not run here. Each word with a number must be in an enumeration of a module, the lists of states must be
# complete, and the XML must be well-formed.
. "$(dirname "$0")/lib.sh"

pages='docs/librenms.md docs/other-systems.md'
sample=integrations/telegraf/guestlist.conf
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

# Prints lines "word(number)".
enumerations()
{
    grep -oE '[a-zA-Z]+\([0-9]+\)'
}

cat tests/data/*-mib-facts.tsv | grep -oE 'INTEGER \{[^}]*\}' | enumerations | sort -u >"$work/known"
sed -n 's/.*	VirtualMachineOperState		TC	//p' tests/data/vm-mib-facts.tsv | enumerations | sort >"$work/states"
[ "$(wc -l <"$work/states")" = 12 ] || fail tests/data/vm-mib-facts.tsv "this test does not find the states"

# known WHERE: each line of $work/lines must be in a module.
known()
{
    sort -u "$work/lines" >"$work/found"
    [ -s "$work/found" ] || fail "$1" "this test finds no word with a number"
    for word in $(comm -13 "$work/known" "$work/found"); do
        fail "$1" "no MIB module has $word"
    done
}

# all_states WHERE WHAT: the lines of $work/lines must be all states, each once.
all_states()
{
    sort "$work/lines" | diff "$work/states" - >"$work/diff" || fail "$1" "the states $2: $(cat "$work/diff")"
}

for page in $pages; do
    # The name in NAME(SECTION), a manual page, is not a word of an enumeration.
    sed 's/\[[^]]*\]([^)]*)//g' "$page" | enumerations >"$work/lines"
    known "$page"
done
sed -n '/^ *# [0-9]* [a-z]*, [0-9]* [a-z]*/p' $sample | grep -oE '[0-9]+ [a-z]+' | sed 's/\([0-9]*\) \(.*\)/\2(\1)/' >"$work/lines"
known $sample
grep -o '<SingleInt state="[A-Za-z]*" value="[0-9]*">[a-z]*<' docs/other-systems.md |
    sed 's/.*value="\([0-9]*\)">\(.*\)</\2(\1)/' >"$work/lines"
all_states docs/other-systems.md "of the lookup for PRTG"
sed -n 's/.*{ value: \([0-9]*\), .* descr: \([a-z]*\) }$/\2(\1)/p' docs/librenms.md >"$work/lines"
all_states docs/librenms.md "of the sensor"
sed -n '/^| vmOperState/,/^$/p' docs/librenms.md | enumerations >"$work/lines"
all_states docs/librenms.md "of the table"

if ! command -v xmllint >/dev/null; then
    [ $status != 0 ] || skip "xmllint (package libxml2-utils) is not installed; the other checks passed"
    exit $status
fi
awk -v work="$work" '/^```xml$/ { file = work "/" ++n ".xml"; next } /^```/ { file = "" } file { print > file }' docs/other-systems.md
for block in "$work"/*.xml; do
    xmllint --noout "$block" 2>"$work/xmllint" || fail docs/other-systems.md "$(cat "$work/xmllint")"
done
[ "$(find "$work" -name '*.xml' | wc -l)" = 3 ] || fail docs/other-systems.md "this test does not find the XML"
exit $status
