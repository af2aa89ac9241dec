#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Memory, descriptors and threads of the agent do not grow in a long run.
# Domains start, pause, appear and vanish without a pause, so that events start listings and notifications. Meanwhile, four
# managers walk all tables. The run ends after so many listings and so many values that GETNEXT has returned. Limits are for the
# growth from the first tenth of the listings to the last tenth.
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
    clean_walk "$T/walk-$BASHPID" || { echo "incomplete: $(grep -v '^\.' "$T/walk-$BASHPID" | head -n 1)"; return; }
    grep -c '^\.1' "$T/walk-$BASHPID"
}

values_walked() { cat "$T"/client-[1-4].out | awk '/^[0-9]+$/ { n += $1 } END { print n + 0 }'; }

configure_agent 'interval 1' 'notifications both' 'libvirtMibNotifications yes'
start_agent -u "$SHARED_URI"
wait_for 30 'row_of long-60'
next_listing
indexes=$(index_map)
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

# Prints the median and the maximum of a column of the samples, whose listings are in this range.
in_range() { # COLUMN FROM TO
    awk -v c="$1" -v from="$2" -v to="$3" '$1 >= from && $1 <= to { print $c }' "$T/samples" | sort -n |
        awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)], v[NR], NR }'
}

last=$(tail -n 1 "$T/samples" | cut -d ' ' -f 1)
grown() { # COLUMN WHAT LIMIT
    local first_median first_most last_median last_most count
    # The first 5 % are the warm-up: caches and the arena of malloc reach their size.
    read -r first_median first_most count <<< "$(in_range "$1" $((last / 20)) $((last / 20 + last / 10)))"
    [ "${count:-0}" -ge 5 ] || FAIL "only ${count:-0} samples of $2: LISTINGS is too small"
    read -r last_median last_most count <<< "$(in_range "$1" $((last - last / 10)) "$last")"
    step "$2: median $first_median, maximum $first_most at first; median $last_median, maximum $last_most at last"
    [ "$last_median" -le $((first_median + $3)) ] || FAIL "$2 grew from $first_median to $last_median"
}
grown 3 'memory in KiB' "$([ "${SANITIZERS:-no}" = no ] && echo 1024 || echo 400000)"
grown 4 descriptors 0
grown 5 threads 0

# The agent still says what is true.
wait_for 30 "[ \"\$(index_map)\" = \"\$indexes\" ]"
next_listing
equal "$(on_shared 'list --all --name' | grep -c .)" "$(row_count)" "rows"
traps=$(traps_since 0 | grep -cv invalid)
! traps_since 0 invalid || FAIL "a notification that does not conform to the MIB"
[ "$traps" -gt "$churned" ] || FAIL "only $traps notifications"
equal 0 "$(gl $gl_failures)" glListingFailures
stop_agent || FAIL "SIGTERM ended the agent with status $?"
OK "$last listings, $(values_walked) values by GETNEXT, $traps notifications, $((churned * 240)) changes"
