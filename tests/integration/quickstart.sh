#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ./quickstart shows the domains of the host and prints next steps that work.
# It runs in a tree that was configured as README says. Two quickstarts do not affect each other. --help, --dry-run and the
# answer "no" change nothing. A build that fails shows its error.
. "$(dirname "$0")/lib.sh"
need virsh snmpget snmpwalk snmptable libvirtd make gcc tar
[ -x "$top_srcdir/configure" ] || SKIP "there is no configure yet: run ./autogen.sh"
unset MAKEFLAGS MFLAGS MAKELEVEL MIBS SNMPCONFPATH SNMP_PERSISTENT_DIR
export HOME=$T/home
mkdir "$HOME" "$T/tree"
tar -C "$top_srcdir" --exclude=./.git --exclude=./build --exclude=./build-check --exclude=./autom4te.cache -cf - . | tar -C "$T/tree" -xf -
cd "$T/tree" || exit 99
[ ! -e config.status ] || make -s distclean > "$T/out" 2>&1 || FAIL "make distclean: $(tail "$T/out")"

all_files() { find . -type f | sort; }
daemons() { pgrep -f '/tmp/guestlist\.[A-Za-z0-9]{6}/' | sort; }
before=$(all_files)
running=$(daemons)
DPKG_ADMINDIR=$T/none ./quickstart --dry-run > "$T/out" 2>&1 || FAIL "--dry-run: $(cat "$T/out")"
! command -v apt-get > "$T/need" || grep -q '^It installs what is missing: gcc .* snmpd ' "$T/out" || FAIL "--dry-run prints: $(cat "$T/out")"
./quickstart --dry-run > "$T/out" 2>&1 || FAIL "--dry-run: $(cat "$T/out")"
! grep -q 'what is missing' "$T/out" || SKIP "packages are missing, and this test installs none: $(grep missing: "$T/out")"
./quickstart --help > "$T/out" 2>&1 || FAIL "--help: $(cat "$T/out")"
grep -q -e --dry-run "$T/out" || FAIL "--help prints: $(cat "$T/out")"
./quickstart --nonsense > "$T/out" 2>&1
equal 2 $? "the status for an unknown option"
# On a terminal, quickstart asks before it installs packages.
if command -v apt-get script > "$T/need" && [ "$(wc -l < "$T/need")" = 2 ]; then
    echo n | DPKG_ADMINDIR=$T/none TERM=xterm timeout 60 script -qefc ./quickstart /dev/null > "$T/out" 2>&1 && FAIL "it continues after the answer no"
    grep -q '^Install them' "$T/out" && grep -q 'nothing was installed' "$T/out" || FAIL "on a terminal it prints: $(cat "$T/out")"
fi
equal "$before" "$(all_files)" "the files after --help, --dry-run and a no"
equal "$running" "$(daemons)" "the daemons after --help and --dry-run"
step "--help, --dry-run and a no do nothing"

CC=/bin/false ./quickstart > "$T/out" 2>&1 && FAIL "it continued with a compiler that compiles nothing"
grep -q '^quickstart: configure failed' "$T/out" && grep -q '^configure: error: ' "$T/out" || FAIL "it prints about the failure: $(cat "$T/out")"
rm -rf build
step "a build that fails shows the end of its log"

./configure --quiet --without-collectd CFLAGS=-O0 > "$T/out" 2>&1 || SKIP "configure fails here: $(tail -n 1 "$T/out")"
./quickstart > "$T/first" 2>&1 || FAIL "$(cat "$T/first")"
grep -Eq '^[0-9]+ +[^ ]+ +(running|shutdown) ' "$T/first" || FAIL "no rows: $(cat "$T/first")"
equal "$running" "$(daemons)" "the daemons after it ended"
step "it works in a configured tree"

# Prints the commands of the output: lines that begin with two blanks.
hints() { sed -n '/^What to try next:/,$s/^  //p' "$1" | grep -v -e '--keep' -e '^man '; }
try() { # FILE
    local command tried=0
    while read -r command; do
        timeout 60 bash -c "$command" > "$T/out" 2> "$T/err" < /dev/null || FAIL "$command: status $?: $(cat "$T/out" "$T/err")"
        [ -s "$T/out" ] && [ ! -s "$T/err" ] || FAIL "$command: $(cat "$T/out" "$T/err")"
        tried=$((tried + 1))
    done < <(hints "$1")
    [ $tried -ge 2 ] || FAIL "only $tried commands found"
}
try "$T/first"
step "the printed commands work"

# When one quickstart ends, its daemons end. The other one continues.
# This trap keeps the exit status of the test.
stop_kept() {
    local status=$?
    end_process "${one-}" TERM 20
    end_process "${other-}" TERM 20
    return "$status"
}
trap 'stop_kept; clean_up' EXIT

keep() { # OUTPUT
    (tied ./quickstart --keep < /dev/null > "$1" 2>&1) &
    KEPT=$!
    disown $KEPT
}
keep "$T/one"; one=$KEPT
keep "$T/other"; other=$KEPT
for file in one other; do wait_for 60 "grep -q 'Running until' $T/$file || ! alive ${!file}"; done
port_of() { sed -n 's/^snmpd listens on 127.0.0.1:\([0-9]*\) .*/\1/p' "$1"; }
[ "$(port_of "$T/one")" != "$(port_of "$T/other")" ] || FAIL "both have the port $(port_of "$T/one")"
alive "$one" && alive "$other" || FAIL "one has ended: $(cat "$T/one" "$T/other")"
try "$T/one"
end_process "$one" TERM 20 || FAIL "it does not end"
try "$T/other"
SNMP_PORT=$(port_of "$T/one")
! value 1.3.6.1.2.1.1.5.0 > "$T/out" 2>&1 || FAIL "its snmpd is still running"
end_process "$other" TERM 20 || FAIL "it does not end"
wait_for 10 '[ "$(daemons)" = "$running" ]'
OK "two at once"
