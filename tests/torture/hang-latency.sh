#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# libvirtd hangs (SIGSTOP) for a minute while four managers ask for values. Each answer comes as soon as before.
# Prints p50, p99 and the maximum of the latency, beside those of an undisturbed minute. Meanwhile, the age grows with the time,
# the status becomes stale and then disconnected, and states that are too old read unknown. After the hang, all is as before by
# itself.
# The environment may say: HANG_SECONDS (60), at least 40.
. "$(dirname "$0")/lib.sh"
. "$lib_dir/timing.sh"
need virsh snmpget snmpbulkwalk perl libvirtd qemu-system-x86_64
need_root
perl -MNet::SNMP -e 1 2> "$T/need" || SKIP "needs perl's Net::SNMP"

seconds=${HANG_SECONDS:-60}
step "HANG_SECONDS=$seconds"
[ "$seconds" -ge 40 ] || FAIL "HANG_SECONDS must be at least 40: the agent gives up a connection after 20 to 30 s"
unknown=1 state_running=4

define_many_qemu 100
start_libvirtd
start_snmpd
for name in one two; do define_qemu $name; done
on_qemu 'start one; start two' > "$T/out" || FAIL "$(cat "$T/out")"
configure_agent 'interval 1' 'staleAfter 8'
start_agent -u "$QEMU_URI"
wait_for 60 "[ \"\$(value $vm_mib.1.2.0)\" = 102 ] && [ \"\$(vm $vm_oper_state two)\" = $state_running ]"
indexes=$(index_map)
row=$(row_of one)

# Four managers, each with its own guest. The last two values are the status and the age.
start_managers() { # FILE
    local i pid
    must_be_main_shell
    rm -f "$T/stop"
    managers=()
    for i in 1 2 3 4; do
        (tied perl "$torture_dir/manager.pl" "$SNMP_PORT" "$T/stop" "$vm_entry.$vm_name.$i" "$vm_entry.$vm_oper_state.$row" \
            "$scalars.$gl_status.0" "$scalars.$gl_age.0" < /dev/null > "$1-$i" 2>&1) &
        managers+=($!)
        disown "$!"
    done
    for pid in "${managers[@]}"; do alive "$pid" || FAIL "a manager ended"; done
}

stop_managers() { # FILE
    local pid
    touch "$T/stop"
    for pid in "${managers[@]}"; do wait_for 20 "! alive $pid"; done
    cat "$1"-[1-4] > "$1"
}

# Prints p50, p99 and maximum in milliseconds, and the number of answers.
latency() { # FILE
    awk '{ print $2 }' "$1" | sort -n | awk '{ v[NR] = $1 }
        END { printf "%.1f %.1f %.1f %d\n", v[int((NR + 1) / 2)], v[int(NR * 0.99 + 0.5)], v[NR], NR }'
}

start_managers "$T/undisturbed"
let_pass "$seconds"
stop_managers "$T/undisturbed"
! grep ERROR "$T/undisturbed" || FAIL "a request without an answer, undisturbed"
before=$(latency "$T/undisturbed")
step "undisturbed: p50, p99, max in ms, answers: $before"

reconnects=$(gl $gl_reconnects)
start_managers "$T/disturbed"
wait_for 20 "[ -s $T/disturbed-1 ] && [ -s $T/disturbed-4 ]"
began=$(now)
pause_libvirtd
wait_for 20 "[ \"\$(gl $gl_status)\" = $stale ]"
stale_after=$(since "$began")
wait_for 40 "[ \"\$(gl $gl_status)\" = $disconnected ]"
disconnected_after=$(since "$began")
case $(gl $gl_last_error) in *connection*) ;; *) FAIL "glHypervisorLastError is '$(gl $gl_last_error)'" ;; esac
error=$(gl $gl_last_error)
left=$(awk -v s="$seconds" -v t="$(since "$began")" 'BEGIN { print (s > t) ? int(s - t) + 1 : 0 }')
let_pass "$left"
ended=$(now)
resume_libvirtd
hung=$(since "$began")
awk -v h="$hung" -v s="$seconds" 'BEGIN { exit !(h >= s) }' || FAIL "libvirtd hung only for $hung s"
wait_for 60 "[ \"\$(gl $gl_status)\" = $connected ]"
wait_for 60 "[ \"\$(vm $vm_oper_state one)\" = $state_running ]"
step "connected again $(since "$ended") s after the hang of $hung s"
stop_managers "$T/disturbed"
! grep ERROR "$T/disturbed" || FAIL "a request without an answer while libvirtd hung"
after=$(awk -v a="$began" -v b="$ended" '$1 >= a && $1 <= b' "$T/disturbed" > "$T/hung"; latency "$T/hung")
step "libvirtd hung: p50, p99, max in ms, answers: $after"

# ---- The answers ---------------------------------------------------------------------------------

# The age of an answer is the time since the last listing, which began up to an interval before the hang, and took a moment.
# The state is the last one until staleAfter, and then unknown.
awk -v began="$began" -v running=$state_running -v unknown=$unknown '
    { state = $(NF - 2); status = $(NF - 1); age = $NF / 100; passed = $1 - began }
    age < passed - 1.5 || age > passed + 4 + $2 / 1000 { print "wrong age: " $0, "after", passed; exit }
    state == running && age > 8.5 { print "a state that is too old: " $0; exit }
    state == unknown && age < 7.5 { print "unknown too early: " $0; exit }
    state != running && state != unknown { print "a wrong state: " $0; exit }
    (status == 3 || status == 4) != (state == unknown) && age > 8.5 { print "status and state differ: " $0; exit }
    status == 2 && age > 8.5 { print "connected, and too old: " $0; exit }' "$T/hung" > "$T/lies"
[ ! -s "$T/lies" ] || FAIL "$(cat "$T/lies")"
step "stale after $stale_after s, disconnected after $disconnected_after s: $error"
equal "$indexes" "$(index_map)" "indexes after the hang"
equal '' "$(gl $gl_last_error)" "glHypervisorLastError after the hang"
equal $((reconnects + 1)) "$(gl $gl_reconnects)" glHypervisorReconnects
next_listing

read -r p50 p99 most _ <<< "$before"
read -r hung_p50 hung_p99 hung_most answers <<< "$after"
[ "$answers" -ge $((seconds * 10)) ] || FAIL "only $answers answers in $seconds s"
# Other programs of the machine use the processor as well. An answer that waits for libvirtd would take 20 s.
below "$(awk -v p="$p50" 'BEGIN { print 3 * p + 50 }')" "$hung_p50" "p50 in ms"
below "$(awk -v p="$p99" 'BEGIN { print 3 * p + 250 }')" "$hung_p99" "p99 in ms"
below "$(awk -v p="$most" 'BEGIN { print 3 * p + 2000 }')" "$hung_most" "max in ms"
stop_agent || FAIL "SIGTERM ended the agent with status $?"
OK
