#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ./check documents its options, refuses unknown ones, and counts all results.
# It refuses before it installs or builds anything. A release that it cannot run on is skipped with the reason. It sums the
# results of several releases. Tests that did not run count as failed. It shortens a log without losing the error.
. "$(dirname "$0")/lib.sh"

# check_gives STATUS WORDS ARGUMENT...: ./check must exit with this status and print these words.
check_gives()
{
    wanted=$1 words=$2
    shift 2
    output=$(./check "$@" 2>&1)
    got=$?
    [ "$got" -eq "$wanted" ] || fail "./check $*" "exits with $got, expected $wanted"
    printf '%s\n' "$output" | grep -Fq -e "$words" || fail "./check $*" "does not print '$words': $output"
}

check_gives 0 'Usage: ./check' --help
check_gives 2 'unknown option --nonsense' --nonsense
check_gives 2 'unknown argument more' --plain more
check_gives 2 'unknown argument more' --quick more
check_gives 2 'unknown argument more' --everywhere more
check_gives 2 'unknown argument more' --nms more
check_gives 2 'the name of a Debian release' --on
check_gives 2 'the name of a Debian release' --on ../elsewhere

# No root can be made in this folder. It is an example for all obstacles.
GUESTLIST_ROOTS=/dev/null/roots
export GUESTLIST_ROOTS
check_gives 77 'NOT RUN: the tests on nosuch: ' --on nosuch
check_gives 77 '0 passed, 0 failed, 1 skipped' --on nosuch

# in_report WORDS...: prints the output of a command with the functions of check.
in_report()
{
    bash -u -c '. scripts/check-report.sh; . scripts/suite-root.sh; '"$1" 2>&1
}

# same WHAT WANTED GOT
same()
{
    [ "$2" = "$3" ] || fail "$1" "wanted '$2', got '$3'"
}

# One run passes, one fails, one was skipped, and one ends without counts. All are run, and the report names each of them.
summed=$(in_report '
    add_run one printf "%s\n" "FAIL: seen on the way" "" "7 passed, 0 failed, 2 skipped"
    add_run two printf "%s\n" "" "FAIL: tests/unit/x: why: because" "5 passed, 1 failed, 0 skipped"
    add_run three printf "%s\n" "" "NOT RUN: needs root" "0 passed, 0 failed, 1 skipped"
    add_run four false
    finish' | tail -n 4)
same "a sum of four runs" 'FAIL: two: tests/unit/x: why: because
NOT RUN: three: needs root
FAIL: four: false ended without counting
12 passed, 2 failed, 3 skipped' "$summed"

log=$(mktemp) || exit 99
trap 'rm -f "$log"' EXIT
{ seq 1 1000 && echo 'FAIL: the reason' && seq 1 2000; } >"$log"
shown=$(in_report "show_log $log")
printf '%s\n' "$shown" | grep -qx 'FAIL: the reason' || fail "a long log" "has lost the reason"
[ "$(printf '%s\n' "$shown" | wc -l)" -lt 150 ] || fail "a long log" "was not shortened"
same "the end of a long log" 2000 "$(printf '%s\n' "$shown" | tail -n 1)"
same "the number of cuts" 2 "$(printf '%s\n' "$shown" | grep -cFx ...)"

for suite in bullseye bookworm trixie sid; do
    in_report suites | grep -qx $suite || fail "./check --everywhere" "leaves out $suite"
done
same "tests on trixie" plain "$(in_report 'suite_choose trixie; suite_tests')"
same "tests on sid" quick "$(in_report 'suite_choose sid; suite_tests')"

# Tests that the harness did not run have not passed.
work=$(mktemp -d) || exit 99
trap 'rm -rf "$log" "$work"' EXIT
mkdir -p "$work/built/tests/unit"
echo ':test-result: PASS' >"$work/built/tests/unit/test_one.trs"
echo 'cc: fatal error: Killed signal terminated program cc1' >"$work/built/check.log"
same "tests that all ran" '1 passed, 0 failed, 0 skipped' "$(in_report "count_tests $work/built tests 1; finish" | tail -n 1)"
same "tests that did not run" 'FAIL: tests: only 1 of 3 ran: cc: fatal error: Killed signal terminated program cc1
1 passed, 1 failed, 0 skipped' "$(in_report "count_tests $work/built tests 3; finish" | tail -n 2)"

# The output of this system's autotools is of no use on another release, and must not replace the output of its own autotools.
mkdir -p "$work/from/m4" "$work/from/build-aux" "$work/to"
for file in configure configure.ac aclocal.m4 m4/libtool.m4 m4/ltoptions.m4 m4/paths.m4 build-aux/missing Makefile.in; do
    echo here >"$work/from/$file"
done
echo there >"$work/to/configure"
bash -u -c '. scripts/tree.sh; tree_copy_sources "$1" "$2"' copy "$work/from" "$work/to"
same "the files for another release" 'configure configure.ac m4/paths.m4' "$(cd "$work/to" && find . -type f | sort | cut -c 3- | xargs)"
same "the configure of the other release" there "$(cat "$work/to/configure")"
exit $status
