#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Bulk notifications have one notification for each new state, with all domains that reached it within a window.
# SET can change the two switches until the agent ends, if the administrator allows it.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/traps.sh"
need virsh snmpget snmpwalk snmpset libvirtd
need_root

per_vm=$vm_mib.1.9.0 bulk=$vm_mib.1.10.0 on=1 off=2

agent_may_change_domains "writableSwitches is on in one step"
start_libvirtd
start_snmptrapd
start_snmpd "$(trapsink)"
fill_shared_test_driver
define_marker on_shared
batch=
for i in {01..40}; do
    test_domain "b-$i" "$(uuid_of "b-$i")" > "$T/b-$i.xml"
    batch+="define $T/b-$i.xml; start b-$i; "
done
on_shared "${batch%; }" > "$T/out" 2>&1 || FAIL "$(cat "$T/out")"
configure_agent 'notifications bulk'
start_agent -u "$SHARED_URI" -i 3600
wait_for 30 'row_of b-40'
learn_indexes b-01 b-02 b-03 b-17 b-40 sh-running marker
equal "$off $on" "$(value $per_vm) $(value $bulk)" "the switches"

list() { # NAME... -> their indexes as in a bulk notification
    local name
    for name; do echo "${index_of[$name]}"; done | sort -n | paste -sd,
}

# One virsh runs all commands in quick succession: each VERB for every NAME.
act_on() { # "VERB..." NAME...
    local verb name batch=
    for verb in $1; do
        for name in "${@:2}"; do batch+="$verb $name; "; done
    done
    on_shared "${batch%; }" > "$T/out" 2>&1 || FAIL "virsh $batch: $(cat "$T/out")"
}

# All bulk notifications since the mark must be exactly these LINEs.
expect_bulk() { # WHAT LINE...
    wait_for_traps $(($# - 1)) "$begin" "$bulk_kinds"
    equal "$(printf '%s\n' "${@:2}")" "$(traps_since "$begin" "$bulk_kinds")" "$1"
    begin=$(mark)
}

begin=$(mark)
act_on suspend b-03
expect_bulk "one domain" "vmBulkPaused $(list b-03)"
act_on suspend b-17 b-40 b-02 b-01
expect_bulk "four domains" "vmBulkPaused $(list b-01 b-02 b-17 b-40)"
act_on resume b-17 b-40 b-02 b-01 b-03
expect_bulk "five domains" "vmBulkRunning $(list b-01 b-02 b-03 b-17 b-40)"
act_on "suspend resume" b-17 b-40
expect_bulk "two domains, each with two changes" "vmBulkPaused $(list b-17 b-40)" "vmBulkRunning $(list b-17 b-40)"
act_on destroy b-17
# The test driver has no event for shutting down.
expect_bulk "destroy" "vmBulkShutdown $(list b-17)"
act_on undefine b-17
expect_bulk "undefine" "vmBulkDeleted $(list b-17)"
equal '' "$(traps_since 0 "$vm_kinds|$guest_kind")" "notifications of single domains"
step "one notification for each new state"

# The first notification is sent although the changes never stop.
touch "$T/churning"
(while [ -e "$T/churning" ] && alive $$; do
    on_shared "suspend b-01; resume b-01; suspend b-02; resume b-02" && echo round
done > "$T/churn.out" 2>&1) &
churner=$!
wait_for_traps 4 "$begin" "$bulk_kinds"
alive $churner || FAIL "the changes ended: $(tail -n 3 "$T/churn.out")"
rm "$T/churning"
wait $churner
[ "$(grep -c round "$T/churn.out")" -gt "$(traps_since "$begin" "$bulk_kinds" | wc -l)" ] ||
    FAIL "no changes were combined in $(grep -c round "$T/churn.out") rounds: $(traps_since "$begin" "$bulk_kinds")"
stray=$(traps_since "$begin" "$bulk_kinds" | grep -v -e '^vmBulkPaused [0-9,]*$' -e '^vmBulkRunning [0-9,]*$')
equal '' "$stray" "other notifications"
step "a window ends although changes continue"
stop_agent || FAIL "the agent ended with status $?"

configure_agent 'notifications both'
start_agent -u "$SHARED_URI" -i 3600
wait_for 30 'row_of b-40'
equal "$on $on" "$(value $per_vm) $(value $bulk)" "the switches, both"
begin=$(mark)
traps_expected=0 traps_begin=$begin
act_on suspend b-40
expect_traps "both kinds" "$(trap_line vmPaused b-40 4)"
expect_bulk "both kinds" "vmBulkPaused $(list b-40)"
step "both kinds"

refused() { # ERROR OID TYPE VALUE
    put "${@:2}" > "$T/put" 2>&1 && FAIL "SET ${*:2} was accepted"
    grep -q "Reason: $1" "$T/put" || FAIL "SET ${*:2}: $(cat "$T/put")"
}

for switch in $per_vm $bulk; do
    refused notWritable "$switch" i 2
    refused notWritable "$switch" i 3
done
equal "$on $on" "$(value $per_vm) $(value $bulk)" "the switches after refused SETs"
stop_agent || FAIL "the agent ended with status $?"

configure_agent 'notifications none' 'writableSwitches yes'
start_agent -u "$SHARED_URI" -i 3600
wait_for 30 'row_of b-40'
begin=$(mark)
traps_expected=0 traps_begin=$begin
act_on resume b-40
wait_for 20 "[ \"\$(vm $vm_oper_state b-40)\" = 4 ]"
for switch in $per_vm $bulk; do
    refused wrongValue "$switch" i 3
    refused wrongValue "$switch" i 0
    refused wrongValue "$switch" i -1
    refused wrongType "$switch" u 1
    refused wrongType "$switch" s 1
    equal $off "$(value "$switch")" "the switch $switch after refused SETs"
done
put $per_vm i $on > "$T/put" || FAIL "$(cat "$T/put")"
equal "$on $off" "$(value $per_vm) $(value $bulk)" "the switches after SET"
no_more_traps "turned on by SET"
put $per_vm i $off $bulk i $on > "$T/put" || FAIL "$(cat "$T/put")"
equal "$off $on" "$(value $per_vm) $(value $bulk)" "the switches after a SET of both"
# A SET of two switches changes both or none.
put $per_vm i $on $bulk i 3 > "$T/put" 2>&1 && FAIL "a SET with one wrong value was accepted"
equal "$off $on" "$(value $per_vm) $(value $bulk)" "the switches after a SET with one wrong value"
begin=$(mark)
act_on suspend b-40
expect_bulk "turned on by SET" "vmBulkPaused $(list b-40)"
equal 0 "$(new_traps | wc -l)" "notifications of single domains, turned off by SET"
snmp snmpset "127.0.0.1:$SNMP_PORT" $bulk i $off > "$T/put" 2>&1 && FAIL "the community that may only read has written"
stop_agent || FAIL "the agent ended with status $?"
start_agent -u "$SHARED_URI" -i 3600
wait_for 30 'row_of b-40'
equal "$off $off" "$(value $per_vm) $(value $bulk)" "the switches after the agent's restart"
OK
