#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Memory, descriptors and threads of the agent do not grow in a long run.
# Domains start, pause, appear and vanish without a pause, so that events start listings and notifications. Meanwhile, four
# managers walk all tables. The run ends after so many listings and so many values that GETNEXT has returned. The memory of the
# first tenth of the listings is compared with that of the last tenth. Descriptors and threads are compared at rest, before and
# after.
# The environment may say: LISTINGS (10000), GETNEXTS (1000000).
. "$(dirname "$0")/lib.sh"
need virsh snmpget snmpbulkwalk libvirtd snmptrapd
need_root

listings=${LISTINGS:-10000} getnexts=${GETNEXTS:-1000000}
step "LISTINGS=$listings GETNEXTS=$getnexts"

start_libvirtd
start_snmptrapd
start_snmpd "$(trapsink)"
fill_shared_test_driver
batch=
for i in {1..60}; do
    test_domain "long-$i" "$(uuid_of "long-$i")" > "$T/long-$i.xml"
    batch+="define $T/long-$i.xml; "
done
on_shared "$batch" > "$T/out" 2>&1 || FAIL "$(tail -n 3 "$T/out")"

# The same domains come and go. New ones would be remembered, up to 4,096 of them, and each needs memory.
churn_batch=
for i in {1..30}; do
    churn_batch+="start long-$i; suspend long-$i; resume long-$i; undefine long-$((i + 30)); autostart long-$i; destroy long-$i; "
    churn_batch+="define $T/long-$((i + 30)).xml; autostart --disable long-$i; "
done
churn() { run_virsh "$SHARED_URI" "$churn_batch" > "$T/churn.out" 2>&1 && echo churned; }

# Each line that a walk prints is a value that GETNEXT has returned. With enough values, the managers pause between walks, so that
# the listings get the processor.
walk_all() {
    [ ! -e "$T/enough" ] || let_pass 1
    local file=$T/walk-$BASHPID
    clean_walk "$file" || { echo "incomplete: $(wc -l < "$file") lines, $(grep -v '^\.' "$file" | tail -n 1)"; return; }
    grep -c '^\.1' "$file"
}

values_walked() { cat "$T"/client-[1-4].out | awk '/^[0-9]+$/ { n += $1 } END { print n + 0 }'; }

SNMP_TIMEOUT=20 # on a busy machine, snmpd can be late
configure_agent 'interval 1' 'notifications both' 'libvirtMibNotifications yes'
start_agent -u "$SHARED_URI"
wait_for 30 'row_of long-60'
next_listing
indexes=$(index_map)
read -r descriptors threads kib <<< "$(agent_at_rest)"
first_serial=$(gl $gl_serial)
listed() { echo $(($(gl $gl_serial) - first_serial)); }

sample() { echo "$(listed) $(values_walked) $(agent_kib) $(agent_descriptors) $(agent_threads) $(mark)"; }

start_client churn
for _ in 1 2 3 4; do start_client walk_all; done
printed=0
until [ "$(listed)" -ge "$listings" ] && [ "$(values_walked)" -ge "$getnexts" ]; do
    alive "$AGENT_PID" || FAIL "the agent is gone: $(tail -n 30 "$T/agent.out")"
    sample >> "$T/samples"
    [ "$(values_walked)" -lt "$getnexts" ] || touch "$T/enough"
    done_tenths=$(($(tail -n 1 "$T/samples" | cut -d ' ' -f 1) * 10 / listings))
    if [ $done_tenths -ge $printed ]; then
        step "listings, values, KiB, descriptors, threads, notifications: $(tail -n 1 "$T/samples")"
        printed=$((done_tenths + 1))
    fi
    let_pass 1
done
sample >> "$T/samples"
stop_clients
grep -h incomplete "$T"/client-[1-4].out > "$T/incomplete" && FAIL "$(wc -l < "$T/incomplete") walks with errors: $(head -n 3 "$T/incomplete")"
churned=$(grep -c '^churned' "$T/client-0.out")
[ "$churned" -gt 0 ] || FAIL "nothing has changed: $(tail -n 3 "$T/churn.out")"

# Prints the median of the memory in the samples whose listings are in this range, and the number of these samples.
memory_in() { # FROM TO
    awk -v from="$1" -v to="$2" '$1 >= from && $1 <= to { print $3 }' "$T/samples" | sort -n |
        awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] + 0, NR }'
}

# The first 5 % are the warm-up: caches and the arena of malloc reach their size.
last=$(tail -n 1 "$T/samples" | cut -d ' ' -f 1)
read -r first_kib count <<< "$(memory_in $((last / 20)) $((last / 20 + last / 10)))"
[ "$count" -ge 5 ] || FAIL "only $count samples at first: LISTINGS is too small"
read -r last_kib _ <<< "$(memory_in $((last - last / 10)) "$last")"
step "memory in KiB: $kib at rest before, median $first_kib at first, median $last_kib at last"
limit=1024
[ "${SANITIZERS:-no}" = no ] || limit=400000
[ "$last_kib" -le $((first_kib + limit)) ] || FAIL "memory grew from $first_kib to $last_kib KiB"

# Threads come and go with the work. So the numbers of a busy agent say less than those of an agent at rest.
read -r descriptors_after threads_after kib_after <<< "$(agent_at_rest)"
step "descriptors, threads, KiB at rest: $descriptors $threads $kib before, $descriptors_after $threads_after $kib_after after"
[ "$descriptors_after" -le "$descriptors" ] || FAIL "descriptors are left behind"
[ "$threads_after" -le "$threads" ] || FAIL "threads are left behind"

# The agent still says what is true.
wait_for 30 "[ \"\$(index_map)\" = \"\$indexes\" ]"
next_listing
equal "$(on_shared 'list --all --name' | grep -c .)" "$(row_count)" "rows"
traps_since 0 > "$T/traps"
traps=$(wc -l < "$T/traps")
! grep ^invalid "$T/traps" || FAIL "a notification that does not conform to the MIB"
[ "$traps" -gt "$churned" ] || FAIL "only $traps notifications"
equal 0 "$(gl $gl_failures)" glListingFailures
stop_agent || FAIL "SIGTERM ended the agent with status $?"
OK "$last listings, $(values_walked) values by GETNEXT, $traps notifications, $((churned * 240)) changes"
