#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# How the agent's costs grow: with the number of domains, with the number of walks at once, and with events. Prints tables. A line
# is over its budget if a cost of ours for each domain grows by more than half from 1,000 domains on: then it grows faster than the number.
#   growth.sh [--strict]     exit with 1 if a figure is over its budget
# BENCH_SIZES, BENCH_WALKERS and BENCH_ROUNDS can make the run shorter.
. "$(dirname "$0")/../integration/lib.sh"
. "$(dirname "$0")/../integration/agent.sh"
. "$(dirname "$0")/lib.sh"
need virsh snmpbulkwalk libvirtd awk
need_root

sizes=${BENCH_SIZES:-1 100 1000 10000 16384}
walkers=${BENCH_WALKERS:-1 4 16}
rounds=${BENCH_ROUNDS:-3}
events_seconds=${BENCH_SECONDS:-20}

# Sets `client`, `daemon` (ms of CPU time), `pdu` (us of CPU time) and `took` (ms).
measure_size() { # N
    listing_cost "$rounds"
    client=$(awk '$1 == "ours" { print 1000 * $2 }' "$T/costs" | median)
    daemon=$(awk '$1 == "ours" { print 1000 * $3 }' "$T/costs" | median)
    rm -f "$T/walk"
    for ((i = 0; i < rounds; i++)); do
        walk_cost "$AGENT_PID" "$SNMPD_PID" "$SNMP_PORT" "$T/walk"
    done
    pdu=$(awk -v n=$(($1 * 16 + 1)) '{ print 1e6 * $1 / n }' "$T/walk" | median)
    took=$(awk '{ print 1000 * $3 }' "$T/walk" | median)
}

# Says whether a cost of ours grew faster than the number of domains. libvirtd's own cost for each domain grows.
verdict() { # N CLIENT WALK
    [ "$1" -ge 1000 ] || return 0
    [ "$1" != 1000 ] || { printf '%s %s\n' "$2" "$3" > "$T/at-1000"; return 0; }
    [ -e "$T/at-1000" ] || return 0
    awk -v n="$1" -v c="$2" -v w="$3" '{ f = 1.5 * n / 1000; exit !(c <= f * $1 && w <= f * $2) }' "$T/at-1000" && { echo ok; return 0; }
    echo OVER
    : > "$T/over"
}

growth() {
    local n
    printf '%8s %6s %12s %12s %10s %10s %12s\n' domains calls 'client ms' 'libvirtd ms' 'MiB' 'walk ms' 'us/GetNext'
    for n in $sizes; do
        start_with "$n" 3600
        measure_size "$n"
        printf '%8s %6s %12.2f %12.2f %10s %10.0f %12.1f  %s\n' "$n" "$(gl $gl_calls)" "$client" "$daemon" "$(memory "$AGENT_PID" RssAnon)" "$took" "$pdu" \
            "$(verdict "$n" "$client" "$took")"
        stop_agent
        remove_libvirtd "n$n"
    done
}

# All walk the same table of 1,000 domains at once.
walking() {
    local n
    printf '%8s %12s %12s %14s\n' walkers 'ms a walk' 'us/GetNext' 'values a second'
    for n in $walkers; do
        cat > "$T/walkers" <<'END'
#!/bin/bash
for ((i = 0; i < $1; i++)); do "${@:2}" & done
wait
END
        "$bench/cpu_of" "$AGENT_PID" "$SNMPD_PID" bash "$T/walkers" "$n" "${walk[@]}" "127.0.0.1:$SNMP_PORT" $vm_entry > "$T/walk" ||
            FAIL "the walks failed"
        awk -v n="$n" '{ v = n * 16001; printf "%8d %12.0f %12.1f %14.0f\n", n, 1000 * $3, 1e6 * $1 / v, v / $3 }' "$T/walk"
    done
}

# One domain of a thousand is defined again and again, about a hundred times a second. Each time, libvirt sends an event.
events() {
    local pid before
    virsh -q -c "$QEMU_URI" dumpxml --inactive "$1" > "$T/again.xml"
    (while :; do echo "define $T/again.xml"; sleep 0.01; done) 2> "$T/out" | virsh -q -c "$QEMU_URI" > "$T/defined" 2>&1 &
    pid=$!
    before=$(gl $gl_events)
    wait_for 20 "[ \$(gl $gl_events) -gt $((before + 20)) ]"
    before=("$(gl $gl_events)" "$(gl $gl_serial)")
    "$bench/cpu_of" "$AGENT_PID" "$LIBVIRTD_PID" sleep "$events_seconds" > "$T/cpu" || FAIL "cpu_of failed"
    awk -v s="$events_seconds" -v e=$(($(gl $gl_events) - before[0])) -v l=$(($(gl $gl_serial) - before[1])) '{
        printf "%.0f events and %.1f listings a second; of one processor, the agent uses %.1f %%, libvirtd %.1f %%\n", e / s, l / s, 100 * $1 / s, 100 * $2 / s
    }' "$T/cpu"
    kill "$pid"
}

echo "libvirt $(virsh --version), $(snmpget -V 2>&1), $(nproc) processors, $rounds rounds, $(uname -m)"
start_snmpd
growth
start_with 1000 3600 walked
walking
events "$(virsh -q -c "$QEMU_URI" list --all --name | head -1)"
[ ! -e "$T/over" ] || over=1
end_bench "$@"
