# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced after lib.sh by the tests of check_guestlist.

CHECK_GUESTLIST=${CHECK_GUESTLIST:-$top_builddir/check_guestlist}
ok=0 warning=1 critical=2 unknown=3

# Runs the plugin against snmpd; sets `output` and `verdict`.
run_check() { # [OPTION...]
    output=$("$CHECK_GUESTLIST" -H 127.0.0.1 -p "$SNMP_PORT" "$@" 2> "$T/check.err")
    verdict=$?
    [ ! -s "$T/check.err" ] || FAIL "check_guestlist $*: standard error: $(cat "$T/check.err")"
}

# The plugin exits with that status, and its words fit the extended regular expression.
verdict_is() { # STATUS REGEX [OPTION...]
    local status=$1 regex=$2
    shift 2
    run_check "$@"
    [ "$verdict" = "$status" ] || FAIL "check_guestlist $*: wanted status $status, got $verdict: $output"
    [[ $output =~ $regex ]] || FAIL "check_guestlist $*: wanted '$regex', got: $output"
    step "$output"
}

# The same for what comes about in a while.
verdict_becomes() { # SECONDS STATUS REGEX [OPTION...]
    wait_for "$1" "check_matches $2 '$3' ${*:4}"
    verdict_is "$2" "$3" "${@:4}"
}

check_matches() { # STATUS REGEX [OPTION...]
    run_check "${@:3}"
    [ "$verdict" = "$1" ] && [[ $output =~ $2 ]] || { echo "$output"; return 1; }
}

# With libvirt 11.2 and later the agent needs a moment until it knows what starts at boot.
wait_for_autostart() {
    wait_for 60 "walk $vm_entry.$vm_autostart > $T/autostart && grep -q INTEGER $T/autostart && ! grep 'INTEGER: 1\$' $T/autostart"
}
