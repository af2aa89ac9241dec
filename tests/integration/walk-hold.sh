#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# One walk, one listing: while domains come and go all the time, a walk of all columns has the same rows in each, and
# the serial is the same before and after. Without walkHold it does not, so the check can fail. And under a poller that
# never stops walking, the hold still ends.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpbulkwalk snmpgetnext libvirtd
need_root

rows=1000
start_libvirtd
start_snmpd
fill_shared_test_driver
mkdir "$T/xml"
for ((i = 0; i < rows; i++)); do
    name=vm-$i
    echo "<domain type='test'><name>$name</name><uuid>$(printf '%08x' $i)-1111-4222-8333-000000000000</uuid>" \
        "<memory>65536</memory><os><type>hvm</type></os></domain>" > "$T/xml/$i"
    echo "define $T/xml/$i"
done > "$T/define"
on_shared < "$T/define" > "$T/out" 2>&1 || FAIL "$(tail -n 3 "$T/out")"

# Somebody who defines and undefines without a pause: every seventh domain, over and over.
churn() {
    local i
    while :; do
        for ((i = 3; i < rows; i += 7)); do echo "undefine vm-$i"; done
        for ((i = 3; i < rows; i += 7)); do echo "define $T/xml/$i"; done
    done
}

serial_by_walk() { snmp snmpgetnext -Oqvt "127.0.0.1:$SNMP_PORT" "$scalars.$gl_serial"; }

# What has a value for every domain at all times; the rest needs its XML, which is read a little later.
full_columns="$vm_entry.2 $vm_entry.3 $vm_entry.5 $vm_entry.6 $vm_entry.7 $vm_entry.8 $vm_entry.10 $vm_entry.11
    $vm_entry.12 $vm_entry.14 $vm_entry.15 $vm_entry.16"
for column in 1 2 3 4 5 6 7 8 9 10 11 13; do full_columns+=" $guestlist_mib.1.2.1.$column"; done

# Walks all columns of both tables. Sets `torn` to what is wrong with it: a serial that moved, a column with other rows.
walk_all() {
    local before after
    before=$(serial_by_walk)
    snmp snmpbulkwalk -Cr50 -Oqnt "127.0.0.1:$SNMP_PORT" $vm_entry > "$T/walk"
    snmp snmpbulkwalk -Cr50 -Oqnt "127.0.0.1:$SNMP_PORT" $guestlist_mib.1.2 >> "$T/walk"
    after=$(gl $gl_serial)
    torn=$(awk -v columns="$full_columns" '
        /^\.1\./ { match($1, /\.[0-9]+$/); column = substr($1, 2, RSTART - 2); seen[column] = seen[column] substr($1, RSTART) }
        END {
            n = split(columns, name)
            for (i = 1; i <= n; i++)
                if (seen[name[i]] == "" || seen[name[i]] != seen[name[1]])
                    print "column " name[i] " has other rows than the first"
        }' "$T/walk")
    [ "$before" = "$after" ] || torn+=" serial $before before, $after after"
}

configure_agent 'interval 60' 'walkHold 60'
start_agent -u "$SHARED_URI"
wait_for 60 "[ \"\$(gl $gl_domains)\" = $((rows + 9)) ]"
(tied virsh -q -c "$SHARED_URI" < <(churn 2> "$T/churn.err") > "$T/churn.out" 2>&1) &
churner=$!
wait_for 30 "[ \"\$(gl $gl_domains)\" != $((rows + 9)) ]"
for try in 1 2 3 4; do
    started=$(gl $gl_serial)
    walk_all
    equal '' "$torn" "walk $try under churn"
    wait_for 30 "[ \"\$(gl $gl_serial)\" -gt $((started + 3)) ]" # it went on meanwhile, and is shown once the walk is over
done
step "4 walks of all columns under churn, each of one listing"

configure_agent 'interval 60' 'walkHold 0'
kill -HUP "$AGENT_PID"
wait_for 20 'grep -q "reload: done" "$AGENT_LOG"'
for try in {1..10}; do
    walk_all
    [ -z "$torn" ] || break
done
[ -n "$torn" ] || FAIL "without walkHold no walk of $try is torn: this test tests nothing"
step "without walkHold, walk $try is torn:" "$(head -n 1 <<< "$torn")"

configure_agent 'interval 60' 'walkHold 2'
kill -HUP "$AGENT_PID"
wait_for 20 '[ "$(grep -c "reload: done" "$AGENT_LOG")" = 2 ]'

# A poller that never stops, and when it saw which listing.
poll() { # LISTINGS
    local -A seen=()
    local serial until=$((SECONDS + 60))
    while [ ${#seen[@]} -lt "$1" ]; do
        serial=$(serial_by_walk)
        seen[$serial]=1
        echo "$(now) $serial"
        alive $churner || FAIL "the churn ended: $(tail -n 3 "$T/churn.out")"
        [ $SECONDS -lt $until ] || FAIL "in 60 s of walking only these listings were seen: ${!seen[*]}"
    done
}
poll 6 > "$T/poll"
end_process $churner TERM 5
awk '$2 != last { if (last) print $1 - since; last = $2; since = $1 }' "$T/poll" | sed 1d > "$T/spells"
step "seconds for which a poller without a pause sees the same listing:" "$(xargs < "$T/spells")"
awk '$1 < 1.8 || $1 > 3 * 2 { bad = 1 } END { exit bad }' "$T/spells" || FAIL "not about walkHold (2 s): $(xargs < "$T/spells")"
OK
