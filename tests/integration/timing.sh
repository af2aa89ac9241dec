# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Verbs for the tests of time limits. Source this file after lib.sh.
# They print what they measured. The limits are generous, because a busy machine is not a bug.

# Sets `took` to the seconds from now until the object has that value. Polls faster than wait_for.
time_until() { # OID VALUE SECONDS
    local start
    start=$(now)
    until [ "$(value "$1" 2> "$T/value.err")" = "$2" ]; do
        awk -v t="$(since "$start")" -v s="$(($3 * ${PATIENCE:-2}))" 'BEGIN { exit t > s }' ||
            FAIL "not within $(($3 * ${PATIENCE:-2})) s: $1 = $2, it is '$(value "$1")'"
        sleep 0.02
    done
    took=$(since "$start")
}

# Prints the median of numbers, one per line.
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

worst() { sort -n | tail -n 1; }

# A figure must be below the limit. With MEASURE=1, it is only printed: so a slow agent can be measured completely.
below() { # LIMIT FIGURE WHAT
    ! awk -v f="$2" -v l="$1" 'BEGIN { exit !(f < l) }' || return 0
    [ "${MEASURE:-0}" = 1 ] || FAIL "$3: $2, which must stay below $1"
    step "TOO SLOW: $3: $2, which must stay below $1"
}

# Suspends and resumes a running domain N times. Appends the seconds until each change is visible to the file.
time_changes() { # NAME N FILE
    local row i
    row=$(row_of "$1") || FAIL "no row of $1"
    for ((i = 0; i < $2; i++)); do
        on_qemu suspend "$1" > "$T/out" 2>&1 || FAIL "$(cat "$T/out")"
        time_until "$vm_entry.$vm_oper_state.$row" 8 20
        echo "$took" >> "$3"
        on_qemu resume "$1" > "$T/out" 2>&1 || FAIL "$(cat "$T/out")"
        time_until "$vm_entry.$vm_oper_state.$row" 4 20
        echo "$took" >> "$3"
    done
}
