# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Verbs for the tests of guestlist-fleet. Source this file after lib.sh.

fleet_data=$top_srcdir/tests/data/fleet

fleet() { "$top_srcdir/scripts/guestlist-fleet" "$@"; }

# guestlist-fleet must end with status 2, and each line of its message must match the extended regular expression of its number.
refuses() { # REGEX... -- OPTION...
    local regex lines=() number=0
    while [ "$1" != -- ]; do
        lines+=("$1")
        shift
    done
    shift
    fleet "$@" > "$T/refused.out" 2> "$T/refused" < /dev/null
    equal 2 $? "status of guestlist-fleet $*: $(cat "$T/refused")"
    [ ! -s "$T/refused.out" ] || FAIL "guestlist-fleet $*: it prints $(cat "$T/refused.out")"
    equal ${#lines[@]} "$(wc -l < "$T/refused")" "lines of the message: $(cat "$T/refused")"
    for regex in "${lines[@]}"; do
        number=$((number + 1))
        sed -n "${number}p" "$T/refused" | grep -qE -- "^guestlist-fleet: $regex" ||
            FAIL "guestlist-fleet $*: wanted '$regex', got: $(sed -n "${number}p" "$T/refused")"
    done
}
