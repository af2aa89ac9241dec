#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# After thousands of changes at once, each change is reported once or counted as lost.
# The agent keeps answering, and all notifications are correct. The same is true while snmpd hangs.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/traps.sh"
need virsh snmpget snmpwalk libvirtd
need_root

count=${BURST_DOMAINS:-1000}

start_libvirtd
start_snmptrapd
start_snmpd "$(trapsink)"
fill_shared_test_driver
define_marker on_shared
for ((i = 1; i <= count; i++)); do
    test_domain "z-$i" "$(printf '%08x-1111-4222-8333-%012x' $((0xc0000000 + i)) "$i")" > "$T/z-$i.xml"
done

# Runs each VERB for all domains, as fast as one virsh can.
all() { # VERB...
    local verb i
    for verb; do
        for ((i = 1; i <= count; i++)); do
            if [ "$verb" = define ]; then echo "define $T/z-$i.xml"; else echo "$verb z-$i"; fi
        done
    done > "$T/script"
    on_shared < "$T/script" > "$T/out" 2>&1
    ! grep -q ^error: "$T/out" || FAIL "virsh: $(grep -m 3 ^error: "$T/out")"
}

all define
configure_agent 'notifications perVM'
start_agent -u "$SHARED_URI" -i 3600
wait_for 60 "[ \"\$(value $vm_mib.1.2.0)\" -ge $count ]"
relist # until each domain has its row
wait_for 60 "[ \"\$(row_count)\" = \"\$(value $vm_mib.1.2.0)\" ]"
learn_indexes marker
step "$count domains"

# Prints how many notifications the agent reports as not sent, or as possibly lost while the master did not answer.
lost() {
    grep -oE '[0-9]+ notifications(;| were too many at once)' "$AGENT_LOG" | awk '{ sum += $1 } END { print sum + 0 }'
}

# Sends requests without a pause. Prints a line for each answer, and for each request without an answer within two seconds.
ask() {
    while [ -e "$T/asking" ] && alive $$; do
        if SNMP_TIMEOUT=2 value "$vm_mib.1.2.0"; then echo answered; else echo silent; fi
    done > "$T/answers" 2>&1
}

# Checks the number of notifications of a burst, and their contents: each domain has one per verb, in order.
check_burst() { # MARK CHANGES-A-DOMAIN LOST-BEFORE KERNEL-BEFORE
    local arrived missing lost_now
    traps_since "$1" "$vm_kinds" | grep -v ' marker ' > "$T/arrived"
    lost_now=$(($(lost) - $3 + $(traps_dropped_by_kernel) - $4))
    arrived=$(wc -l < "$T/arrived") missing=$(($2 * count - arrived))
    equal '' "$(grep -m 3 ^invalid "$T/arrived")" "notifications that do not conform to the MIB"
    equal '' "$(sort "$T/arrived" | uniq -d | head -n 3)" "notifications that came twice"
    step "$arrived arrived, $lost_now are reported as lost"
    if [ "$lost_now" = 0 ]; then
        equal 0 $missing "notifications that are missing"
        # The sequence of notifications, in the order of arrival, must be the same for all domains.
        equal 1 "$(awk '{ own[$2] = own[$2] " " $1 "(" $4 ")" } END { for (name in own) print own[name] }' "$T/arrived" |
            sort -u | tee "$T/sequences" | wc -l)" "different sequences: $(head -n 3 "$T/sequences")"
        equal "$5" "$(cat "$T/sequences")" "the notifications of each domain"
    else
        [ $missing -ge 0 ] && [ $missing -le "$lost_now" ] || FAIL "$missing are missing, $lost_now are reported as lost"
    fi
}

# The notification of the marker is the last one. All others have arrived before it, or will never arrive.
wait_for_marker() { # MARK
    touch_marker
    wait_for 120 "grep -c ^TRAP '$TRAP_LOG'; traps_since $1 '$vm_kinds' | grep -Fqx '$marker_line'"
}

begin=$(mark) lost_before=$(lost) kernel_before=$(traps_dropped_by_kernel)
touch "$T/asking"
ask &
asker=$!
all start suspend resume destroy
wait_for_marker "$begin"
rm "$T/asking"
wait $asker
equal 0 "$(grep -c silent "$T/answers")" "requests without an answer during the burst"
[ "$(grep -c answered "$T/answers")" -ge 10 ] || FAIL "only $(wc -l < "$T/answers") requests in the whole burst"
step "$(grep -c answered "$T/answers") requests were answered meanwhile"
check_burst "$begin" 4 "$lost_before" "$kernel_before" " vmRunning(11) vmPaused(4) vmRunning(8) vmShutdown(4)"

# While snmpd hangs, nothing can be sent. The queue must have a limit, and the agent must not block for ever.
begin=$(mark) lost_before=$(lost) kernel_before=$(traps_dropped_by_kernel)
pause "$SNMPD_PID"
all start suspend resume destroy undefine
resume "$SNMPD_PID"
wait_for 60 "value $vm_mib.1.2.0"
wait_for_marker "$begin"
check_burst "$begin" 5 "$lost_before" "$kernel_before" " vmRunning(11) vmPaused(4) vmRunning(8) vmShutdown(4) vmDeleted(11)"
alive "$AGENT_PID" || FAIL "the agent is gone"
stop_agent || FAIL "SIGTERM ended the agent with status $?"
OK
