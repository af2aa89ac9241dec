#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ./check says what it takes before it installs or builds anything, refuses what it does not know, counts a release that
# it cannot run on as skipped, with the reason, sums what ran on several releases, counts what did not run as a failure, and cuts
# no log at what went wrong.
. "$(dirname "$0")/lib.sh"

# check_gives STATUS WORDS ARGUMENT...: what ./check exits with, and what it says.
check_gives()
{
    wanted=$1 words=$2
    shift 2
    said=$(./check "$@" 2>&1)
    got=$?
    [ "$got" -eq "$wanted" ] || fail "./check $*" "exits with $got, not with $wanted"
    printf '%s\n' "$said" | grep -Fq -e "$words" || fail "./check $*" "does not say '$words': $said"
}

check_gives 0 'Usage: ./check' --help
check_gives 2 'unknown option --nonsense' --nonsense
check_gives 2 'unknown argument more' --plain more
check_gives 2 'unknown argument more' --quick more
check_gives 2 'unknown argument more' --everywhere more
check_gives 2 'unknown argument more' --nms more
check_gives 2 'the name of a Debian release' --on
check_gives 2 'the name of a Debian release' --on ../elsewhere

# A folder that nobody can make anything in stands for all that keeps a root from being made.
GUESTLIST_ROOTS=/dev/null/roots
export GUESTLIST_ROOTS
check_gives 77 'NOT RUN: the tests on nosuch: ' --on nosuch
check_gives 77 '0 passed, 0 failed, 1 skipped' --on nosuch

# in_report WORDS...: what bash says to them after check's own functions.
in_report()
{
    bash -u -c '. scripts/check-report.sh; . scripts/suite-root.sh; '"$1" 2>&1
}

# says WHAT WANTED GOT
says()
{
    [ "$2" = "$3" ] || fail "$1" "wanted '$2', got '$3'"
}

# One that ends well, one that fails, one that was not run, and one that ends without counting: all go on, and are named.
summed=$(in_report '
    add_run one printf "%s\n" "FAIL: seen on the way" "" "7 passed, 0 failed, 2 skipped"
    add_run two printf "%s\n" "" "FAIL: tests/unit/x: why: because" "5 passed, 1 failed, 0 skipped"
    add_run three printf "%s\n" "" "NOT RUN: needs root" "0 passed, 0 failed, 1 skipped"
    add_run four false
    finish' | tail -n 4)
says "a sum of four runs" 'FAIL: two: tests/unit/x: why: because
NOT RUN: three: needs root
FAIL: four: false ended without counting
12 passed, 2 failed, 3 skipped' "$summed"

log=$(mktemp) || exit 99
trap 'rm -f "$log"' EXIT
{ seq 1 1000 && echo 'FAIL: the reason' && seq 1 2000; } >"$log"
shown=$(in_report "show_log $log")
printf '%s\n' "$shown" | grep -qx 'FAIL: the reason' || fail "a long log" "lost the reason"
[ "$(printf '%s\n' "$shown" | wc -l)" -lt 150 ] || fail "a long log" "is not cut"
says "the end of a long log" 2000 "$(printf '%s\n' "$shown" | tail -n 1)"
says "what is left out" 2 "$(printf '%s\n' "$shown" | grep -cFx ...)"

for suite in bullseye bookworm trixie sid; do
    in_report suites | grep -qx $suite || fail "./check --everywhere" "leaves out $suite"
done
says "tests on trixie" plain "$(in_report 'suite_choose trixie; suite_tests')"
says "tests on sid" quick "$(in_report 'suite_choose sid; suite_tests')"

# What the harness did not come to has not passed.
work=$(mktemp -d) || exit 99
trap 'rm -rf "$log" "$work"' EXIT
mkdir -p "$work/built/tests/unit"
echo ':test-result: PASS' >"$work/built/tests/unit/test_one.trs"
echo 'cc: fatal error: Killed signal terminated program cc1' >"$work/built/check.log"
says "tests that all ran" '1 passed, 0 failed, 0 skipped' "$(in_report "count_tests $work/built tests 1; finish" | tail -n 1)"
says "tests that did not run" 'FAIL: tests: only 1 of 3 ran: cc: fatal error: Killed signal terminated program cc1
1 passed, 1 failed, 0 skipped' "$(in_report "count_tests $work/built tests 3; finish" | tail -n 2)"

# What this system's autotools made is of no use to another's, and what those made there is not replaced.
mkdir -p "$work/from/m4" "$work/from/build-aux" "$work/to"
for file in configure configure.ac aclocal.m4 m4/libtool.m4 m4/ltoptions.m4 m4/paths.m4 build-aux/missing Makefile.in; do
    echo here >"$work/from/$file"
done
echo there >"$work/to/configure"
bash -u -c '. scripts/tree.sh; tree_copy_sources "$1" "$2"' copy "$work/from" "$work/to"
says "what another release gets" 'configure configure.ac m4/paths.m4' "$(cd "$work/to" && find . -type f | sort | cut -c 3- | xargs)"
says "its configure" there "$(cat "$work/to/configure")"
exit $status
