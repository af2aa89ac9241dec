# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced after hosts.sh: a real snmp_exporter, two Prometheus servers that share the hosts, VictoriaMetrics, its ruler vmalert, and
# Alertmanager, with the files of integrations/prometheus and the lines of docs/prometheus.md. Only the times are shorter.
# shellcheck disable=SC2154  # variables of the files that are sourced before
# VictoriaMetrics does not answer remote_read, so the ruler is vmalert and not a third Prometheus.

prometheus_files=$top_srcdir/integrations/prometheus
SHARDS=2
E=$T/engines
declare -A engine=()

# Lines that docs/prometheus.md has under that name.
documented() { # NAME
    awk -v start="\`\`\`$1" '$0 == start { on = 1; next } /^```/ { on = 0 } on' "$top_srcdir/docs/prometheus.md"
}

# Each engine has its own port in this namespace.
start_engine() { # NAME URL COMMAND...
    local name=$1 url=$2
    must_be_main_shell
    shift 2
    (exec "$@" < /dev/null > "$E/$name.log" 2>&1) &
    engine[$name]=$!
    wait_for 60 "curl -fsS --max-time 5 $url || ! alive ${engine[$name]}"
    alive "${engine[$name]}" || FAIL "$name does not start: $(tail -n 5 "$E/$name.log")"
}

stop_engine() { # NAME
    end_process "${engine[$1]}" TERM 20 || FAIL "$1 did not stop"
}

exporter_module() {
    case $(prometheus-snmp-exporter --version 2>&1) in
        *version\ 0.1[0-9]* | *version\ 0.2[0-2]*) echo "$prometheus_files/guestlist-snmp-0.21.yml" ;;
        *) echo "$prometheus_files/guestlist-snmp.yml" ;;
    esac
}

# The configuration of one of the servers, which polls each SECONDS.
configure_shard() { # NUMBER SECONDS
    {
        sed "s|/etc/prometheus/guestlist/\*.rules.yml|$prometheus_files/guestlist-snmp.rules.yml|; s/_interval: 30s/_interval: $2s/
            /job_name: guestlist-collectd/,\$d; s/static_configs:/file_sd_configs:/; s|- targets: .*|- files: [$E/targets.json]|" \
            "$prometheus_files/prometheus.yml" | awk -v lines="$(documented prometheus-shard | sed "s/modulus: .*/modulus: $SHARDS/
                s/regex: .*/regex: \"$1\"/")" '/^ *relabel_configs:/ { print lines; next } !/^ *# collectd/'
        documented prometheus-write | sed 's/store.example.org/127.0.0.1/'
        echo '    queue_config: {batch_send_deadline: 1s}'
    } > "$E/shard-$1.yml"
    promtool check config "$E/shard-$1.yml" > "$E/promtool.out" 2>&1 || FAIL "$(cat "$E/promtool.out")"
}

start_shard() { # NUMBER
    start_engine "shard-$1" "http://127.0.0.1:909$1/-/ready" prometheus --config.file="$E/shard-$1.yml" \
        --storage.tsdb.path="$E/shard-$1" --log.level=warn --web.listen-address="127.0.0.1:909$1"
}

# The rules of the store, with times that fit the polls. VictoriaMetrics finds a new series only after half a minute, so no window is
# shorter than that.
shorten_rules() { # SECONDS
    local file
    window=$((8 * $1 > 40 ? 8 * $1 : 40))
    mkdir -p "$E/rules"
    for file in alerts optout fleet; do
        sed "s/^\( *for:\) .*/\1 $((2 * $1))s/; s/offset 5m/offset ${window}s/g; s/\[5m\]/[${window}s]/g
            s/\[1h\]/[$((3 * window))s]/g" "$prometheus_files/guestlist-$file.rules.yml" > "$E/rules/guestlist-$file.rules.yml"
    done
}

# The rules compare with what was before.
wait_for_past() {
    expect_query "there are states of $window seconds ago" $((HOSTS * GUESTS)) "count(guestlist:fleet_state offset ${window}s)"
}

start_ruler() { # SECONDS FOLDER
    local file rules=()
    for file in alerts optout fleet; do rules+=("-rule=$2/guestlist-$file.rules.yml"); done
    start_engine ruler http://127.0.0.1:8880/health vmalert "${rules[@]}" -datasource.url=http://127.0.0.1:8428 \
        -remoteWrite.url=http://127.0.0.1:8428 -remoteWrite.flushInterval=500ms -notifier.url=http://127.0.0.1:9093 \
        -evaluationInterval="$1s" -datasource.queryStep="$((5 * $1))s" -disableAlertgroupLabel -httpListenAddr=127.0.0.1:8880
}

start_engines() { # SECONDS
    local shard
    mkdir -p "$E"
    host_names | jq -Rnc '[{targets: [inputs]}]' > "$E/targets.json"
    {
        printf '%s\n' 'route: {receiver: nobody}' 'receivers: [{name: nobody}]'
        documented alertmanager
    } > "$E/alertmanager.yml"
    shorten_rules "$1"
    start_engine exporter http://127.0.0.1:9116/ prometheus-snmp-exporter --config.file="$(exporter_module)" \
        --web.listen-address=127.0.0.1:9116
    start_engine store http://127.0.0.1:8428/health victoria-metrics -storageDataPath="$E/store" -retentionPeriod=1 \
        -httpListenAddr=127.0.0.1:8428 -search.latencyOffset=1s -memory.allowedPercent=10
    start_engine alertmanager http://127.0.0.1:9093/-/ready prometheus-alertmanager --config.file="$E/alertmanager.yml" \
        --storage.path="$E/alertmanager" --cluster.listen-address= --web.listen-address=127.0.0.1:9093
    start_ruler "$1" "$E/rules"
    for ((shard = 0; shard < SHARDS; shard++)); do
        configure_shard $shard "$1"
        start_shard $shard
    done
}

# ---- Answers ------------------------------------------------------------------------------------

# A line for each series in the store: the labels that are named, then the value.
query() { # QUERY [LABEL...]
    local query=$1
    shift
    curl -fsS --max-time 30 --data-urlencode "query=$query" 'http://127.0.0.1:8428/api/v1/query?nocache=1' |
        jq -r --args '.data.result[] | [.metric[$ARGS.positional[]], .value[1]] | map(. // "") | join(" ")' "$@" | LC_ALL=C sort
}

expect_query() { # WHAT WANTED QUERY [LABEL...]
    printf '%s' "$2" > "$T/wanted"
    printf '%q ' "${@:3}" > "$T/query"
    wait_for "$PATIENT" "eval query \"\$(cat $T/query)\" > $T/got; cat $T/got; [ \"\$(cat $T/got)\" = \"\$(cat $T/wanted)\" ]"
    step "$1: ${2//$'\n'/, }"
}

alerts() { curl -fsS --max-time 30 http://127.0.0.1:8880/api/v1/alerts; }

# A line for each alert that fires: its name and what it is about. Guests that would not come back are not of interest here. A
# listing is stale first, and its hypervisor unreachable later: both are HypervisorLost.
firing() {
    alerts | jq -r '.data.alerts[] | select(.state == "firing" and .name != "GuestlistDomainWillNotComeBack") | [
        (.name | ltrimstr("Guestlist")), .labels.uuid // .labels.domain // .labels.instance // .labels.job] | map(. // "") | join(" ")' |
        sed -E 's/ $//; s/^(HypervisorUnreachable|ListingStale) /HypervisorLost /' | LC_ALL=C sort
}

# Exactly these fire.
expect_firing() { # WHAT [ALERT...]
    local what=$1
    shift
    { [ $# = 0 ] || printf '%s\n' "$@"; } | LC_ALL=C sort > "$T/wanted"
    wait_for "$PATIENT" "firing > $T/firing; cat $T/firing; cmp $T/firing $T/wanted"
    step "$what: $([ $# = 0 ] && echo "no alert" || paste -s -d , "$T/wanted" | sed 's/,/, /g')"
}

# What an alert says.
says() { alerts | jq -r --arg name "Guestlist$1" '.data.alerts[] | select(.name == $name) | .annotations.description'; } # ALERT

expect_words() { # ALERT TEXT
    local text
    text=$(says "$1")
    [[ $text == *"$2"* ]] || FAIL "$1 says '$text' and not '$2'"
    step "$1 says: $text"
}

# Alertmanager sends these, in one line.
sent() {
    curl -fsS --max-time 30 'http://127.0.0.1:9093/api/v2/alerts?active=true&inhibited=false' |
        jq -r '[.[].labels.alertname | ltrimstr("Guestlist")] | unique - ["DomainWillNotComeBack"] | join(" ")'
}
