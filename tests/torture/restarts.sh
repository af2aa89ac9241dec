#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# libvirtd, snmpd and guestlistd restart or hang in random order, while managers walk, SET switches and SET the state of a guest.
# After each, all rows are back with the same indexes, walks have no error, and a SET works. In the second half, the agent only
# hangs and never restarts: at the end it has as many descriptors and threads, and as much memory, as at the middle.
# The environment may say: RESTARTS (50), SEED (the time).
. "$(dirname "$0")/lib.sh"
need virsh snmpset snmpbulkwalk libvirtd qemu-system-x86_64
need_root

restarts=${RESTARTS:-50}
step "RESTARTS=$restarts SEED=$seed"
switch=$vm_mib.1.9.0 # vmPerVMNotificationsEnabled
running=1 paused=3

walk_all() { clean_walk "$T/walk-$BASHPID" && echo walked; }

set_switch() { put $switch i $((1 + $1 % 2)) && echo set; }

# A guest is paused and resumed by SET. libvirt refuses some of them, when two arrive together.
set_state() { put "$(guest $guest_state "$(uuid_of one)")" i $(($1 % 2 ? paused : running)) && echo set; }

agent_may_change_domains "SET pauses and resumes a guest"
define_many_qemu 40
start_libvirtd
start_snmpd
for name in one two; do define_qemu $name; done
on_qemu 'start one; start two' > "$T/out" || FAIL "$(cat "$T/out")"
configure_agent 'interval 1' 'agentXPingInterval 1' 'writableSwitches yes' 'allowControl yes' 'notifications both'
agent_uri=$QEMU_URI
start_agent -u "$agent_uri"
wait_for 60 "[ \"\$(value $vm_mib.1.2.0)\" = 42 ] && value $vm_entry.$vm_os_type.1"
indexes=$(index_map)
equal 42 "$(wc -l <<< "$indexes")" "rows"

# The agent is connected, and all rows have the same indexes as at first. Both guests that run have the state that libvirt
# reports, and a SET is carried out.
rows_are_back() {
    [ "$(gl $gl_status)" = $connected ] && [ "$(index_map)" = "$indexes" ] && clean_walk "$T/walk" &&
        put $switch i 1
}

works_again() {
    wait_for 60 rows_are_back
    # From now on, there is no error: it would have outlived the restart.
    for _ in 1 2 3; do
        clean_walk "$T/walk" || FAIL "an error after the restart: $(grep -v '^\.' "$T/walk")"
    done
    equal "$indexes" "$(index_map)" "indexes"
    # The first command can meet a connection that has just broken.
    local state=$paused word=paused
    [ "$(on_qemu domstate two)" = running ] || state=$running word=running
    wait_for 60 "[ \"\$(on_qemu domstate two)\" = $word ] || { put $(guest $guest_state "$(uuid_of two)") i $state; false; }"
    wait_for 60 "[ \"\$(value $(guest $guest_state "$(uuid_of two)"))\" = $state ]"
}

# ---- What happens to each of the three -----------------------------------------------------------

libvirtd_KILL() { restart_libvirtd KILL; }
libvirtd_TERM() { restart_libvirtd TERM; }
libvirtd_STOP() { pause_libvirtd; let_pass "$1"; resume_libvirtd; }
snmpd_KILL() { restart_snmpd KILL; }
snmpd_TERM() { restart_snmpd TERM; }
snmpd_STOP() { pause "$SNMPD_PID"; let_pass "$1"; resume "$SNMPD_PID"; }
guestlistd_KILL() {
    disown "$AGENT_PID" # the shell would report its end
    end_process "$AGENT_PID" KILL 5
    start_agent -u "$agent_uri"
}
guestlistd_TERM() {
    stop_agent || FAIL "SIGTERM ended the agent with status $?"
    start_agent -u "$agent_uri"
}
guestlistd_STOP() { pause "$AGENT_PID"; let_pass "$1"; resume "$AGENT_PID"; }

start_clients() {
    start_client walk_all
    start_client walk_all
    start_client set_switch
    start_client set_state
}

start_clients
declare -A happened=()
survived=0
for ((i = 1; i <= restarts; i++)); do
    choose libvirtd snmpd guestlistd
    who=$chosen how=STOP
    if [ "$who" != guestlistd ] || [ $i -le $((restarts / 2)) ]; then
        choose KILL TERM STOP
        how=$chosen
    fi
    choose_number 6
    pause_s=$((1 + chosen))
    began=$(now)
    "${who}_$how" $pause_s
    works_again
    alive "$AGENT_PID" || FAIL "the agent is gone"
    happened[$who $how]=$((${happened[$who $how]:-0} + 1))
    step "$i: $who $how: all rows are back after $(since "$began") s"
    if [ $i = $((restarts / 2)) ]; then
        stop_clients
        before=$(agent_at_rest)
        step "descriptors, threads, KiB at rest: $before"
        start_clients
    elif [ $i -gt $((restarts / 2)) ]; then
        survived=$((survived + 1))
    fi
done
stop_clients
walks=$(cat "$T"/client-[01].out | grep -c '^walked') sets=$(cat "$T"/client-[23].out | grep -c '^set')
for key in "${!happened[@]}"; do step "$key: ${happened[$key]}"; done
[ "$walks" -ge "$restarts" ] || FAIL "only $walks walks were complete"
[ "$sets" -ge "$restarts" ] || FAIL "only $sets SETs were accepted"

read -r descriptors threads kib <<< "$before"
after=$(agent_at_rest)
step "descriptors, threads, KiB at rest: $before in the middle, $after at the end"
read -r descriptors_after threads_after kib_after <<< "$after"
[ "$descriptors_after" -le "$descriptors" ] || FAIL "descriptors are left behind"
[ "$threads_after" -le "$threads" ] || FAIL "threads are left behind"
[ "${SANITIZERS:-no}" != no ] || [ "$kib_after" -le $((kib + 2048)) ] || FAIL "memory is left behind"
stop_agent || FAIL "SIGTERM ended the agent with status $?"
OK "$restarts restarts, of which the last agent survived $survived; $walks complete walks and $sets accepted SETs meanwhile"
