#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# guestlist-graph takes the options that its help and its manual page list, which are the same, and has the version of the tree.
. "$(dirname "$0")/lib.sh"

graph=scripts/guestlist-graph
page=docs/guestlist-graph.1

work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
command -v bash >/dev/null || skip "bash is not here"
bash $graph --help >"$work/help" || fail $graph "--help fails"
sed -n 's/^  -\([a-zA-Z]\), --\([a-z-]*\).*/\1 \2/p' "$work/help" >"$work/known"
sed -n 's/^\.It Fl \([a-zA-Z]\) .*, Fl -\([a-z-]*\).*/\1 \2/p; s/^\.It Fl \([a-zA-Z]\) , Fl -\([a-z-]*\)$/\1 \2/p' $page >"$work/page"
[ -s "$work/known" ] || fail $graph "--help lists no options"
diff "$work/known" "$work/page" || fail $page "does not list the options of $graph --help"
while read -r short long; do
    for option in "-$short" "--$long"; do
        # An option without its value ends with a sentence that names it; one that is not known says so.
        bash $graph "$option" </dev/null >"$work/out" 2>&1
        if grep -q 'unknown option' "$work/out"; then
            fail $graph "does not know $option, which its help lists"
        fi
    done
done <"$work/known"
bash $graph -Q >"$work/out" 2>&1
grep -q 'unknown option -Q' "$work/out" || fail $graph "takes -Q: this test cannot see"

version=$(sed -n 's/^AC_INIT(\[guestlist\], \[\(.*\)\])$/\1/p' configure.ac)
for option in -V --version; do
    [ "$(bash $graph $option)" = "guestlist-graph $version" ] || fail $graph "$option prints $(bash $graph $option), the tree is $version"
done

check_pages "$page"
exit $status
