# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced after engines.sh: what a host costs.
# shellcheck disable=SC2154  # variables of the files that are sourced before

# With all hosts of docs/fleet-costs.md, a poll each minute for three minutes. A short run only shows that the numbers can be taken.
COST_POLL=${FLEET_COST_POLL:-60}
COST_POLLS=3

ticks_of() { # PID...
    local pid
    for pid; do sed 's/.*) //' "/proc/$pid/stat" | awk '{ print $12 + $13 }'; done | awk '{ sum += $1 } END { print sum }'
}

memory_of() { # PID...
    local pid
    for pid; do awk '/^Rss(Anon)?:|^VmRSS:|^RssAnon:/ { print $1, $2 }' "/proc/$pid/status"; done |
        awk '$1 == "RssAnon:" { sum += $2 } END { printf "%.1f", sum / NR * 2 / 1024 }'
}

# A number of an engine's own metrics, summed over its series.
own_metric() { # PORT NAME
    curl -fsS --max-time 20 "http://127.0.0.1:$1/metrics" | awk -v name="$2" '$1 ~ "^" name "([{]|$)" { sum += $2 } END { printf "%.0f", sum }'
}

octets_of_lo() { awk '$1 == "lo:" { print $2 }' /proc/net/dev; }

datagrams() { awk '/^Udp: [0-9]/ { print $2 }' /proc/net/snmp; }

figure() { printf '  %-58s %s\n' "$1" "$2"; }

per() { awk -v a="$1" -v b="$2" -v f="${3:-%.1f}" 'BEGIN { printf f, a / b }'; } # SUM NUMBER [FORMAT]

# One poll of one host, while nothing else is polled.
measure_poll() {
    local shard octets grams body
    for ((shard = 0; shard < SHARDS; shard++)); do pause "${engine[shard-$shard]}"; done
    pause "${engine[ruler]}"
    curl -fsS -o "$T/metrics" 'http://127.0.0.1:9116/snmp?module=guestlist&auth=guestlist&target=hv003'
    octets=$(octets_of_lo) grams=$(datagrams)
    body=$(curl -fsS -o "$T/metrics" -w '%{size_download}' 'http://127.0.0.1:9116/snmp?module=guestlist&auth=guestlist&target=hv003')
    octets=$(($(octets_of_lo) - octets)) grams=$(($(datagrams) - grams))
    resume "${engine[ruler]}"
    for ((shard = 0; shard < SHARDS; shard++)); do resume "${engine[shard-$shard]}"; done
    figure "SNMP datagrams in a poll, both ways" "$grams"
    figure "octets of SNMP in a poll, both ways, about" $((octets - body))
    figure "octets of the answer of snmp_exporter" "$body"
    figure "values in the answer" "$(grep -vc '^#' "$T/metrics")"
}

take_numbers() {
    local name
    echo "agent $(ticks_of "${agent_of[@]}")"
    echo "snmpd $(ticks_of "${snmpd_of[@]}")"
    echo "libvirtd $(ticks_of "${libvirtd_of[@]}")"
    for name in exporter store ruler; do echo "$name $(ticks_of "${engine[$name]}")"; done
    echo "prometheus $(ticks_of "${engine[shard-0]}" "${engine[shard-1]}")"
    echo "samples $(($(own_metric 9090 prometheus_remote_storage_samples_total) + $(own_metric 9091 prometheus_remote_storage_samples_total)))"
    echo "octets $(($(own_metric 9090 prometheus_remote_storage_bytes_total) + $(own_metric 9091 prometheus_remote_storage_bytes_total)))"
    echo "polls $(polls)"
    echo "scraped $(($(own_metric 9090 prometheus_tsdb_head_samples_appended_total) + $(own_metric 9091 prometheus_tsdb_head_samples_appended_total)))"
}

grown() { awk -v name="$1" '$1 == name { v[++n] = $2 } END { print v[2] - v[1] }' "$T/before" "$T/after"; } # NAME

polls() { echo $(($(own_metric 9090 prometheus_target_interval_length_seconds_count) + $(own_metric 9091 prometheus_target_interval_length_seconds_count))); }

# Prometheus does not mark the end of a series that ends while its interval changes: it would show the last value for five minutes.
# So this waits until all hosts were polled.
poll_each() { # SECONDS FOLDER-OF-RULES
    local shard before
    for ((shard = 0; shard < SHARDS; shard++)); do
        configure_shard $shard "$1"
        kill -s HUP "${engine[shard-$shard]}"
    done
    stop_engine ruler
    start_ruler "$1" "$2"
    before=$(polls)
    wait_for $((4 * $1 + 20)) "[ \$(polls) -ge $((before + 2 * HOSTS)) ]"
}

pass() { # SECONDS
    local until=$((EPOCHSECONDS + $1))
    wait_for "$1" "[ \$EPOCHSECONDS -ge $until ]"
}

measure_costs() {
    local name polls seconds start hertz
    hertz=$(getconf CLK_TCK)
    measure_poll
    # As in production: the rules have their own times.
    poll_each "$COST_POLL" "$prometheus_files"
    take_numbers > "$T/before"
    start=$EPOCHSECONDS
    pass $((COST_POLLS * COST_POLL))
    take_numbers > "$T/after"
    seconds=$((EPOCHSECONDS - start)) polls=$(grown polls)
    step "costs of a host with $GUESTS guests, of $HOSTS hosts, with a poll each $COST_POLL s: $polls polls in $seconds s"
    for name in agent snmpd libvirtd exporter prometheus store ruler; do
        figure "processor time of $name for each host and poll, ms" "$(per $(($(grown $name) * 1000 / hertz)) "$polls" %.2f)"
        figure "processors that $name keeps busy for all hosts" "$(per "$(grown $name)" $((seconds * hertz)) %.3f)"
    done
    figure "samples that Prometheus keeps for each host and poll" "$(per "$(grown scraped)" "$polls")"
    figure "samples to the store for each host and poll" "$(per "$(grown samples)" "$polls")"
    figure "octets to the store for each host and poll" "$(per "$(grown octets)" "$polls" %.0f)"
    figure "series in both servers for each host" \
        "$(per $(($(own_metric 9090 prometheus_tsdb_head_series) + $(own_metric 9091 prometheus_tsdb_head_series))) "$HOSTS")"
    figure "memory of an agent, MiB (not shared)" "$(memory_of "${agent_of[@]}")"
    figure "memory of an snmpd, MiB (not shared)" "$(memory_of "${snmpd_of[@]}")"
    for name in exporter shard-0 store ruler; do figure "memory of $name, MiB" "$(memory_of "${engine[$name]}")"; done
    figure "octets of the store on disk for each of its values" \
        "$(per "$(du -sb "$E/store/data" | cut -f 1)" "$(own_metric 8428 'vm_rows[{]type="(storage|indexdb).*' | sed 's/^0$/1/')")"
    for name in polls samples agent; do
        [ "$(grown $name)" -gt 0 ] || FAIL "nothing was measured: $name"
    done
    poll_each "$POLL" "$E/rules"
}
