#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Each walk sees one listing from its first row to its last, while domains come and go all the time.
# Four managers walk without a pause. They do not delay others: a fifth manager that polls sees each new listing. Without
# walkHold there are torn walks, which shows that the check can fail.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpbulkwalk snmpgetnext snmpget libvirtd perl
need_root
perl -MNet::SNMP -e 1 2> "$T/need" || SKIP "needs perl's Net::SNMP"

rows=${WALKS_ROWS:-200} walks_wanted=${WALKS_WANTED:-8}
start_libvirtd
start_snmpd
fill_shared_test_driver
mkdir "$T/xml"
for ((i = 0; i < rows; i++)); do
    test_domain "vm-$i" "$(printf '%08x' $i)-1111-4222-8333-000000000000" > "$T/xml/$i"
    echo "define $T/xml/$i"
done > "$T/define"
on_shared < "$T/define" > "$T/out" 2>&1 || FAIL "$(tail -n 3 "$T/out")"

# Undefines and defines every seventh domain, again and again without a pause.
change_without_pause() {
    local i
    while :; do
        for ((i = 3; i < rows; i += 7)); do echo "undefine vm-$i"; done
        for ((i = 3; i < rows; i += 7)); do echo "define $T/xml/$i"; done
    done
}

# These columns always have a value for every domain. The others need the XML, which is read a little later.
vm_columns='2 3 5 6 7 8 10 11 12 14 15 16'
gl_columns='1 2 3 4 5 6 7 8 9 10 11 13'

# Checks a walk. Prints what is wrong: a column with other rows than the first one, or a number of rows that differs from the
# count in the walk.
check_walk() { # ENTRY COUNT-OID 'COLUMNS'
    awk -v entry=".$1." -v count=".$2 " -v columns="$3" '
        index($0, count) == 1 { wanted = $2 }
        index($0, entry) == 1 {
            split(substr($1, length(entry) + 1), part, ".")
            seen[part[1]] = seen[part[1]] " " part[2]
        }
        END {
            n = split(columns, number)
            for (i = 1; i <= n; i++)
                if (seen[number[i]] != seen[number[1]])
                    print "column " number[i] " has other rows than column " number[1]
            if (split(seen[number[1]], all, " ") != wanted)
                print wanted " rows counted, " split(seen[number[1]], all, " ") " seen"
        }'
}

# A manager that walks from ROOT without a pause until $T/stop exists. Prints a line for each walk: torn or whole.
manage() { # TOOL ROOT ENTRY COUNT-OID 'COLUMNS' [OPTION...]
    local tool=$1 root=$2 entry=$3 count=$4 columns=$5 torn
    shift 5
    until [ -e "$T/stop" ]; do
        torn=$(snmp "$tool" "$@" -Oqnet "127.0.0.1:$SNMP_PORT" "$root" | check_walk "$entry" "$count" "$columns")
        if [ -n "$torn" ]; then echo "torn: ${torn//$'\n'/, }"; else echo whole; fi
    done
}

manage_vm() { manage "$1" "$vm_mib" "$vm_entry" "$vm_mib.1.2.0" "$vm_columns" "${@:2}"; } # TOOL [OPTION...]

manage_gl() { # TOOL [OPTION...]
    manage "$1" "$guestlist_mib.1" "$guestlist_mib.1.2.1" "$scalars.$gl_domains.0" "$gl_columns" "${@:2}"
}

manage_rows() {
    tied perl "$top_srcdir/tests/integration/row-walk.pl" 127.0.0.1 "$SNMP_PORT" "$T/stop" "$scalars.$gl_serial" \
        "$vm_entry.$vm_name" "$vm_entry.$vm_uuid" "$guestlist_mib.1.2.1.2" | while read -r count serials; do
        case $serials in *' '*) echo "torn: $count rows of listings $serials" ;; *) echo whole ;; esac
    done
}

# A manager that polls with GETNEXT without a pause. Prints each serial it sees.
poll() {
    until [ -e "$T/stop" ]; do snmp snmpgetnext -Oqvt "127.0.0.1:$SNMP_PORT" "$scalars.$gl_serial"; done
}

# Runs all managers until each has walked often enough. With TORN, runs until one of them has seen a torn walk.
run_managers() { # [TORN]
    local job jobs=()
    rm -f "$T"/stop "$T"/walks.*
    manage_vm snmpbulkwalk -Cr50 > "$T/walks.1" 2>&1 & jobs+=($!)
    manage_vm snmpbulkwalk -Cr50 > "$T/walks.2" 2>&1 & jobs+=($!)
    manage_gl snmpbulkwalk -Cr20 > "$T/walks.3" 2>&1 & jobs+=($!)
    manage_rows > "$T/walks.4" 2>&1 & jobs+=($!)
    poll > "$T/poll" 2>&1 & jobs+=($!)
    wait_for 90 "walked_enough $walks_wanted || { [ -n '${1-}' ] && grep -q ^torn $T/walks.[1-4]; }"
    touch "$T/stop"
    for job in "${jobs[@]}"; do wait "$job"; done
    alive $churner || FAIL "the changes ended: $(tail -n 3 "$T/churn.out")"
}

walked_enough() { # WALKS
    local file
    for file in "$T"/walks.[1-4]; do [ "$(wc -l < "$file")" -ge "$1" ] || return 1; done
}

count_walks() { for i in 1 2 3 4; do wc -l < "$T/walks.$i"; done | xargs; }

configure_agent 'interval 60' "walkHold ${WALK_HOLD:-30}"
start_agent -u "$SHARED_URI"
wait_for 60 "[ \"\$(gl $gl_domains)\" = $((rows + 9)) ]"
(tied virsh -q -c "$SHARED_URI" < <(change_without_pause 2> "$T/churn.err") > "$T/churn.out" 2>&1) &
churner=$!
wait_for 30 "[ \"\$(gl $gl_domains)\" != $((rows + 9)) ]"

before=$(gl $gl_serial)
run_managers
made=$(($(gl $gl_serial) - before))
seen=$(sort -u "$T/poll" | grep -c '^[0-9][0-9]*$')
step "walks of each manager: $(count_walks); $made listings made meanwhile, of which the poller saw $seen"
[ "${WALKS_MEASURE:-no}" = no ] || { grep -h ^torn "$T"/walks.[1-4]; step "torn: $(cat "$T"/walks.[1-4] | grep -c ^torn)"; OK; }
equal '' "$(cat "$T"/walks.[1-4] | grep -vx whole)" "walks that are torn"
[ "$made" -ge 10 ] || FAIL "only $made listings were made: too few to tear a walk"
[ $((3 * seen)) -ge "$made" ] || FAIL "the poller saw only $seen of $made listings"

configure_agent 'interval 60' 'walkHold 0'
kill -HUP "$AGENT_PID"
wait_for 20 'grep -q "reload: done" "$AGENT_LOG"'
run_managers TORN
torn=$(grep -h ^torn "$T"/walks.[1-4] | head -n 1)
[ -n "$torn" ] || FAIL "without walkHold no walk of $(count_walks) is torn, so this test proves nothing"
step "without walkHold: $torn"
OK
