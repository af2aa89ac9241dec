#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Options, directives and filter words of the program agree with both manual pages and the sample configuration.
# The test runs the program to learn what it accepts.
. "$(dirname "$0")/lib.sh"

page8=docs/guestlistd.8
page5=docs/guestlistd.conf.5
sample=docs/guestlistd.conf.example
agent=${GUESTLISTD:-$top_builddir/guestlistd}

[ -x "$agent" ] || skip "$agent is not built"
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
export SNMPCONFPATH="$work/none" SNMP_PERSISTENT_DIR="$work/none"

# asked FILE OPTION...: runs the program and writes its output to FILE. It must not start to serve.
asked()
{
    out=$1
    shift
    timeout 60 "$agent" "$@" >"$out" 2>&1 </dev/null
}

# same WHERE WHAT KNOWN DOCUMENTED: compares two files with one word per line.
same()
{
    [ -s "$3" ] || fail "$1" "nothing found to compare: $2"
    sort -u "$3" >"$work/known"
    sort -u "$4" >"$work/documented"
    for word in $(comm -23 "$work/known" "$work/documented"); do
        fail "$1" "$2 $word is not documented"
    done
    for word in $(comm -13 "$work/known" "$work/documented"); do
        fail "$1" "$2 $word is documented, but the program does not know it"
    done
}

# --- Options: each letter, and the list of -h ------------------------------------------------------

# takes OPTION: true unless the program reports it as unknown. The next word is nonsense, so the program never starts.
takes()
{
    asked "$work/out" "$1" --nonsense --nonsense
    ! grep -qF "unknown option $1;" "$work/out"
}

takes -Z && fail "$agent" "accepts -Z, or no longer reports unknown options, so this test proves nothing"
asked "$work/help" -h || fail "$agent -h" "fails"
sed -n 's/^ \{2,6\}\(-.*\)/\1/p' "$work/help" | sed 's/   *.*//' | grep -oE -- '(^|[ ,])--?[A-Za-z][a-z-]*' |
    tr -d ' ,' >"$work/options"
for letter in a b c d e f g h i j k l m n o p q r s t u v w x y z A B C D E F G H I J K L M N O P Q R S T U V W X Y Z; do
    if takes "-$letter"; then
        echo "-$letter"
    fi
done >>"$work/options"

# The "Fl" of mdoc writes the first dash.
options_in()
{
    grep -oE 'Fl -?[A-Za-z][a-z-]*' | sed 's/^Fl /-/'
}

sed -n '/^\.Sh DESCRIPTION/,/^\.Ss JSON/s/^\.It \(Fl .*\)/\1/p' $page8 | options_in >"$work/documented-options"
same $page8 option "$work/options" "$work/documented-options"
cp "$work/known" "$work/known-options"
# The synopsis has each letter, and long options only if there is no letter for them.
sed -n '/^\.Sh SYNOPSIS/,/^\.Sh DESCRIPTION/p' $page8 | options_in >"$work/synopsis"
grep -v '^--' "$work/options" >"$work/letters"
grep -v '^--' "$work/synopsis" >"$work/synopsis-letters"
same "$page8, SYNOPSIS" option "$work/letters" "$work/synopsis-letters"
grep '^--' "$work/synopsis" | sort -u | comm -23 - "$work/known-options" >"$work/strange"
while read -r option; do
    fail "$page8, SYNOPSIS" "the program does not know $option"
done <"$work/strange"

# --- Directives: the list of -H, and each documented one --------------------------------------------

asked "$work/H" -H || fail "$agent -H" "fails"
sed -n '/^and /!s/^\([A-Za-z]*\) .*/\1/p' "$work/H" >"$work/directives"

# knows DIRECTIVE: true unless the program, or net-snmp in it, reports it as unknown.
knows()
{
    echo "$1 nonsense" >"$work/one.conf"
    asked "$work/out" -C -c "$work/one.conf" --once -u test:///default
    ! grep -q "Unknown token: $1" "$work/out"
}

knows noSuchDirective && fail "$agent" "accepts any directive, or no longer reports unknown ones"
sed -n 's/^\.It Ic \([A-Za-z]*\).*/\1/p' $page5 >"$work/page5"
sed -n 's/^#\{0,1\}\([A-Za-z][A-Za-z]*\) .*/\1/p' $sample >"$work/sample"
for file in page5 sample; do
    [ $file = page5 ] && where=$page5 || where=$sample
    : >"$work/ours"
    while read -r directive; do
        if grep -qx "$directive" "$work/directives"; then
            echo "$directive" >>"$work/ours"
        elif ! knows "$directive"; then
            fail "$where" "directive $directive is documented, but the program does not know it"
        fi
    done <"$work/$file"
    same "$where" directive "$work/directives" "$work/ours"
done

# The sample must be valid unchanged, and with every directive in force. If libvirt has no test driver, status 1 means that
# listing failed. Only status 2 means that the file is invalid.
sed 's/^#\([A-Za-z]\)/\1/' $sample >"$work/all.conf"
for file in $sample "$work/all.conf"; do
    asked "$work/out" -C -c "$file" --once -u test:///default
    if [ $? -ge 2 ]; then
        fail "$sample" "is invalid: $(cat "$work/out")"
    fi
done

# --- Filter words: the program lists them after a wrong word -----------------------------------------

asked "$work/out" -C --once -F nonsense
sed -n 's/.*expected one or more of: //p' "$work/out" | tr ' ' '\n' | grep . >"$work/words"
sed -n '/^\.Sh FILTER WORDS/,/^\.Sh /s/^\.It Cm \([a-z-]*\)$/\1/p' $page5 >"$work/documented-words"
same "$page5, FILTER WORDS" "filter word" "$work/words" "$work/documented-words"
sed -n '/^# Only the domains that fit:/,/^#filter/p' $sample | tr -s ' ,.#' '\n' >"$work/sample-words"
while read -r word; do
    grep -qx -- "$word" "$work/sample-words" || fail "$sample" "filter word $word is missing"
done <"$work/words"

# --- Syntax of the pages ----------------------------------------------------------------------------

check_pages "$page8" "$page5"
exit $status
