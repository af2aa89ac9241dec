#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every source file has its licence in its first three lines, and no marks for later work.
. "$(dirname "$0")/lib.sh"

# shellcheck disable=SC2086 # words
files=$(find . -type d '(' -name '.git' -o -name 'build*' -o -name '_build' -o -name '_inst' -o -name autom4te.cache -o -name '.libs' \
        -o -name 'guestlist-[0-9]*' ')' -prune -o -type f '(' -name '*.[ch]' -o -name '*.sh' -o -name '*.am' \
        -o -name '*.ac' -o -path './m4/*.m4' -o -path './tests/run-one' -o -path './check' -o -path './quickstart' ')' -print |
    grep -Ev '^\./(m4/(libtool|lt.*)\.m4|config\.h)$' | sort)
[ -n "$files" ] || fail "$top_srcdir" "no files found: is this the source tree?"

for file in $files; do
    head -n 3 "$file" | grep -q 'SPDX-License-Identifier: GPL-2\.0-or-later' ||
        fail "$file" "no SPDX-License-Identifier: GPL-2.0-or-later in the first three lines"
done

# The words are in two pieces, so that this file does not match.
words='TO''DO|FIX''ME|XX''X'
# shellcheck disable=SC2086 # words
if grep -nEw "$words" $files; then
    fail "above" "do it now, or open an issue"
fi
exit $status
