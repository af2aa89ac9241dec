#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# With Statistics, collectd gets from guestlist what it gets from its plugin virt: the same names and the same values.
# Both plugins watch the same QEMU guests, in each format of names. Only the name of the plugin is another one, and a rule for
# collectd's filter chain, which docs/from-virt.md prints, changes that too.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/collectd.sh"
need collectd virsh libvirtd qemu-system-x86_64 qemu-img
need_root
need_plugin
# collectd itself never frees the texts of a rule. So turn off the leak checker; collectd-leaks.sh looks for leaks of the plugin.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"

# Prints a guest with two disks, an empty drive, and two interfaces with a device on the host and one without.
guest() { # NAME NUMBER
    local more
    more="<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='$T/$1.raw'/>"
    more+="<target dev='vdb' bus='virtio'/></disk><disk type='file' device='cdrom'><target dev='hdc' bus='ide'/><readonly/></disk>"
    more+="<interface type='user'><mac address='52:54:00:00:0$2:01'/></interface>"
    more+="<interface type='ethernet'><mac address='52:54:00:00:0$2:02'/><target dev='tap$2a'/></interface>"
    more+="<interface type='ethernet'><mac address='52:54:00:00:0$2:03'/><target dev='tap$2b'/></interface>"
    truncate -s 2M "$T/$1.raw"
    qemu_domain "$1" vcpu=2 maxvcpus=3 disk="$T/$1.qcow2" | sed "s|</devices>|$more</devices>|"
}

start_libvirtd
for number in 1 2; do guest v-$number $number | on_qemu create /dev/stdin > "$T/out" || FAIL "$(cat "$T/out")"; done
create_qemu v-bare balloon=none
all='Statistics "cpu" "vcpu" "memory" "disk" "interface"'
extra='ExtraStats "disk memory vcpu disk_capacity domain_state"'

# Runs both plugins. Each of them gets all of these lines.
run_both() { # LINE...
    configure_collectd "$(hypervisor kvm "$QEMU_URI" 'ReportTotals false' "$all" "$@")"
    load_plugin virt "Connection \"$QEMU_URI\"" "$extra" 'RefreshInterval 1' "$@"
    start_collectd
    wait_for 60 'written_by virt > $T/virt && grep -q if_dropped $T/virt && written_by guestlist > $T/guestlist && cmp $T/virt $T/guestlist'
    step "both write $(wc -l < "$T/virt") series with: $*"
}

# Prints the series of a plugin, without its name. What only guestlist reports is left out, and the parts of the CPU time, which
# virt does not get without control groups.
written_by() { # PLUGIN
    (cd "$C/csv" && find . -type f -path "./*/$1*/*" | sed -E "s|^./([^/]*)/$1|\1/PLUGIN|; s/-20[0-9]{2}-[0-9]{2}-[0-9]{2}\$//" |
        grep -vE '/(bool-|uptime|ps_cputime)' | sort)
}

# Guests without a system do little: a reset reads the boot sector, and the host sends packets to the interface.
keep_busy() { # UNTIL
    nsenter -n -t "$LIBVIRTD_PID" ip address add 10.9.9.1/24 dev tap1a
    while [ "${EPOCHREALTIME%[.,]*}" -lt "$1" ]; do
        on_qemu reset v-1
        nsenter -n -t "$LIBVIRTD_PID" bash -c 'echo x > /dev/udp/10.9.9.2/9; echo x > /dev/udp/10.9.9.3/9'
        sleep 1
    done
}

# Compares a counter of virt with ours. The plugins read at different times: a value of virt is at least ours of two seconds
# earlier, and at most our first one that was read later. Prints how many values were compared, and the last of virt.
compare_counter() { # SERIES COLUMN
    awk -F, -v column="$2" '
        FNR == 1 { file++; next }
        file == 1 { time[++n] = $1; value[n] = $column }
        file == 2 {
            low = high = 0
            for (i = 1; i <= n; i++) {
                if (time[i] <= $1 - 2) low = i
                if (time[i] >= $1 && !high) high = i
            }
            if (!low || !high) next
            if ($column + 0 < value[low] + 0 || $column + 0 > value[high] + 0)
                { print "at " $1 ": virt " $column ", guestlist " value[low] " to " value[high]; exit bad = 1 }
            compared++
            last = $column
        }
        END { if (!bad) print compared + 0, last }' "$C/csv/${1/PLUGIN/guestlist}"-20* "$C/csv/${1/PLUGIN/virt}"-20*
}

# A gauge does not change, except the resident memory, which differs a little.
compare_gauge() { # SERIES
    local ours virts
    ours=$(tail -n 1 "$C/csv/${1/PLUGIN/guestlist}"-20*) virts=$(tail -n 1 "$C/csv/${1/PLUGIN/virt}"-20*)
    awk -v a="${ours#*,}" -v b="${virts#*,}" -v name="$1" 'BEGIN {
        same = name ~ /rss$/ ? a > 0.8 * b && b > 0.8 * a : a == b
        print same ? "1 " b : "virt " b ", guestlist " a }'
}

compare_values() {
    local series column result compared=0 moved=0
    while read -r series; do
        for column in 2 3; do
            case $series in
                */memory* | */disk_capacity* | */domain_state) [ $column = 2 ] || continue; result=$(compare_gauge "$series") ;;
                */virt_* | */total_*) [ $column = 2 ] || continue; result=$(compare_counter "$series" 2) ;;
                *) result=$(compare_counter "$series" $column) ;;
            esac
            [[ $result =~ ^[1-9][0-9]*\ [0-9.,]+$ ]] || FAIL "$series, column $column: $result"
            compared=$((compared + ${result% *}))
            [ "${result#* }" = 0 ] || moved=$((moved + 1))
        done
    done < "$T/virt"
    [ $moved -ge 20 ] || FAIL "only $moved values are not 0"
    step "$compared values agree; $moved series have values other than 0"
}

run_both 'HostnameFormat hostname' 'PluginInstanceFormat name'
seconds=${COLLECTD_COMPARE_SECONDS:-60}
keep_busy $((${EPOCHREALTIME%[.,]*} + seconds)) > "$T/out" 2>&1
next_value guestlist-v-1/virt_cpu_total
next_value guestlist-v-1/virt_cpu_total
compare_values
for series in disk_ops-vda if_octets-tap1a virt_cpu_total; do
    [ "$(csv virt-v-1/$series)" != "$(sed -n 2p "$C/csv/hv1/virt-v-1/$series"-20* | cut -d, -f2)" ] ||
        FAIL "$series of virt did not change: the comparison says nothing"
done
ours=$(csv_rows guestlist-v-1/virt_cpu_total) virts=$(csv_rows virt-v-1/virt_cpu_total)
[ $ours -ge $((virts / 2)) ] || FAIL "guestlist wrote $ours values, and virt $virts"
step "guestlist wrote $ours values of a counter, and virt $virts"

# Each number is written once, with the time at which it was read.
equal '' "$(cut -d, -f1 "$C/csv/hv1/guestlist-v-1/virt_cpu_total"-20* | uniq -d)" "times that occur twice"
stop_collectd || FAIL "collectd ended with status $?"

run_both 'HostnameFormat name uuid' 'PluginInstanceFormat none' 'BlockDeviceFormat source' 'InterfaceFormat address'
stop_collectd || FAIL "collectd ended with status $?"
run_both 'HostnameFormat uuid' 'PluginInstanceFormat name uuid' 'BlockDeviceFormat source' 'BlockDeviceFormatBasename true' \
    'InterfaceFormat number'
stop_collectd || FAIL "collectd ended with status $?"
run_both 'BlockDevice "v-1:vda"' 'InterfaceDevice "/^v-[12]:tap.b/"' 'HostnameFormat name' 'PluginInstanceFormat none'
stop_collectd || FAIL "collectd ended with status $?"
run_both 'BlockDevice "v-1:vda"' 'InterfaceDevice "/^v-[12]:tap.b/"' 'IgnoreSelected true' 'HostnameFormat hostname' \
    'PluginInstanceFormat name'
stop_collectd || FAIL "collectd ended with status $?"

# The rule in docs/from-virt.md makes the name of the plugin the same, too.
configure_collectd "$(hypervisor kvm "$QEMU_URI" 'ReportTotals false' "$all")"
cp "$COLLECTD_PLUGINS"/{match_regex,target_set}.so "$C/plugins/"
sed -n '/^    LoadPlugin match_regex/,/^    <\/Chain>/s/^    //p' "$top_srcdir/docs/from-virt.md" > "$T/rule"
grep -q '</Chain>' "$T/rule" || FAIL "docs/from-virt.md has no rule"
cat "$T/rule" >> "$C/collectd.conf"
start_collectd
wait_for 30 'csv virt-v-1/disk_ops-vda && csv virt-v-1/domain_state'
equal '' "$(find "$C/csv" -name 'guestlist*')" "series that are still named guestlist"
step "with the rule, the plugin is named virt"

# Unlike virt, guestlist reports a paused guest, which still has its memory.
act suspend v-2
next_value virt-v-2/memory-total
next_value virt-v-2/memory-total
equal 3 "$(csv virt-v-2/domain_state)" "the state of a paused guest"
stop_collectd || FAIL "collectd ended with status $?"
OK
