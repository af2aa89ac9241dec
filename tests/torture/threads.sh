#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ThreadSanitizer finds no data race in the agent.
# Guests start, pause, are saved, appear and vanish. Meanwhile, managers walk and SET, SIGHUP changes the settings, and libvirtd and
# snmpd restart. This needs a build with --enable-sanitizers=thread. The environment may say: THREADS_SECONDS (120), SEED (the time).
. "$(dirname "$0")/lib.sh"
[[ ${SANITIZERS:-no} = *thread* ]] || SKIP "needs a build with --enable-sanitizers=thread"
need virsh snmpset snmpbulkwalk libvirtd qemu-system-x86_64
need_root

seconds=${THREADS_SECONDS:-120}
step "THREADS_SECONDS=$seconds SEED=$seed"
switch=$vm_mib.1.9.0 # vmPerVMNotificationsEnabled
running=1 paused=3
# The user of the agent may not be able to read the tree.
cp "$top_srcdir/tests/tsan.supp" "$T/tsan.supp"
export TSAN_OPTIONS="suppressions=$T/tsan.supp halt_on_error=0 second_deadlock_stack=1 exitcode=66"

walk_all() { clean_walk "$T/walk-$BASHPID" && echo walked; }

set_switch() { put $switch i $((1 + $1 % 2)) && echo set; }

set_state() { put "$(guest $guest_state "$(uuid_of one)")" i $(($1 % 2 ? paused : running)) && echo set; }

change_guests() {
    on_qemu "start two; suspend two; resume two; managedsave two; start two; destroy two; autostart three; undefine three;
        define $T/three.xml; snapshot-create-as disk s$1; snapshot-delete disk s$1; create $T/transient.xml; destroy transient" && echo changed
}

# The settings take turns.
reload() {
    printf '%s\n' "$hypervisors" "interval $((1 + $1 % 3))" 'agentXPingInterval 1' 'writableSwitches yes' 'allowControl yes' \
        "$([ $(($1 % 2)) = 0 ] && echo 'notifications both' || echo 'notifications perVM')" "walkHold $(($1 % 4 * 10))" \
        "snapshots $([ $(($1 % 2)) = 0 ] && echo yes || echo no)" 'libvirtMibNotifications yes' > "$T/new.conf"
    cat "$T/new.conf" > "$T/agent/guestlistd.conf"
    kill -s HUP "$AGENT_PID" && echo reloaded
    let_pass 1
}

agent_may_change_domains "SET pauses and resumes a guest"
define_many_qemu 20
start_libvirtd
start_snmptrapd
start_snmpd "$(trapsink)"
for name in one two three; do define_qemu $name; done
define_qemu disk disk="$T/disk.qcow2"
qemu_domain three > "$T/three.xml"
qemu_domain transient > "$T/transient.xml"
on_qemu 'start one; start two' > "$T/out" || FAIL "$(cat "$T/out")"
make_many_test_file "$T/many.xml" 50
hypervisors="hypervisor $QEMU_URI"$'\n'"hypervisor test://$T/many.xml lab"
configure_agent "$hypervisors" 'interval 1' 'agentXPingInterval 1' 'writableSwitches yes' 'allowControl yes' 'notifications both'
start_agent
wait_for 60 'clean_walk "$T/walk" && row_of vm-00020'

start_client walk_all
start_client walk_all
start_client set_switch
start_client set_state
start_client change_guests
start_client reload
restarts=0
until [ "$(since "$test_started" | cut -d. -f1)" -ge "$seconds" ]; do
    choose_number 8
    let_pass $((5 + chosen))
    choose 'restart_libvirtd KILL' 'restart_libvirtd TERM' 'restart_snmpd KILL'
    $chosen
    restarts=$((restarts + 1))
    wait_for 60 'clean_walk "$T/walk"'
    alive "$AGENT_PID" || FAIL "the agent is gone: $(tail -n 30 "$T/agent.out")"
done
stop_clients
counts=
for word in walked set changed reloaded; do
    count=$(cat "$T"/client-*.out | grep -c "^$word\$")
    [ "$count" -gt 0 ] || FAIL "nothing was $word: $(tail -n 3 "$T"/client-*.out)"
    counts+="$count $word, "
done
status=0
stop_agent || status=$?
found=$(grep -c 'WARNING: ThreadSanitizer' "$T/agent.out")
[ "$found" = 0 ] || FAIL "$found reports: $(grep -m 1 -A 60 'WARNING: ThreadSanitizer' "$T/agent.out")
$(grep '^SUMMARY' "$T/agent.out" | sort | uniq -c)"
equal 0 $status "exit status of the agent"
OK "${counts}$restarts restarts"
