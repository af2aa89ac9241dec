#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# While twelve of twenty guests hang (SIGSTOP), the numbers of the other eight stay current.
# Only the twelve are partial. libvirtd still has free workers and answers virsh at once. When the guests continue, their
# numbers are current again.
# It mostly waits.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/timing.sh"
need virsh snmpget snmpwalk libvirtd qemu-system-x86_64
need_root

guests=20 hung=12
details=$guestlist_mib.1.2.1.13
start_libvirtd
start_snmpd
batch=
for ((i = 1; i <= guests; i++)); do
    define_qemu "g-$i" balloon=none
    batch+="start --paused g-$i; "
done
# Resume one guest that will hang and two that will not, so that their CPU time grows.
on_qemu "$batch resume g-1; resume g-19; resume g-20" > "$T/out" 2>&1 && ! grep -q ^error: "$T/out" || FAIL "$(cat "$T/out")"
step "guests are up"
configure_agent 'interval 2'
start_agent -u "$QEMU_URI"
wait_for 30 "[ \"\$(row_count)\" = $guests ]"
declare -A row
for ((i = 1; i <= guests; i++)); do row[$i]=$(row_of "g-$i") || FAIL "no row of g-$i"; done

# Prints how many of the guests FROM to TO have that value of glDomainDetails.
count_details() { # OK-OR-PARTIAL FROM TO
    local i oids=()
    for ((i = $2; i <= $3; i++)); do oids+=("$details.${row[$i]}"); done
    get "${oids[@]}" | grep -c "= INTEGER: $1\$"
}

cpu_time() { value "$vm_entry.$vm_cpu_time.${row[$1]}"; } # NUMBER

# CPU time must grow N times. A value that does not change does not count.
cpu_time_grows() { # NUMBER TIMES
    local before i
    for ((i = 0; i < $2; i++)); do
        before=$(cpu_time "$1")
        wait_for 15 "[ \"\$(cpu_time $1)\" -gt ${before:-0} ]"
    done
}

wait_for 30 "[ \"\$(count_details 1 1 $guests)\" = $guests ]"
pids=()
for ((i = 1; i <= hung; i++)); do
    pids+=("$(qemu_pid "g-$i")")
    pause "${pids[-1]}"
done
start=$(now)
wait_for 40 "[ \"\$(count_details 2 1 $hung)\" = $hung ] && [ \"\$(count_details 1 $((hung + 1)) $guests)\" = $((guests - hung)) ]"
step "hung guests partial, others ok $(since "$start") s after the hang began"
for _ in 1 2 3; do
    cpu_time_grows 19 1
    cpu_time_grows 20 1
    ok=$(count_details 1 $((hung + 1)) "$guests")
    equal $((guests - hung)) "$ok" "healthy guests with fresh numbers"
done
step "CPU time grew three times, $(since "$start") s after the hang began"
equal $connected "$(gl $gl_status)" glHypervisorStatus

# An operator runs virsh now. The agent's calls must not have taken all workers of libvirtd.
start=$(now)
timeout 20 virsh -q -c "$QEMU_URI" list --all > "$T/out" 2>&1 || FAIL "virsh list: $(cat "$T/out")"
timeout 20 virsh -q -c "$QEMU_URI" domstate g-1 > "$T/out" 2>&1 || FAIL "virsh domstate: $(cat "$T/out")"
timeout 20 virsh -q -c "$QEMU_URI" resume g-15 > "$T/out" 2>&1 || FAIL "virsh resume: $(cat "$T/out")"
took=$(since "$start")
step "virsh list, domstate and resume took $took s"
below 6 "$took" "seconds that virsh took"
time_until "$vm_entry.$vm_oper_state.${row[15]}" 4 10
step "the change is visible after $took s"
below 3 "$took" "seconds until the change was visible"

for pid in "${pids[@]}"; do resume "$pid"; done
start=$(now)
wait_for 40 "[ \"\$(count_details 1 1 $guests)\" = $guests ]"
step "all ok $(since "$start") s after the guests continued"
cpu_time_grows 1 2
OK
