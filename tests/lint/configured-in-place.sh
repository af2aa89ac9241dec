#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ./check and ./quickstart build although ./configure was run in the source folder.
# ./check makes a copy that can be configured from another folder. ./quickstart builds in the configured folder. The test runs
# configure itself.
. "$(dirname "$0")/lib.sh"

[ -x configure ] || skip "there is no configure yet: run ./autogen.sh"
command -v bash >/dev/null || skip "bash is not installed"
unset MAKEFLAGS MFLAGS MAKELEVEL # a make in this test is separate from the make that runs it
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

# copy FROM TO: copies like ./check.
copy()
{
    bash -u -c '. scripts/tree.sh; tree_copy "$1" "$2"' copy "$1" "$2" >"$work/out" 2>&1
}

# configured_from TREE FOLDER
configured_from()
{
    mkdir -p "$2" && (cd "$2" && "$1/configure" --quiet --disable-dependency-tracking) >"$work/out" 2>&1
}

copy "$PWD" "$work/tree" || fail "a copy of the tree" "fails: $(cat "$work/out")"
configured_from "$work/tree" "$work/tree" || skip "configure fails here: $(tail -n 1 "$work/out")"
make -C "$work/tree" -s lib/base/text.lo >"$work/out" 2>&1 || fail lib/base/text.lo "is not built: $(tail -n 1 "$work/out")"
if configured_from "$work/tree" "$work/tree/build"; then
    fail configure "works from a second folder, so a copy is not needed"
fi

copy "$work/tree" "$work/copy" || fail "a copy of the configured tree" "fails: $(tail -n 3 "$work/out")"
for left in config.status Makefile config.h lib/base/text.lo; do
    [ ! -e "$work/copy/$left" ] || fail "the copy" "has the built file $left"
    [ -e "$work/tree/$left" ] || fail "the configured tree" "lost $left"
done
configured_from "$work/copy" "$work/build" || fail "the copy" "cannot be configured: $(tail -n 1 "$work/out")"

# Build one object instead of the program, and start nothing: end the script where it would look for a hypervisor.
sed 's/^say "3\. Hypervisor"$/exit 0/; s/^install_missing$/:/; s/ guestlistd mib.*/ lib\/base\/text.lo/' \
    quickstart >"$work/tree/quickstart"
for changed in 'exit 0' ' lib/base/text.lo'; do
    grep -Fq "$changed" "$work/tree/quickstart" || fail quickstart "has other lines, so this test proves nothing"
done
sed -i 's/^make_work$//' "$work/tree/quickstart"
bash "$work/tree/quickstart" >"$work/out" 2>&1 || fail quickstart "cannot build a configured tree: $(tail -n 3 "$work/out")"
grep -Fqx 'built ./guestlistd' "$work/out" || fail quickstart "does not build in the configured folder: $(cat "$work/out")"
exit $status
