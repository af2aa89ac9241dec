#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The options of check_guestlist, its help and its manual page agree.
# The words for states agree as well. check_guestlist exits with 3 for unknown options, for -h and for -V.
. "$(dirname "$0")/lib.sh"

plugin=$top_builddir/check_guestlist
page=docs/check_guestlist.1

[ -x "$plugin" ] || skip "$plugin is not built"
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

"$plugin" --help >"$work/help"
[ $? -eq 3 ] || fail "$plugin --help" "does not exit with 3"
sed -n 's/^  -\([a-zA-Z]\), --\([a-z]*\).*/\1 \2/p' "$work/help" | sort >"$work/known"
sed -n 's/^\.It Fl \([a-zA-Z]\) .*, Fl -\([a-z]*\).*/\1 \2/p' $page | sort >"$work/page"
[ "$(wc -l <"$work/known")" -gt 15 ] || fail "$plugin" "--help lists too few options"
diff "$work/known" "$work/page" || fail $page "does not list the options of check_guestlist --help"
sed -n '/^\.Sh SYNOPSIS/,/^\.Sh DESCRIPTION/p' $page | grep -o 'Fl [A-Za-z]' | sed 's/Fl //' | sort >"$work/synopsis"
cut -d ' ' -f 1 "$work/known" | diff - "$work/synopsis" || fail $page "the synopsis does not have each option once"

while read -r short long; do
    for option in "-$short" "--$long"; do
        if "$plugin" "$option" 2>&1 | grep -q 'unknown option'; then
            fail "$plugin" "does not know $option, which its help lists"
        fi
    done
done <"$work/known"
"$plugin" -Q >"$work/out" 2>&1
[ $? -eq 3 ] || fail "$plugin -Q" "does not exit with 3"
grep -q '^GUESTLIST UNKNOWN - unknown option -Q' "$work/out" || fail "$plugin" "accepts -Q, so this test proves nothing"

# Filter words are in guestlistd.conf(5). The page has the other words.
"$plugin" -H nowhere -m count -s nonsense | sed 's/.*expected one or more of: //' | tr ' ' '\n' >"$work/words"
[ "$(wc -l <"$work/words")" -gt 25 ] || fail "$plugin" "does not list the words for states"
while read -r word; do
    grep -qw -e "$word" $page docs/guestlistd.conf.5 || fail $page "does not name the word $word"
done <"$work/words"

# The CheckCommand has a variable for each option, except those without a use there.
for letter in $(cut -d ' ' -f 1 "$work/known"); do
    case $letter in h | V) continue ;; esac
    grep -q "\"-$letter\" = {" integrations/icinga2/guestlist-command.conf ||
        fail integrations/icinga2/guestlist-command.conf "has no variable for -$letter"
done

check_pages "$page"
exit $status
