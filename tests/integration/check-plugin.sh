# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Verbs for the tests of check_guestlist. Source this file after lib.sh.

CHECK_GUESTLIST=${CHECK_GUESTLIST:-$top_builddir/check_guestlist}
ok=0 warning=1 critical=2 unknown=3

# Runs the plugin against snmpd; sets `output` and `verdict`.
run_check() { # [OPTION...]
    output=$("$CHECK_GUESTLIST" -H 127.0.0.1 -p "$SNMP_PORT" "$@" 2> "$T/check.err")
    verdict=$?
    [ ! -s "$T/check.err" ] || FAIL "check_guestlist $*: standard error: $(cat "$T/check.err")"
}

# The plugin must exit with that status, and its output must match the extended regular expression.
verdict_is() { # STATUS REGEX [OPTION...]
    local status=$1 regex=$2
    shift 2
    run_check "$@"
    [ "$verdict" = "$status" ] || FAIL "check_guestlist $*: wanted status $status, got $verdict: $output"
    [[ $output =~ $regex ]] || FAIL "check_guestlist $*: wanted '$regex', got: $output"
    step "$output"
}

# The same, for a result that takes a while.
verdict_becomes() { # SECONDS STATUS REGEX [OPTION...]
    wait_for "$1" "check_matches $2 '$3' ${*:4}"
    verdict_is "$2" "$3" "${@:4}"
}

check_matches() { # STATUS REGEX [OPTION...]
    run_check "${@:3}"
    [ "$verdict" = "$1" ] && [[ $output =~ $2 ]] || { echo "$output"; return 1; }
}

# Waits until the agent has read what starts at boot. With libvirt 11.2 and later, this takes a moment.
wait_for_autostart() {
    wait_for 60 "walk $vm_entry.$vm_autostart > $T/autostart && grep -q INTEGER $T/autostart && ! grep 'INTEGER: 1\$' $T/autostart"
}
