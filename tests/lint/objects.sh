#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# docs/objects.md has exactly one row for each object that can be read or is in a notification.
# The facts files have these objects.
. "$(dirname "$0")/lib.sh"

page=docs/objects.md
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

# Columns: module, name, OID, kind, syntax, access.
awk -F '\t' '$6 ~ /^read-/ || $6 == "accessible-for-notify" { print $2 }' tests/data/*-mib-facts.tsv | sort >"$work/facts"
# shellcheck disable=SC2016 # the backquotes are Markdown
sed -n 's/^| `\([A-Za-z0-9]*\)` |.*/\1/p' $page | sort >"$work/rows"

[ "$(wc -l <"$work/facts")" -gt 50 ] || fail tests/data "this test finds too few objects"
for name in $(uniq -d "$work/rows"); do
    fail $page "$name has more than one row"
done
for name in $(comm -23 "$work/facts" "$work/rows"); do
    fail $page "$name has no row"
done
for name in $(sort -u "$work/rows" | comm -13 "$work/facts" -); do
    fail $page "$name has a row, but is not a readable object"
done
exit $status
