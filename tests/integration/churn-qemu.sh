#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Each row is true while QEMU guests start, pause, are saved and restored, renamed, and appear and vanish without a pause.
# The writers note when they did what. Managers walk all the time, one of them row by row. A row must have the state that its guest
# had while the listing was made. With walks of another time, the same checker must find faults: so it can fail. The managers walk the
# same six rows without a pause, and AgentX does not name them, so one of 50 walks row by row may be torn, and one of 20 column by
# column.
# The environment may say: CHURN_SECONDS (20).
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpget libvirtd qemu-system-x86_64 qemu-img python3 perl
need_root
perl -MNet::SNMP -e 1 2> "$T/need" || SKIP "needs perl's Net::SNMP"

gl_domain=$guestlist_mib.1.2.1
columns=("$vm_entry."{$vm_name,$vm_uuid,$vm_oper_state,$vm_autostart,$vm_persistent} "$gl_domain."{5,6,7,8,9})

# GETBULK asks for the next object, so these are the columns of the scalars, not their instances.
listing_scalars=$scalars.$gl_serial,$scalars.$gl_age,$scalars.$gl_duration,$scalars.$gl_domains

start_manager() {
    tied perl "$lib_dir/row-values.pl" "$SNMP_PORT" "$T/stop" "$listing_scalars" "${columns[@]}" > "$T/walks" 2> "$T/walks.err" < /dev/null &
    managers+=($!)
}

# A manager that walks column by column. Prints the columns of a walk that have other rows than the first one.
start_bulk_manager() { # OPTION...
    until [ -e "$T/stop" ]; do
        snmp snmpbulkwalk "$@" -Oqnet "127.0.0.1:$SNMP_PORT" "$vm_entry" | awk -v entry=".$vm_entry." '
            index($0, entry) == 1 { split(substr($1, length(entry) + 1), part, "."); seen[part[1]] = seen[part[1]] " " part[2] }
            END { for (i = 5; i <= 8; i++) if (seen[i] != seen[2]) print "torn: " seen[2] " and" seen[i]; print "walked" }'
    done > "$T/bulk.$1" 2>&1 < /dev/null &
    managers+=($!)
}

start_libvirtd
start_snmpd
for name in cycle-1 cycle-2 rename; do define_qemu $name; done
define_qemu snapshots disk="$T/disk.qcow2"
for name in transient define; do qemu_domain $name > "$T/$name.xml"; done
configure_agent 'interval 1' 'snapshots yes'
start_agent -u "$QEMU_URI"
wait_for 30 '[ "$(row_count)" = 4 ]'
start_manager
start_bulk_manager -Cr10
start_bulk_manager -Cr25
python3 "$lib_dir/churn-qemu.py" write "$QEMU_URI" "${CHURN_SECONDS:-20}" "$T" > "$T/changes" 2>&1 || FAIL "$(tail -n 5 "$T/changes")"
step "$(cat "$T/changes") changes"
next_listing
touch "$T/stop"
for pid in "${managers[@]}"; do wait "$pid" || FAIL "a manager failed: $(cat "$T/walks.err")"; done
walked=$(cat "$T"/bulk.* | grep -c ^walked) torn=$(cat "$T"/bulk.* | grep -vc ^walked)
step "column by column: $walked walks, $torn torn"
[ "$walked" -ge 20 ] || FAIL "only $walked walks column by column"
# The agent does not know which manager sends a request. If two of them are at the same name at the same time, on different
# listings, it can take one for the other. In a table of six rows, this happens now and then.
[ $((20 * torn)) -le "$walked" ] || FAIL "$torn of $walked walks are torn: $(cat "$T"/bulk.* | grep -v ^walked)"
python3 "$lib_dir/churn-qemu.py" check "$T" "$T/walks" > "$T/checked" 2>&1 || FAIL "$(cat "$T/checked")"
step "$(cat "$T/checked")"

# The same walks, as if each listing had been made two seconds later.
awk '$1 == "walk" { $2 = sprintf("%.4f", $2 + 2); $3 = sprintf("%.4f", $3 + 2) } { print }' "$T/walks" > "$T/later"
python3 "$lib_dir/churn-qemu.py" check "$T" "$T/later" > "$T/checked" 2>&1 && FAIL "the checker finds nothing wrong in walks of another time"
step "as if two seconds later: $(tail -n 1 "$T/checked")"
OK
