#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Compares the costs of the agent with those of bare programs that do the same work, as ratios.
# Machines vary over time. So both are measured alternately, in one run, and the median of the rounds is used.
#   run.sh [--strict]     exit with 1 if a figure is over its budget
# BENCH_DOMAINS (default 10000) and BENCH_ROUNDS (default 7) can make the run shorter.
. "$(dirname "$0")/../integration/lib.sh"
. "$(dirname "$0")/../integration/agent.sh"
. "$(dirname "$0")/lib.sh"
need virsh snmpbulkwalk libvirtd awk
need_root

domains=${BENCH_DOMAINS:-10000}
rounds=${BENCH_ROUNDS:-7}

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

bench_calls() { # N
    row "libvirt calls a listing, $1 domains" "$(gl $gl_calls)" "$(calls_on_the_wire "$QEMU_URI") on wire" "$(gl $gl_calls)" 7
}

bench_listing() {
    listing_cost $((3 * rounds))
    awk '$1 == "ours" { o[++n] = $2 + $3 } $1 == "bare" { print o[n] / ($2 + $3) }' "$T/costs" | median > "$T/ratio"
    row "CPU s a listing, client and daemon, $domains" "$(awk '$1 == "ours" { print $2 + $3 }' "$T/costs" | median)" \
        "$(awk '$1 == "bare" { print $2 + $3 }' "$T/costs" | median)" "$(cat "$T/ratio")" 1.10
}

# Two agents cannot serve the same subtree at one master. So each agent has its own master.
bench_walk() {
    local ours_port=$SNMP_PORT ours_snmpd=$SNMPD_PID agentx=$AGENTX i pdus=$((domains * 16 + 1))
    AGENTX=$T/bare-agentx
    start_snmpd
    local bare_port=$SNMP_PORT bare_snmpd=$SNMPD_PID
    tied "$bench/bare_agent" "$AGENTX" "$domains" > "$T/bare.out" 2>&1 &
    local bare=$!
    wait_for 10 "value $vm_entry.2.$domains"
    for ((i = 0; i < rounds; i++)); do
        walk_cost "$AGENT_PID" "$ours_snmpd" "$ours_port" "$T/walk.ours"
        walk_cost "$bare" "$bare_snmpd" "$bare_port" "$T/walk.bare"
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
    local port=$SNMP_PORT snmpd=$SNMPD_PID agentx=$AGENTX i values=$((domains * 16))
    AGENTX=$T/module-agentx
    start_snmpd "dlmod guestlist $top_builddir/.libs/guestlist-snmpd.so" "guestlistHypervisor $QEMU_URI" 'guestlistInterval 3600' \
        "guestlistStateDirectory $T/module-state"
    local module_port=$SNMP_PORT module=$SNMPD_PID
    wait_for 120 "value $vm_entry.$vm_os_type.$domains"
    for ((i = 0; i < rounds; i++)); do
        walk_cost "$module" "$module" "$module_port" "$T/walk.module"
        walk_cost "$AGENT_PID" "$snmpd" "$port" "$T/walk.agentx"
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
    start_with "$n" 1
    next_listing 60
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
end_bench "$@"
