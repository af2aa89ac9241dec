#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A listing takes at most seven calls, for one domain and for a thousand.
# If the bulk call for the states fails, the number of calls is still limited. States that could not be read are unknown,
# never wrong.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/obstacles.sh"
need virsh snmpget snmpbulkwalk libvirtd
need_root
need_obstacles

start_libvirtd
start_snmpd
make_many_test_file "$T/one.xml" 1
make_many_test_file "$T/thousand.xml" 1000
configure_agent 'interval 1'

# Prints the highest number of calls in one of the next three listings. A listing begins with the list call that decides which
# rows exist. Calls for XML, versions and statistics do not belong to the listing.
calls_per_listing() {
    local lists skip
    lists=$(calls_made list) skip=$(wc -l < "$OBSTACLES/calls")
    wait_for 60 "[ \$(calls_made list) -ge $((lists + 4)) ]"
    tail -n +$((skip + 1)) "$OBSTACLES/calls" | awk '
        $2 == "list" { if (listings++ && calls > most) most = calls; calls = 0 }
        $2 ~ /^(list|states|state|info|persistent|autostart|managed-save|snapshot|checkpoint)$/ { calls++ }
        END { print most }'
}

# Prints how many of the thousand values of vmOperState are right, unknown, wrong. Every second domain runs.
states_seen() {
    bulkwalk $vm_entry.$vm_name > "$T/names"
    bulkwalk $vm_entry.$vm_oper_state > "$T/states"
    awk -F'[ "]+' '
        { n = split($1, oid, "."); row = oid[n] }
        NR == FNR { wanted[row] = substr($4, length($4)) % 2 ? 11 : 4; next }
        $NF == wanted[row] { right++; next }
        $NF == 1 { unknown++; next }
        { wrong++ }
        END { print right + 0, unknown + 0, wrong + 0 }' "$T/names" "$T/states"
}

for file in one thousand; do
    test_domains "$T/$file.xml"
    rm -f "$OBSTACLES/calls"
    start_agent -u "$TEST_URI"
    wait_for 60 'row_of vm-00001'
    counted=$(calls_per_listing)
    step "$file: glListingCalls $(gl $gl_calls), counted $counted"
    [ "$(gl $gl_calls)" -le 7 ] || FAIL "$file: glListingCalls is $(gl $gl_calls)"
    [ "$counted" -le 7 ] || FAIL "$file: $counted calls counted"
    [ $file = thousand ] || stop_agent || FAIL "the agent ended with status $?"
done
equal '1000 0 0' "$(states_seen)" "rows with right, unknown and wrong states"

internal_error=1 operation_failed=9
for code in $internal_error $operation_failed; do
    obstacle states fail $code
    counted=$(calls_per_listing)
    seen=$(states_seen)
    step "states fail with error $code: glListingCalls $(gl $gl_calls), counted $counted; right, unknown, wrong: $seen"
    equal 1000 "$(gl $gl_domains)" glListingDomains
    [ "$(gl $gl_calls)" -le 600 ] || FAIL "glListingCalls is $(gl $gl_calls)"
    [ "$counted" -le 600 ] || FAIL "$counted calls counted"
    equal 0 "${seen##* }" "rows with a wrong state"
done
no_obstacle states
wait_for 20 "[ \"\$(states_seen)\" = '1000 0 0' ]"
wait_for 20 "[ \"\$(gl $gl_calls)\" -le 7 ]"
equal 0 "$(gl $gl_failures)" glListingFailures
OK
