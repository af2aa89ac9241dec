#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A SET to LIBVIRT-MIB changes the domain, if the administrator allows it.
# The answer never waits for libvirt or the guest. A failure after the answer gives a line in the log and a notification.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/traps.sh"
need virsh snmpget snmpwalk snmpset libvirtd qemu-system-x86_64
need_root

running=1 blocked=2 paused=3 shutdown=4 shutoff=5 crashed=6
active=1 not_in_service=2 not_ready=3 create_and_go=4 create_and_wait=5 destroy=6

agent_may_change_domains "SET starts and stops guests"
start_libvirtd
start_snmptrapd
start_snmpd "$(trapsink)"

state() { value "$(guest $guest_state "$(uuid_of "$1")")"; } # NAME

set_column() { # NAME COLUMN VALUE
    put "$(guest "$2" "$(uuid_of "$1")")" i "$3" > "$T/put" 2>&1 || FAIL "SET column $2 of $1 to $3: $(cat "$T/put")"
}

# Waits until libvirt allows the agent to change domains. RowStatus is always active(1), so this SET changes nothing.
wait_until_allowed() { wait_for 30 "put '$(guest $guest_row_status "$(uuid_of "$1")")' i $active"; } # NAME

refused() { # ERROR NAME COLUMN TYPE VALUE
    put "$(guest "$3" "$(uuid_of "$2")")" "${@:4}" > "$T/put" 2>&1 && FAIL "SET column $3 of $2 to ${*:4} was accepted"
    grep -Eq "Reason: $1" "$T/put" || FAIL "SET column $3 of $2 to ${*:4}: $(cat "$T/put")"
}

becomes() { # NAME VIRSH-WORD NUMBER
    wait_for 30 "[ \"\$($on domstate $1)\" = '$2' ]"
    wait_for 30 "[ \"\$(state $1)\" = $3 ]"
}

# Waits for a notification of LIBVIRT-MIB with the unchanged state of the domain, and for a line in the log with its name.
expect_failure() { # MARK NAME STATE ROWSTATUS
    wait_for 30 "traps_since $1 $guest_kind | grep -Fqx 'libvirtGuestNotif $2 $(uuid_of "$2") $3 $4'"
    wait_for 10 "tail -n +$((log_before + 1)) '$AGENT_LOG' | grep -q '$2'"
}

log_end() { wc -l < "$AGENT_LOG"; }

# ---- Control must be allowed ---------------------------------------------------------------------

fill_shared_test_driver
on=on_shared
configure_agent
start_agent -u "$SHARED_URI"
wait_for 30 "[ \"\$(state sh-running)\" = $running ]"
refused notWritable sh-running $guest_state i $paused
refused notWritable sh-running $guest_row_status i $destroy
refused notWritable sh-shutoff $guest_row_status i $create_and_go
stop_agent || FAIL "the agent ended with status $?"
equal running "$(on_shared domstate sh-running)" "the state after a refused SET"
equal 'shut off' "$(on_shared domstate sh-shutoff)" "the state after a refused SET"
step "not writable by default"

# ---- The test driver -----------------------------------------------------------------------------

configure_agent 'allowControl yes' 'libvirtMibNotifications yes'
start_agent -u "$SHARED_URI"
wait_for 30 "[ \"\$(state sh-running)\" = $running ]"
wait_until_allowed sh-running
set_column sh-running $guest_state $paused
becomes sh-running paused $paused
set_column sh-running $guest_state $running
becomes sh-running running $running
set_column sh-running $guest_state $shutdown
becomes sh-running 'shut off' $shutoff
set_column sh-running $guest_row_status $create_and_go
becomes sh-running running $running
set_column sh-running $guest_row_status $destroy
becomes sh-running 'shut off' $shutoff
uuid=$(uuid_of sh-running)
put "$(guest $guest_state "$uuid")" i $paused "$(guest $guest_row_status "$uuid")" i $create_and_go > "$T/put" 2>&1 ||
    FAIL "SET of state and RowStatus: $(cat "$T/put")"
becomes sh-running paused $paused
step "state and RowStatus act on the test driver"

bad='(wrongValue|inconsistentValue)'
for value in 0 $blocked $shutoff $crashed 7 -1; do refused "$bad" sh-running $guest_state i "$value"; done
for value in 0 $not_in_service $not_ready $create_and_wait 7; do refused "$bad" sh-running $guest_row_status i "$value"; done
refused wrongType sh-running $guest_state u $running
refused wrongType sh-running $guest_row_status s 6
refused notWritable sh-running $guest_name s other
refused notWritable sh-running $guest_cpus u 3
refused '(noCreation|inconsistentName|notWritable|noSuchName)' sh-nobody $guest_state i $paused
refused '(noCreation|inconsistentName|notWritable|noSuchName)' sh-nobody $guest_row_status i $create_and_go
snmp snmpset "127.0.0.1:$SNMP_PORT" "$(guest $guest_state "$uuid")" i $running > "$T/put" 2>&1 &&
    FAIL "the community that may only read has written"
relist
equal "paused $paused" "$(on_shared domstate sh-running) $(state sh-running)" "the state after all refused SETs"
step "impossible values are refused"

log_before=$(log_end) begin=$(mark)
set_column sh-shutoff $guest_row_status $destroy
expect_failure "$begin" sh-shutoff $shutoff $not_in_service
log_before=$(log_end) begin=$(mark)
set_column sh-waiting $guest_state $running
expect_failure "$begin" sh-waiting $shutoff $not_in_service
log_before=$(log_end) begin=$(mark)
set_column sh-autostart $guest_row_status $create_and_go
expect_failure "$begin" sh-autostart $running $active
equal 'shut off' "$(on_shared domstate sh-waiting)" "the state of a domain that could not be resumed"
alive "$AGENT_PID" || FAIL "the agent is gone"
stop_agent || FAIL "the agent ended with status $?"
step "failures are reported"

# A domain without a row in LIBVIRT-MIB can be started nevertheless.
configure_agent 'allowControl yes' 'libvirtMibActiveOnly yes'
start_agent -u "$SHARED_URI"
wait_for 30 "[ \"\$(state sh-running)\" = $paused ]"
wait_until_allowed sh-running
value "$(guest $guest_state "$(uuid_of sh-shutoff)")" > "$T/out" && FAIL "a domain that is off has a row"
set_column sh-shutoff $guest_row_status $create_and_go
becomes sh-shutoff running $running
stop_agent || FAIL "the agent ended with status $?"
step "a domain without a row can be started"

# ---- QEMU ----------------------------------------------------------------------------------------

on=on_qemu
define_qemu one
define_qemu two
on_qemu "start one; start two" > "$T/out" || FAIL "$(cat "$T/out")"
configure_agent 'allowControl yes' 'libvirtMibNotifications yes' 'interval 1'
start_agent -u "$QEMU_URI"
wait_for 30 "[ \"\$(state two)\" = $running ]"
wait_until_allowed two
set_column one $guest_state $paused
becomes one paused $paused
set_column one $guest_state $running
becomes one running $running
# The guest has no system that reacts to the power button. Press it more than once, because virsh gives no sign when it starts
# to listen.
(tied virsh -q -c "$QEMU_URI" qemu-monitor-event --event POWERDOWN --timeout 60 > "$T/powerdown" 2>&1 < /dev/null) &
watcher=$!
wait_for 30 "set_column one $guest_state $shutdown; grep -q POWERDOWN $T/powerdown"
end_process $watcher TERM 5
equal running "$(on_qemu domstate one)" "the state of a guest that ignores the button"
set_column one $guest_row_status $destroy
becomes one 'shut off' $shutoff
set_column one $guest_row_status $create_and_go
becomes one running $running
step "state and RowStatus act on QEMU"

# While a guest hangs, the agent answers at once and other guests are not affected. The command is carried out later.
hung=$(qemu_pid one)
pause "$hung"
SNMP_TIMEOUT=3 set_column one $guest_state $paused
for _ in 1 2 3 4 5; do SNMP_TIMEOUT=3 state two > "$T/out" || FAIL "no answer while a guest hangs"; done
resume "$hung"
becomes one paused $paused
set_column one $guest_state $running
becomes one running $running
step "a guest hung"

pause_libvirtd
SNMP_TIMEOUT=3 set_column one $guest_state $paused
SNMP_TIMEOUT=3 set_column two $guest_row_status $destroy
for _ in 1 2 3 4 5; do SNMP_TIMEOUT=3 state two > "$T/out" || FAIL "no answer while libvirtd hangs"; done
resume_libvirtd
becomes one paused $paused
becomes two 'shut off' $shutoff
step "libvirtd hung"

log_before=$(log_end) begin=$(mark)
set_column two $guest_row_status $destroy
expect_failure "$begin" two $shutoff $not_in_service
log_before=$(log_end) begin=$(mark)
set_column two $guest_state $running
expect_failure "$begin" two $shutoff $not_in_service
stop_agent || FAIL "the agent ended with status $?"
OK
