# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by the lint tests. make check says where the tree is; run by hand, a script finds it itself.
# shellcheck shell=sh
# shellcheck disable=SC2034 # used by the scripts that source this

top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
top_builddir=${top_builddir:-$top_srcdir}
cd "$top_srcdir" || exit 99
LC_ALL=C
export LC_ALL
export GREP_COLORS=
status=0

# The folders that hold the product's code.
code_folders=
for folder in lib agent collectd-plugin integrations/check_guestlist; do
    if [ -d "$folder" ]; then
        code_folders="$code_folders $folder"
    fi
done

# fail WHERE WHY: says it and goes on, so that one run shows everything.
fail()
{
    printf '%s: %s\n' "$1" "$2"
    status=1
}

# skip WHY: the harness reads 77 as "could not be asked".
skip()
{
    printf 'skipped: %s\n' "$1"
    exit 77
}

# check_pages PAGE...: mandoc finds nothing in these manual pages. The last thing that a script asks: it skips without mandoc if
# all the rest passes.
check_pages()
{
    if ! command -v mandoc >/dev/null; then
        [ $status != 0 ] || skip "the rest passes, but mandoc is not here to check the manual pages"
        return
    fi
    for checked_page; do
        # It finds other pages by a database that need not be there.
        if mandoc -T lint -W warning "$checked_page" 2>&1 | grep -v 'outdated mandoc.db'; then
            fail "$checked_page" "mandoc complains"
        fi
    done
}
