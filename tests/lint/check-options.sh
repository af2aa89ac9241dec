#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ./check says what it takes before it installs or builds anything, refuses what it does not know, and counts a release
# that it cannot run on as skipped, with the reason.
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
check_gives 2 'the name of a Debian release' --on
check_gives 2 'the name of a Debian release' --on ../elsewhere

# A folder that nobody can make anything in stands for all that keeps a root from being made.
GUESTLIST_ROOTS=/dev/null/roots
export GUESTLIST_ROOTS
check_gives 77 'NOT RUN: the tests on nosuch: ' --on nosuch
check_gives 77 '0 passed, 0 failed, 1 skipped' --on nosuch
exit $status
