# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced after lib.sh by tests of a promise about time. They print what they measured; what they demand is generous,
# because a busy machine is not a bug.

# Sets `took`: the seconds from now until the object has that value. Polls faster than wait_for does.
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

# Numbers, one a line -> one.
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

worst() { sort -n | tail -n 1; }

# With MEASURE=1 it only says so, for whoever wants all the figures of an agent that is too slow.
below() { # LIMIT FIGURE WHAT
    ! awk -v f="$2" -v l="$1" 'BEGIN { exit !(f < l) }' || return 0
    [ "${MEASURE:-0}" = 1 ] || FAIL "$3: $2, which must stay below $1"
    step "TOO SLOW: $3: $2, which must stay below $1"
}

# Suspends and resumes a running domain N times, and appends the seconds until each change shows to the file.
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
