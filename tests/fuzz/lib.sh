# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# One verb for the tests in this folder. Each of them runs one harness, which is built from the file NAME.c beside it.
#
#     . "$(dirname "$0")/lib.sh"
#     fuzz filter 100000 -max_len=300
#
# These environment variables are used:
#     TORTURE_SECONDS   try new inputs for that many seconds, and keep those that reach new code for the next time, in
#                       NAME.corpus in the build folder; without it, try a fixed number of inputs, always the same ones
# An input that shows a fault is saved in the build folder as NAME-crash-HASH or the like. `tests/fuzz/NAME NAME-crash-HASH`
# tries it again. Once the fault is repaired, the input belongs into corpus/NAME/.

set -u
lib_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top_srcdir=$(cd "${top_srcdir:-$lib_dir/../..}" && pwd)
top_builddir=$(cd "${top_builddir:-$top_srcdir}" && pwd)

fuzz() { # NAME RUNS [OPTION...]
    local harness=$top_builddir/tests/fuzz/$1 corpus=$top_srcdir/tests/fuzz/corpus/$1 found=$top_builddir/tests/fuzz/$1.corpus
    local options=("-artifact_prefix=$harness-" -error_exitcode=1 -timeout=60 -rss_limit_mb=2048 -print_final_stats=1 "${@:3}")
    local dictionary=$top_srcdir/tests/fuzz/$1.dict

    if [ ! -x "$harness" ]; then
        echo "SKIP: tests/fuzz/$1 is not built: configure with CC=clang --enable-fuzzing"
        exit 77
    fi
    [ ! -e "$dictionary" ] || options+=("-dict=$dictionary")
    if [ -n "${TORTURE_SECONDS-}" ]; then
        options+=("-max_total_time=$TORTURE_SECONDS")
    else
        rm -rf "$found"
        options+=(-seed=1 "-runs=$2")
    fi
    mkdir -p "$found" || exit 99
    "$harness" "${options[@]}" "$found" "$corpus"
}

# Files are written in memory if possible: a disk would be the slowest part.
TMPDIR=$(mktemp -d -p "$([ ! -w /dev/shm ] || echo /dev/shm)" gl-fuzz.XXXXXX) || exit 99
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
trap 'exit 143' TERM
