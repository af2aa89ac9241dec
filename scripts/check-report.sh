# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by check: runs what is a test, counts what passed, and says what failed. Set -u is in force.

passed=0
failed=0
skipped=0
remarks=()

# The first line of a log that says what is wrong: of a script, of cmocka, of a compiler, of a sanitizer, of the time limit.
reason_pattern='^(FAIL:|ended after)|error:|ERROR:|runtime error'

say() { printf '\n== %s\n' "$*"; }

# Who reads only the end finds there what failed, and the counts.
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

# A long log is cut, but never at the line that says what is wrong, nor at its end.
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

# A step that is a test of its own: passes or fails as one. Its output goes to the file.
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

# The harness leaves a .trs file for each test; nothing else is trusted to count them. One that ends early, as when a
# test cannot be built or memory is out, leaves too few: what did not run has not passed.
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

# Another run of check, on the release: its counts are added, and its last words get the release's name. A run that ends
# without counting has failed, whatever its exit status is.
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
