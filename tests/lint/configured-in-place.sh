#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ./configure in the source folder keeps neither ./check nor ./quickstart from building: the copy that ./check takes then
# can be configured from another folder, and ./quickstart builds where the tree is configured. configure itself is run.
. "$(dirname "$0")/lib.sh"

[ -x configure ] || skip "there is no configure yet: run ./autogen.sh"
command -v bash >/dev/null || skip "bash is not here"
unset MAKEFLAGS MFLAGS MAKELEVEL # what make runs here is no part of the make that runs this
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

# copy FROM TO: as ./check does it.
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
    fail configure "takes a second folder: then no copy is needed"
fi

copy "$work/tree" "$work/copy" || fail "a copy of the configured tree" "fails: $(tail -n 3 "$work/out")"
for left in config.status Makefile config.h lib/base/text.lo; do
    [ ! -e "$work/copy/$left" ] || fail "the copy" "has $left, which was built"
    [ -e "$work/tree/$left" ] || fail "the configured tree" "lost $left"
done
configured_from "$work/copy" "$work/build" || fail "the copy" "cannot be configured: $(tail -n 1 "$work/out")"

# One object stands for the program, and nothing is started: the script ends where it would look for a hypervisor.
sed 's/^say "3\. Hypervisor"$/exit 0/; s/^install_missing$/:/; s/ guestlistd mib.*/ lib\/base\/text.lo/' \
    quickstart >"$work/tree/quickstart"
for changed in 'exit 0' ' lib/base/text.lo'; do
    grep -Fq "$changed" "$work/tree/quickstart" || fail quickstart "has other lines: this test cannot see"
done
sed -i 's/^make_work$//' "$work/tree/quickstart"
bash "$work/tree/quickstart" >"$work/out" 2>&1 || fail quickstart "cannot build a configured tree: $(tail -n 3 "$work/out")"
grep -Fqx 'built ./guestlistd' "$work/out" || fail quickstart "does not build where the tree is configured: $(cat "$work/out")"
exit $status
