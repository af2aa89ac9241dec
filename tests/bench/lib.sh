# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the benchmarks share. Source this file after those of tests/integration.
# shellcheck disable=SC2034,SC2154  # for the benchmarks; from tests/integration/agent.sh

bench=$top_builddir/tests/bench
over=0 # 1: a figure is over its budget

median() { sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

memory() { awk -v key="$2:" '$1 == key { printf "%.1f", $2 / 1024 }' "/proc/$1/status"; } # PID KEY

# Starts libvirtd and the agent with that many domains.
start_with() { # N INTERVAL [INSTANCE]
    local instance=${3:-n$1}
    define_many_qemu "$1" "$instance"
    start_libvirtd -n "$instance"
    configure_agent "interval $2"
    rm -rf "$T/state"
    start_agent -u "$QEMU_URI"
    wait_for 300 "[ \"\$(value $vm_mib.1.2.0)\" = $1 ] && value $vm_entry.$vm_os_type.$1"
}

# Measures listings, while the agent makes none: they would count as work of libvirtd. The result is in $T/costs.
listing_cost() { # ROUNDS
    pause "$AGENT_PID"
    "$bench/listing_cost" "$QEMU_URI" "$LIBVIRTD_PID" "$1" > "$T/costs" || FAIL "listing_cost failed"
    resume "$AGENT_PID"
}

# A bulk walk of vmTable.
walk=(snmpbulkwalk -v2c -c public -t 60 -r 0 -Cr50 -On)

# Walks, and adds the seconds of CPU time of agent and snmpd, and the time, to the file.
walk_cost() { # AGENT-PID SNMPD-PID PORT FILE
    "$bench/cpu_of" "$1" "$2" "${walk[@]}" "127.0.0.1:$3" "$vm_entry" >> "$4" || FAIL "the walk failed"
}

end_bench() { # [--strict]
    [ $over = 0 ] || [ "${1-}" != --strict ] || FAIL "a figure is over its budget"
    OK
}
