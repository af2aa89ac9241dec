#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Domains that come and go during a listing affect only their own rows.
# No other row is missing, no walk ends early, and there is no message in the log.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpget snmpwalk libvirtd
need_root

start_libvirtd
start_snmpd
fill_shared_test_driver
for i in 1 2 3 4 5 6 7 8; do
    test_domain "gone-$i" "$(uuid_of "gone-$i")" > "$T/gone-$i.xml"
    batch+="define $T/gone-$i.xml; start gone-$i; undefine gone-$i; destroy gone-$i; create $T/gone-$i.xml; destroy gone-$i; "
done
configure_agent 'interval 1'
start_agent -u "$SHARED_URI"
wait_for 30 'row_of sh-paused'

(while :; do on_shared "$batch"; done > "$T/batch.out" 2>&1) &
writer=$!
for _ in {1..15}; do
    walk $vm_entry.$vm_name > "$T/walk"
    for name in running paused shutoff crashed saved snapshot autostart waiting transient; do
        grep -q "\"sh-$name\"" "$T/walk" || FAIL "sh-$name is missing: $(cat "$T/walk")"
    done
done
next_listing
kill "$writer"
wait "$writer" 2> /dev/null
on_shared "$batch" > "$T/out" 2>&1
wait_for 30 "[ \"\$(row_count)\" = 9 ]"
equal 0 "$(gl $gl_failures)" glListingFailures
equal 0 "$(log_lines)" "lines in the log: $(cat "$AGENT_LOG")"
OK
