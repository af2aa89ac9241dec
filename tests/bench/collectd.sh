#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Compares the CPU time of collectd's plugins guestlist and virt for one read: the states of 1,000 and 10,000 guests of libvirt's test
# driver, and all statistics of QEMU guests that run. A plugin that only dispatches shows which part of it is collectd's own. Both plugins report the same statistics. Values reach collectd's cache, but no write
# plugin. The plugins are measured alternately, and the median of the rounds is used. The budgets are for the sum of collectd and
# libvirtd: that is what a read costs the host.
#   collectd.sh [--strict]   exit with 1 if a figure is over its budget
# BENCH_GUESTS (default 24) QEMU guests need 50 MB each. The cost of their statistics is multiplied to that of 1,000.
. "$(dirname "$0")/../integration/lib.sh"
. "$(dirname "$0")/../integration/collectd.sh"
. "$(dirname "$0")/lib.sh"
need collectd virsh libvirtd qemu-system-x86_64 qemu-img awk
need_root
need_plugin

guests=${BENCH_GUESTS:-24}
rounds=${BENCH_ROUNDS:-3}
reads=${BENCH_READS:-20}

# Starts collectd with one of the plugins, which reads each second. The chain drops the values before they are written.
start_plugin() { # PLUGIN URI LINE...
    local name=$1 uri=$2
    shift 2
    configure_collectd "$([ "$name" != guestlist ] || hypervisor kvm "$uri" "$@")"
    [ "$name" = guestlist ] || sed -i -e '/^LoadPlugin guestlist/,$d' "$C/collectd.conf"
    case $name in
        virt) load_plugin virt "Connection \"$uri\"" 'HostnameFormat hostname' 'PluginInstanceFormat name' "$@" ;;
        bare_plugin)
            cp "$top_builddir/tests/bench/.libs/bare_plugin.so" "$C/plugins/"
            printf '%s\n' 'LoadPlugin bare_plugin' '<Plugin bare_plugin>' "$@" '</Plugin>' >> "$C/collectd.conf" ;;
    esac
    printf '%s\n' 'PostCacheChain "PostCache"' '<Chain "PostCache">' '  Target "stop"' '</Chain>' >> "$C/collectd.conf"
    start_collectd
    wait_for 20 'logged "Initialization complete"'
}

# Prints the milliseconds of CPU time that one read takes: of collectd, of libvirtd, of both.
measure() { # PLUGIN URI LINE...
    start_plugin "$@"
    "$bench/cpu_of" "$COLLECTD_PID" "$LIBVIRTD_PID" sleep $((4 * collectd_interval)) > "$T/out" # the first reads connect
    "$bench/cpu_of" "$COLLECTD_PID" "$LIBVIRTD_PID" sleep $((reads * collectd_interval)) > "$T/cpu" || FAIL "cpu_of failed"
    awk -v n="$reads" '{ printf "%.3f %.3f %.3f\n", 1000 * $1 / n, 1000 * $2 / n, 1000 * ($1 + $2) / n }' "$T/cpu"
    stop_collectd > "$T/out"
}

column() { cut -d ' ' -f "$2" "$1" | median; } # FILE NUMBER

row() { # WHAT FACTOR BUDGET: the rounds are in $T/ours and $T/virt
    local ours virt i verdict=ok
    ours=$(for i in 1 2 3; do column "$T/ours" $i; done | awk -v f="$2" '{ printf "%.1f ", $1 * f }')
    virt=$(for i in 1 2 3; do column "$T/virt" $i; done | awk -v f="$2" '{ printf "%.1f ", $1 * f }')
    read -r -a ours <<< "$ours"
    read -r -a virt <<< "$virt"
    awk -v o="${ours[2]}" -v v="${virt[2]}" -v b="$3" 'BEGIN { exit !(o > b * v) }' && { verdict=OVER; over=1; }
    for i in 0 1 2; do
        words=(collectd libvirtd both)
        printf '%-44s %9s %9.1f %9.1f %7.2f %s\n' "$1" "${words[i]}" "${ours[i]}" "${virt[i]}" \
            "$(awk -v o="${ours[i]}" -v v="${virt[i]}" 'BEGIN { print o / v }')" "$([ $i != 2 ] || echo "budget $3: $verdict")"
    done
}

compare() { # WHAT FACTOR BUDGET URI OURS VIRTS
    rm -f "$T/ours" "$T/virt"
    for ((round = 0; round < rounds; round++)); do
        measure guestlist "$4" "$5" >> "$T/ours"
        measure virt "$4" "$6" >> "$T/virt"
    done
    row "$1" "$2" "$3"
}

# What collectd itself needs for the values that guestlist reports of the states.
dispatch() { # GUESTS
    rm -f "$T/bare"
    for ((round = 0; round < rounds; round++)); do
        measure bare_plugin none "Guests $1" >> "$T/bare"
    done
    printf '%-44s %9s %9.1f\n' "$(numbered "$1") guests, the same values only dispatched" collectd "$(column "$T/bare" 1)"
}

numbered() { printf "%'d" "$1"; }

states() { # GUESTS
    make_many_test_file "$T/many.xml" "$1" 1
    test_domains "$T/many.xml"
    compare "$(numbered "$1") guests, states" 1 0.2 "$TEST_URI" 'ReportDomains true' 'ExtraStats domain_state'
    dispatch "$1"
}

echo "libvirt $(virsh --version), $(nproc) processors, $rounds rounds of $reads reads, $(uname -m)"
printf '%-44s %9s %9s %9s %7s\n' 'ms of CPU time for one read' process guestlist virt ratio
start_libvirtd
states 1000
reads=3 rounds=1 collectd_interval=10 # virt's read takes seconds
states 10000
reads=${BENCH_READS:-20} rounds=${BENCH_ROUNDS:-3} collectd_interval=1
for ((i = 0; i < guests; i++)); do
    qemu_domain "b-$i" disk="$T/b-$i.qcow2" mac="52:54:00:00:00:$(printf %02x $i)" memory=16384 |
        sed "s|type='user'>|type='ethernet'><target dev='tap$i'/>|" | on_qemu create /dev/stdin > "$T/out" || FAIL "$(cat "$T/out")"
done
compare "1,000 guests, all statistics ($guests measured)" "$(awk -v n="$guests" 'BEGIN { print 1000 / n }')" 0.5 "$QEMU_URI" \
    'Statistics cpu vcpu memory disk interface' 'ExtraStats "domain_state vcpu memory disk disk_capacity"'
end_bench "$@"
