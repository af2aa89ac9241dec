#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# docs/conformance.md names existing tests for each rule, and texts that they contain.
. "$(dirname "$0")/lib.sh"

page=docs/conformance.md

# Prints, for each row of the table, NUMBER and the words between backquotes in the last two columns, one per line. Tests have
# the mark F, texts the mark W.
rows()
{
    awk -F ' *[|] *' '$2 ~ /^[0-9]+$/ {
        for (column = 4; column <= 5; column++) {
            n = split($column, piece, "`")
            for (i = 2; i <= n; i += 2) print $2, (column == 4 ? "F" : "W"), piece[i]
        }
    }' "$page"
}

for number in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
    files=
    for file in $(rows | sed -n "s/^$number F //p"); do
        case $file in */*) ;; *) file=tests/integration/$file ;; esac
        if [ -f "$file" ]; then
            files="$files $file"
        else
            fail "$page" "rule $number: there is no $file"
        fi
    done
    [ -n "$files" ] || fail "$page" "rule $number has no test"
    words=$(rows | sed -n "s/^$number W //p")
    [ -n "$words" ] || fail "$page" "rule $number has no texts of its tests"
    while read -r phrase; do
        # shellcheck disable=SC2086 # words
        grep -Fq -e "$phrase" ${files:-/dev/null} || fail "$page" "rule $number: none of$files contains '$phrase'"
    done <<WORDS
$words
WORDS
done
exit $status
