# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Makes the tarball of this tree, from which packages are built. Source this file after lib.sh.
# shellcheck disable=SC2154

upstream_version=$(sed -n 's/^AC_INIT(\[guestlist\], \[\(.*\)\])$/\1/p' "$top_srcdir/configure.ac")
tarball=$T/dist/guestlist-$upstream_version.tar.xz

# All tests share the build folder, so only one test at a time makes the tarball there. This make is separate from the make
# that runs the test.
make_tarball() {
    local made=$top_builddir/${tarball##*/}
    [ -n "$upstream_version" ] || FAIL "configure.ac has no version"
    mkdir -p "$T/dist"
    (
        flock 7
        env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -C "$top_builddir" dist-xz && mv "$made" "$tarball"
    ) 7> "$top_builddir/tests/.dist" > "$T/dist.out" 2>&1 || FAIL "make dist-xz: $(tail -n 5 "$T/dist.out")"
}
