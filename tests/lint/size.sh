#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# No function is longer than 60 lines, and no file longer than 400.
. "$(dirname "$0")/lib.sh"

function_limit=60
file_limit=400
folders="$code_folders tests/fuzz tests/unit"

# shellcheck disable=SC2086 # words
files=$(find $folders -name '*.[ch]' | sort)
[ -n "$files" ] || fail "$top_srcdir" "no C files found: is this the source tree?"

for file in $files; do
    lines=$(wc -l <"$file")
    if [ "$lines" -gt "$file_limit" ]; then
        fail "$file" "$lines lines, $file_limit is the limit"
    fi
done

if ! ctags --version 2>/dev/null | grep -q 'Universal Ctags'; then
    [ "$status" -eq 0 ] || exit "$status"
    skip "function lengths need universal-ctags"
fi

# tag<TAB>file<TAB>pattern<TAB>... line:N ... end:N
long=$(printf '%s\n' "$files" | ctags -L - --languages=C --langmap=C:.c.h --kinds-C=f --fields=+ne -o - |
    awk -F '\t' -v limit="$function_limit" '
        !/^!/ {
            line = end = 0
            for (i = 4; i <= NF; i++) {
                if ($i ~ /^line:/) line = substr($i, 6)
                if ($i ~ /^end:/) end = substr($i, 5)
            }
            seen++
            if (end - line + 1 > limit)
                printf "%s:%d: %s() has %d lines, %d is the limit\n", $2, line, $1, end - line + 1, limit
        }
        END { if (!seen) print "ctags found no functions" }')
if [ -n "$long" ]; then
    printf '%s\n' "$long"
    status=1
fi
exit $status
