#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Compares the costs of the agent with those of bare programs that do the same work, as ratios.
# Machines vary over time. So both are measured alternately, in one run, and the median of the rounds is used.
#   run.sh [--strict]     exit with 1 if a figure is over its budget
# BENCH_DOMAINS (default 10000) and BENCH_ROUNDS (default 7) can make the run shorter.
. "$(dirname "$0")/../integration/lib.sh"
. "$(dirname "$0")/../integration/agent.sh"
need virsh snmpbulkwalk libvirtd awk
need_root

bench=$top_builddir/tests/bench
domains=${BENCH_DOMAINS:-10000}
rounds=${BENCH_ROUNDS:-7}
over=0

median() { sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

row() { # WHAT OURS BARE VALUE BUDGET
    local verdict=ok
    awk -v v="$4" -v b="$5" 'BEGIN { exit !(v > b) }' && { verdict=OVER; over=1; }
    printf '%-46s %12s %12s %10s %8s  %s\n' "$1" "$2" "$3" "$4" "$5" "$verdict"
}

# Counts the calls on the wire, from the client log of libvirt after the listing began.
calls_on_the_wire() { # URI
    LIBVIRT_LOG_FILTERS='1:rpc.netclient' LIBVIRT_LOG_OUTPUTS="1:file:$T/rpc.log" "$GUESTLISTD" -C --once -u "$1" > "$T/out"
    # Procedure 273 lists domains, and 344 reads bulk statistics. The other procedures open and close the connection.
    grep -o 'RPC_CLIENT_MSG_TX_QUEUE:.*' "$T/rpc.log" | grep -cE 'proc=(273|344) type=0'
    rm -f "$T/rpc.log"
}

start_with() { # N: starts libvirtd and the agent with that many domains
    define_many_qemu "$1" "n$1"
    start_libvirtd -n "n$1"
    configure_agent 'interval 1'
    rm -rf "$T/state"
    start_agent -u "$QEMU_URI"
    wait_for 120 "[ \"\$(value $vm_mib.1.2.0)\" = $1 ] && value $vm_entry.$vm_os_type.$1"
    next_listing 60
}

bench_calls() { # N
    row "libvirt calls a listing, $1 domains" "$(gl $gl_calls)" "$(calls_on_the_wire "$QEMU_URI") on wire" "$(gl $gl_calls)" 7
}

bench_listing() {
    pause "$AGENT_PID" # its listings would count as work of libvirtd
    "$bench/listing_cost" "$QEMU_URI" "$LIBVIRTD_PID" $((3 * rounds)) > "$T/costs" || FAIL "listing_cost failed"
    resume "$AGENT_PID"
    awk '$1 == "ours" { o[++n] = $2 + $3 } $1 == "bare" { print o[n] / ($2 + $3) }' "$T/costs" | median > "$T/ratio"
    row "CPU s a listing, client and daemon, $domains" "$(awk '$1 == "ours" { print $2 + $3 }' "$T/costs" | median)" \
        "$(awk '$1 == "bare" { print $2 + $3 }' "$T/costs" | median)" "$(cat "$T/ratio")" 1.10
}

walk_cost() { # PID ROUND-FILE
    "$bench/cpu_of" "$1" "$SNMPD_PID" snmpbulkwalk -v2c -c public -t 60 -r 0 -Cr50 -On "127.0.0.1:$SNMP_PORT" $vm_entry >> "$2" ||
        FAIL "the walk failed"
}

# Two agents cannot serve the same subtree at one master. So each agent has its own master.
bench_walk() {
    local ours=$AGENT_PID ours_port=$SNMP_PORT ours_snmpd=$SNMPD_PID agentx=$AGENTX i pdus=$((domains * 16 + 1))
    AGENTX=$T/bare-agentx
    start_snmpd
    local bare_port=$SNMP_PORT bare_snmpd=$SNMPD_PID
    tied "$bench/bare_agent" "$AGENTX" "$domains" > "$T/bare.out" 2>&1 &
    local bare=$!
    wait_for 10 "value $vm_entry.2.$domains"
    for ((i = 0; i < rounds; i++)); do
        SNMP_PORT=$ours_port SNMPD_PID=$ours_snmpd
        walk_cost "$ours" "$T/walk.ours"
        SNMP_PORT=$bare_port SNMPD_PID=$bare_snmpd
        walk_cost "$bare" "$T/walk.bare"
    done
    end_process "$bare" TERM 5
    end_process "$bare_snmpd" TERM 5
    SNMP_PORT=$ours_port SNMPD_PID=$ours_snmpd AGENTX=$agentx
    micro() { awk -v n=$pdus '{ printf "%.2f\n", $1 * 1e6 / n }' "$1" | median; }
    row "CPU us a GetNext PDU, subagent" "$(micro "$T/walk.ours")" "$(micro "$T/walk.bare")" \
        "$(paste "$T/walk.ours" "$T/walk.bare" | awk '{ print $1 / $4 }' | median)" 1.0
    share() { awk '{ print $1 / $2 }' "$1" | median; }
    row "CPU of the subagent as a share of snmpd's" "$(share "$T/walk.ours")" "$(share "$T/walk.bare")" \
        "$(awk -v o="$(share "$T/walk.ours")" -v b="$(share "$T/walk.bare")" 'BEGIN { print o / b }')" 1.1
}

# The same walk when snmpd answers itself, with the module in a second snmpd. The client's own time is the same in both.
bench_module() {
    local agent=$AGENT_PID port=$SNMP_PORT snmpd=$SNMPD_PID agentx=$AGENTX i values=$((domains * 16))
    AGENTX=$T/module-agentx
    start_snmpd "dlmod guestlist $top_builddir/.libs/guestlist-snmpd.so" "guestlistHypervisor $QEMU_URI" 'guestlistInterval 3600' \
        "guestlistStateDirectory $T/module-state"
    local module_port=$SNMP_PORT module=$SNMPD_PID
    wait_for 120 "value $vm_entry.$vm_os_type.$domains"
    for ((i = 0; i < rounds; i++)); do
        SNMP_PORT=$module_port SNMPD_PID=$module
        walk_cost "$module" "$T/walk.module"
        SNMP_PORT=$port SNMPD_PID=$snmpd
        walk_cost "$agent" "$T/walk.agentx"
    done
    local memory
    memory="MiB of its own, snmpd with the module: $(memory "$module" RssAnon), without: $(memory "$snmpd" RssAnon)"
    end_process "$module" TERM 5
    SNMP_PORT=$port SNMPD_PID=$snmpd AGENTX=$agentx
    # Of the module, snmpd is the only process, so both columns have its time.
    row "CPU s a bulk walk, $values values, module" "$(cut -d' ' -f1 "$T/walk.module" | median)" \
        "$(awk '{ print $1 + $2 }' "$T/walk.agentx" | median)" \
        "$(paste "$T/walk.module" "$T/walk.agentx" | awk '{ print $1 / ($4 + $5) }' | median)" 0.1
    row "s of the same walk, with the client" "$(cut -d' ' -f3 "$T/walk.module" | median)" "$(cut -d' ' -f3 "$T/walk.agentx" | median)" \
        "$(paste "$T/walk.module" "$T/walk.agentx" | awk '{ print $3 / $6 }' | median)" 0.1
    echo "  $memory"
}

memory() { awk -v key="$2:" '$1 == key { printf "%.1f", $2 / 1024 }' "/proc/$1/status"; } # PID KEY

# Most resident memory is libraries. virsh, connected and idle, is the comparison.
bench_memory() {
    mkfifo "$T/idle"
    virsh -q -r -c "$QEMU_URI" < "$T/idle" > "$T/out" 2>&1 &
    local virsh=$!
    exec 7> "$T/idle"
    echo 'list --all' >&7
    wait_for 20 "[ \$(wc -l < $T/out) -ge $domains ]"
    # During a listing, libvirt's library needs some memory for a moment.
    local own i
    own=$(for i in {1..20}; do memory "$AGENT_PID" RssAnon; echo; sleep 0.2; done | median)
    row "MiB of its own (RssAnon), $domains domains" "$own" "$(memory "$virsh" RssAnon)" "$own" 20
    echo "  with libraries: $(memory "$AGENT_PID" VmRSS), virsh $(memory "$virsh" VmRSS); highest so far: $(memory "$AGENT_PID" VmHWM)"
    exec 7>&-
    wait "$virsh"
}

echo "libvirt $(virsh --version), $(snmpget -V 2>&1), $(nproc) processors, $rounds rounds, $(uname -m)"
printf '%-46s %12s %12s %10s %8s\n' figure ours bare 'ratio/value' budget
start_snmpd
for n in ${BENCH_SIZES:-1 1000 "$domains"}; do
    start_with "$n"
    bench_calls "$n"
    [ "$n" = "$domains" ] || { stop_agent; remove_libvirtd "n$n"; }
done
bench_listing
bench_memory # before the walks: each of them may keep one more listing
configure_agent 'interval 3600' # so that no listing adds to the cost of a walk
kill -HUP "$AGENT_PID"
next_change=$(gl $gl_serial)
wait_for 60 "[ \$(gl $gl_serial) -gt $next_change ]"
bench_walk
bench_module
[ $over = 0 ] || [ "${1-}" != --strict ] || FAIL "a figure is over its budget"
OK
