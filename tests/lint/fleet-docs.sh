#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# guestlist-fleet takes the options and keys that its manual page lists, has the version of the tree, and all its modules are
# installed.
. "$(dirname "$0")/lib.sh"

fleet=scripts/guestlist-fleet
page=docs/guestlist-fleet.1

work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
command -v python3 >/dev/null || skip "python3 is not here"
$fleet --help >"$work/help" || fail $fleet "--help fails"
sed -n 's/^  -\([a-zA-Z]\), --\([a-z0-9-]*\).*/\1 \2/p' "$work/help" | sort >"$work/known"
sed -n 's/^\.It Fl \([a-zA-Z]\) .*, Fl -\([a-z0-9-]*\).*/\1 \2/p; s/^\.It Fl \([a-zA-Z]\) , Fl -\([a-z-]*\)$/\1 \2/p' $page |
    sort >"$work/page"
[ "$(wc -l <"$work/known")" -ge 20 ] || fail $fleet "--help lists no options"
diff "$work/known" "$work/page" || fail $page "does not list the options of $fleet --help"
while read -r short long; do
    for option in "-$short" "--$long"; do
        $fleet "$option" </dev/null >"$work/out" 2>&1
        if grep -q 'not recognized' "$work/out"; then
            fail $fleet "does not know $option, which its help lists"
        fi
    done
done <"$work/known"
$fleet -Q >"$work/out" 2>&1
grep -q 'not recognized' "$work/out" || fail $fleet "takes -Q: this test cannot see"

# A wrong key makes it name all keys.
echo 'hv1 nonsense=1' | $fleet -i - -l - 2>&1 | sed 's/.*label_NAME or one of //; s/, /\n/g' | sort >"$work/keys"
sed -n '/^\.Ss Inventory/,/^\.Ss Auths/s/^\.It Va \([a-z_]*\)$/\1/p' $page | sort >"$work/page"
[ "$(wc -l <"$work/keys")" -ge 5 ] || fail $fleet "names no keys"
diff "$work/keys" "$work/page" || fail $page "does not list the keys of $fleet"

version=$(sed -n 's/^AC_INIT(\[guestlist\], \[\(.*\)\])$/\1/p' configure.ac)
for option in -V --version; do
    [ "$($fleet $option)" = "guestlist-fleet $version" ] || fail $fleet "$option prints $($fleet $option), the tree is $version"
done
for module in scripts/guestlist_fleet/*.py; do
    grep -q "^	$module" docs/subdir.am || fail docs/subdir.am "does not name $module"
    [ "$(wc -l <"$module")" -le 400 ] || fail "$module" "more than 400 lines"
done

check_pages "$page"
exit $status
