#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The agent adds little to the libvirt calls of a listing. valgrind counts the instructions of the client for a listing with
# statistics and rows, and for the same calls without their results. The ratio of the two must not grow by more than 5 % over the
# ratio that docs/performance.md states.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh libvirtd valgrind qemu-system-x86_64
need_root
case ${SANITIZERS:-no} in no) ;; *) SKIP "valgrind and sanitizers do not go together" ;; esac

domains=500 rounds=3

instructions() { # FUNCTION
    valgrind --tool=callgrind "--toggle-collect=$1" "--callgrind-out-file=$T/$1.callgrind" \
        "$top_builddir/tests/bench/listing_cost" "$QEMU_URI" "$LIBVIRTD_PID" $rounds > "$T/costs" 2> "$T/valgrind" ||
        FAIL "listing_cost failed: $(tail -3 "$T/valgrind")"
    awk '/Collected/ { print $NF }' "$T/valgrind"
}

define_many_qemu $domains many
start_libvirtd -n many
ours=$(instructions listing_cost_list)
bare=$(instructions listing_cost_list_bare)
ratio=$(awk -v o="$ours" -v b="$bare" 'BEGIN { printf "%.3f", o / b }')
step "$domains domains, $rounds listings, libvirt $(virsh --version): $ours instructions, $bare for the bare calls: $ratio times as many"
awk -v r="$ratio" 'BEGIN { exit !(r <= 1.30 * 1.05) }' || FAIL "a listing takes $ratio times the instructions of the bare calls"
OK
