#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The manual: well-formed, and complete both ways. Every directive, option and filter word that the program knows is
# documented, and nothing else is.
. "$(dirname "$0")/lib.sh"

command -v mandoc >/dev/null || skip "mandoc is not installed"
[ -x "$GUESTLISTD" ] || skip "guestlistd is not built"

for page in docs/*.[0-9]; do
    found=$(mandoc -T lint -W warning "$page" 2>&1) || fail "$page" "$found"
done

# same WHERE WANTED GOT: two lists of words are the same.
same()
{
    for word in $2; do
        printf '%s\n' "$3" | grep -Fqx -e "$word" || fail "$1" "does not have $word"
    done
    for word in $3; do
        printf '%s\n' "$2" | grep -Fqx -e "$word" || fail "$1" "has $word, which the program does not know"
    done
}

directives=$("$GUESTLISTD" -H | awk '/^[a-z]/ && $1 != "and" { print $1 }')
same docs/guestlistd.conf.5 "$directives" "$(awk '$1 == ".It" && $2 == "Ic" { print $3 }' docs/guestlistd.conf.5)"
same docs/guestlistd.conf.example "$directives" "$(sed -n 's/^#\{0,1\}\([a-z][A-Za-z]*\) .*/\1/p' docs/guestlistd.conf.example)"

options=$("$GUESTLISTD" -h | sed -n 's/^  //p' | grep -Eo '^ *-[A-Za-z],? |^ *(-[A-Za-z], )?--[a-z-]+' | grep -Eo -e '--?[A-Za-z-]+' | sort -u)
# Only the list of options counts: the synopsis repeats them.
manual=$(sed -n '/^The options are:/,/^\.El/p' docs/guestlistd.8 |
    awk '$1 == ".It" { for (i = 2; i < NF; i++) if ($i == "Fl") print "-" $(i + 1) }' | sort -u)
same docs/guestlistd.8 "$(printf '%s\n' "$options" | grep -v -e '--once')" "$(printf '%s\n' "$manual" | grep -v -e '--once')"

words=$("$GUESTLISTD" -C --once -F no-such-word 2>&1 | sed 's/.*one or more of: //' | tr ' ' '\n')
[ "$(printf '%s\n' "$words" | wc -l)" = 16 ] || fail guestlistd "does not list 16 filter words"
same docs/guestlistd.conf.5 "$words" \
    "$(sed -n '/^\.Bl -column/,/^\.El/p' docs/guestlistd.conf.5 | sed -n 's/.* Ta Cm //p' | tr ' ' '\n')"
exit $status
