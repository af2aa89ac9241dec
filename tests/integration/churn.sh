#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Each listing is correct while four writers change a hundred domains.
# The writers start, stop, define, undefine and mark domains for autostart. No listing has an impossible row, a domain twice,
# or lacks a domain that existed all the time. The same checker must find violations in listings made with two calls (running
# domains, then defined domains). This shows that the checker can fail.
. "$(dirname "$0")/lib.sh"
need virsh libvirtd
need_root

churn=$top_builddir/tests/churn/churn
[ -x "$churn" ] || SKIP "tests/churn/churn is not built"
start_libvirtd
fill_shared_test_driver # its open connection keeps the domains
"$churn" "$SHARED_URI" "${CHURN_LISTINGS:-400}" > "$T/churn.out" 2> "$T/churn.err"
status=$?
cat "$T/churn.out"
[ $status = 0 ] || FAIL "churn ended with status $status: $(tail -n 5 "$T/churn.err")"
OK
