# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Functions of check: they run steps, count results, and report failures. check sources this file. Set -u is in force.

passed=0
failed=0
skipped=0
remarks=()

# This pattern finds the first line of a log with an error: of a script, of cmocka, of a compiler, of a sanitizer, or of the
# time limit.
reason_pattern='^(FAIL:|ended after)|error:|ERROR:|runtime error'

say() { printf '\n== %s\n' "$*"; }

# Prints the failures and the counts at the end, for readers who see only the end.
finish() { # [EXIT-STATUS]
    printf '\n'
    [ ${#remarks[@]} = 0 ] || printf '%s\n' "${remarks[@]}"
    printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
    [ "$failed" = 0 ] || exit 1
    exit "${1:-0}"
}

add_failure() { # WHAT REASON
    failed=$((failed + 1))
    remarks+=("FAIL: $1: $2")
}

reason_in() { # LOG
    { grep -m 1 -E "$reason_pattern" "$1" || grep -m 1 . "$1"; } | sed 's/^FAIL: //'
}

# Prints a log. A long log is shortened, but its end and the lines around the error remain.
show_log() { # LOG
    local reason
    reason=$(grep -n -m 1 -E "$reason_pattern" "$1" | cut -d : -f 1)
    awk -v lines="$(wc -l < "$1")" -v reason="${reason:-1}" '
        NR <= 20 || NR > lines - 60 || (NR >= reason - 20 && NR <= reason + 20) {
            if (NR > last + 1)
                print "..."
            print
            last = NR
        }' "$1"
}

# Runs a step that counts as one test. Its output goes to the file.
step() { # WHAT LOG COMMAND...
    local what=$1 log=$2
    say "$what"
    if "${@:3}" > "$log" 2>&1; then
        passed=$((passed + 1))
        echo "PASS: $what"
    else
        show_log "$log"
        add_failure "$what" "$(reason_in "$log")"
        echo "${remarks[-1]}"
        return 1
    fi
}

# Counts the results in the .trs files of the harness, one for each test. If the harness ends early, because a test cannot be
# built or memory is short, there are too few files: tests that did not run count as failed.
count_tests() { # BUILD-FOLDER WHAT TOTAL
    local trs result name log counted=0
    for trs in $(find "$1/tests" -name '*.trs' | sort); do
        result=$(awk '$1 == ":test-result:" { print $2; exit }' "$trs")
        name=${trs#"$1/"} name=${name%.trs} log=${trs%.trs}.log
        counted=$((counted + 1))
        case $result in
            PASS) passed=$((passed + 1)) ;;
            SKIP) skipped=$((skipped + 1)); echo "SKIP: $name: $(sed -n -E 's/^(SKIP|skipped): //p' "$log" | tail -n 1)" ;;
            *)
                add_failure "$name" "$(reason_in "$log")"
                echo "----- ${remarks[-1]}"
                show_log "$log"
                ;;
        esac
    done
    [ "$counted" = "$3" ] || {
        add_failure "$2" "only $counted of ${3:-an unknown number} ran: $(grep -m 1 -E 'error:|\*\*\* ' "$1/check.log")"
        echo "${remarks[-1]}"
        tail -n 20 "$1/check.log"
    }
}

# Runs check on another release. Adds its counts, and prefixes its last lines with the name of the release. A run without
# counts at its end has failed, whatever its exit status is.
add_run() { # SUITE COMMAND...
    local suite=$1 log line closing='^([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped$'
    log=$(mktemp) || exit
    printf '\n==== %s: %s\n' "$suite" "${*:2}"
    "${@:2}" 2>&1 | tee "$log"
    if [[ $(tail -n 1 "$log") =~ $closing ]]; then
        passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2])) skipped=$((skipped + BASH_REMATCH[3]))
        while read -r line; do
            [[ ! $line =~ ^(FAIL|NOT RUN|RUN TWICE):\  ]] || remarks+=("${line/: /: $suite: }")
        done < <(awk -v RS= 'END { print }' "$log")
    else
        add_failure "$suite" "${*:2} ended without counting"
    fi
    rm -f "$log"
}
