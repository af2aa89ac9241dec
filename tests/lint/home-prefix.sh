#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# With ./configure --prefix=$HOME/opt, make install needs no root, because nothing is installed elsewhere.
# The test runs configure itself.
. "$(dirname "$0")/lib.sh"

[ -x configure ] || skip "there is no configure yet: run ./autogen.sh"
unset MAKEFLAGS MFLAGS MAKELEVEL # a make in this test is separate from the make that runs it
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
source=$PWD
mkdir "$work/build"
cd "$work/build" || exit 99
"$source/configure" --quiet --prefix="$work/home/opt" >out 2>&1 || skip "configure fails here: $(tail -n 1 out)"
grep -q 'unit .*/home/opt/lib/systemd/system' out || fail configure "does not print the folder of the unit"

# Find every folder in which something is installed.
folders=$(sed -n 's/^\(dist_\|nodist_\)\{0,1\}\([a-z]*\)_\(DATA\|PROGRAMS\|SCRIPTS\|LTLIBRARIES\) =.*/\2/p' Makefile |
    grep -vx 'check\|noinst\|EXTRA\|am' | sort -u)
for wanted in systemdsystemunit sysusers tmpfiles sbin mib mibbase pkgdata bashcompletion; do
    printf '%s\n' "$folders" | grep -qx $wanted || fail Makefile "installs nothing in ${wanted}dir, so this test proves nothing"
done
for folder in $folders man; do
    place=$(printf 'include Makefile\nthe-place:\n\t@echo $(%sdir)\n' "$folder" | ${MAKE:-make} -s --no-print-directory -f - the-place 2>/dev/null)
    case $place in
    "$work/home/opt"/*) ;;
    *) fail Makefile "${folder}dir is '$place', outside the prefix" ;;
    esac
done

# Install the files that need no compiler. Each folder in snmp.conf must have modules, and the link in bin must point to the
# program in sbin.
${MAKE:-make} -s install-dist_mibDATA install-nodist_mibDATA install-dist_mibbaseDATA install-nodist_pkgdataDATA install-exec-hook >out 2>&1 ||
    fail "make install" "$(cat out)"
conf=$work/home/opt/share/guestlist/snmp.conf
for folder in $(sed -n 's/^mibdirs -//p' "$conf" | tr ':' ' '); do
    ls "$folder"/*-MIB.txt >out 2>&1 || fail "$conf" "names a folder without modules: $folder"
done
grep -q "^# *includeFile $conf\$" "$conf" || fail "$conf" "does not contain the line that includes it"
[ "$(readlink "$work/home/opt/bin/guestlistd")" = ../sbin/guestlistd ] || fail "make install" "bin/guestlistd does not point to the program in sbin"
exit $status
