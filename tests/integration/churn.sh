#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Four writers start, stop, define, undefine and mark autostart a hundred domains; each listing must hold all the same: no
# row that cannot be, no domain twice, none missing that was there all the time. The same checker must find violations when
# the running ones are asked for first and the defined ones then, or it could not fail.
. "$(dirname "$0")/lib.sh"
need virsh libvirtd
need_root

churn=$top_builddir/tests/churn/churn
[ -x "$churn" ] || SKIP "tests/churn/churn is not built"
start_libvirtd
fill_shared_test_driver # its keeper keeps the domains
"$churn" "$SHARED_URI" "${CHURN_LISTINGS:-400}" > "$T/churn.out" 2> "$T/churn.err"
status=$?
cat "$T/churn.out"
[ $status = 0 ] || FAIL "churn ended with status $status: $(tail -n 5 "$T/churn.err")"
OK
