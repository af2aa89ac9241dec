# SPDX-License-Identifier: GPL-2.0-or-later
# Functions for the lint tests, which source this file. make check sets the folders of the tree. A script that runs without
# make finds the tree itself.
# shellcheck shell=sh
# shellcheck disable=SC2034 # used by the scripts that source this

top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
top_builddir=${top_builddir:-$top_srcdir}
cd "$top_srcdir" || exit 99
LC_ALL=C
export LC_ALL
export GREP_COLORS=
status=0

# The folders with the code of the product.
code_folders=
for folder in lib agent collectd-plugin integrations/check_guestlist; do
    if [ -d "$folder" ]; then
        code_folders="$code_folders $folder"
    fi
done

# fail WHERE WHY: prints a failure and continues, so that one run shows all failures.
fail()
{
    printf '%s: %s\n' "$1" "$2"
    status=1
}

# skip WHY: prints the reason and exits with 77, which the harness counts as skipped.
skip()
{
    printf 'skipped: %s\n' "$1"
    exit 77
}

# check_pages PAGE...: mandoc must find nothing in these manual pages. Call this last: without mandoc, it skips the test if
# all other checks passed.
check_pages()
{
    if ! command -v mandoc >/dev/null; then
        [ $status != 0 ] || skip "the other checks passed, but mandoc, which checks the manual pages, is not installed"
        return
    fi
    for checked_page; do
        # mandoc finds other pages with a database that may be missing.
        if mandoc -T lint -W warning "$checked_page" 2>&1 | grep -v 'outdated mandoc.db'; then
            fail "$checked_page" "mandoc reports errors"
        fi
    done
}
