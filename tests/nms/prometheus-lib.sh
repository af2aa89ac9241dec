# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Verbs for the tests with Prometheus: a private snmp_exporter and a private Prometheus, with the files of
# integrations/prometheus. Source this file after ../integration/lib.sh.
# shellcheck disable=SC2034  # some variables are for the tests

prometheus_files=$top_srcdir/integrations/prometheus
P=$T/prometheus
EXPORTER_PID='' PROMETHEUS_PID=''

end_prometheus() {
    local status=$?
    end_process "$PROMETHEUS_PID" TERM 10
    end_process "$EXPORTER_PID" TERM 5
    case $status in 0 | 77) ;; *) tail -n 20 "$T/exporter.log" "$P/log" >&2 ;; esac
    (exit "$status")
    clean_up
}
trap end_prometheus EXIT

# Starts COMMAND and waits for PATH. The address is appended to its last argument. Tries other ports if the command ends.
start_on_free_port() { # PID-VARIABLE PORT-VARIABLE LOG PATH COMMAND...
    local -n pid_of=$1 port_of=$2
    local log=$3 path=$4 try
    must_be_main_shell
    shift 4
    for try in {1..20}; do
        port_of=$((20000 + RANDOM % 10000))
        (tied "${@:1:$#-1}" "${!#}:$port_of" < /dev/null > "$log" 2>&1) &
        pid_of=$!
        disown "$pid_of"
        wait_for 30 "! alive $pid_of || curl -fsS --max-time 5 http://127.0.0.1:$port_of$path"
        ! alive "$pid_of" || return 0
    done
    FAIL "no start in $try tries: $(tail -n 3 "$log")"
}

# Debian 12 has version 0.21. Its format differs from that of 0.23 and later.
exporter_config() {
    local version
    version=$(prometheus-snmp-exporter --version 2>&1 | sed -n 's/^snmp_exporter, version \([0-9.]*\).*/\1/p')
    [ -n "$version" ] || FAIL "prometheus-snmp-exporter does not print its version"
    if [ "$(printf '%s\n' 0.23 "$version" | sort -V | head -n 1)" = 0.23 ]; then
        echo "$prometheus_files/guestlist-snmp.yml"
    else
        echo "$prometheus_files/guestlist-snmp-0.21.yml"
    fi
}

start_exporter() {
    start_on_free_port EXPORTER_PID EXPORTER_PORT "$T/exporter.log" /config prometheus-snmp-exporter \
        --config.file="$(exporter_config)" --web.listen-address=127.0.0.1
}

# What snmp_exporter says of our snmpd.
scrape() { # MODULE
    curl -fsS --max-time 20 "http://127.0.0.1:$EXPORTER_PORT/snmp?module=$1&auth=guestlist&target=127.0.0.1:$SNMP_PORT"
}

# With the configuration and the rules as they are, but for addresses and times: all happens each second, and no alert waits.
# Those that wait, and for how long, are promtool's to test.
start_prometheus() { # SED-SCRIPT
    mkdir -p "$P/rules"
    sed 's/^\( *for:\) .*/\1 0s/' "$prometheus_files/guestlist-alerts.rules.yml" > "$P/rules/guestlist-alerts.rules.yml"
    cp "$prometheus_files"/guestlist-{snmp,collectd,collectd-reasons,optout}.rules.yml "$P/rules/"
    sed -e 's/_interval: 30s/_interval: 1s/' -e "s|/etc/prometheus/guestlist|$P/rules|" -e "$1" \
        "$prometheus_files/prometheus.yml" > "$P/prometheus.yml"
    promtool check config "$P/prometheus.yml" > "$T/out" 2>&1 || FAIL "$(cat "$T/out")"
    start_on_free_port PROMETHEUS_PID PROMETHEUS_PORT "$P/log" /-/ready prometheus --config.file="$P/prometheus.yml" \
        --storage.tsdb.path="$P/data" --log.level=warn --web.listen-address=127.0.0.1
}

# Prints the labels and the value of each series that the query finds, one per line.
query() { # QUERY [LABEL...]
    local query=$1
    shift
    curl -fsS --max-time 20 --data-urlencode "query=$query" "http://127.0.0.1:$PROMETHEUS_PORT/api/v1/query" |
        jq -r --args '.data.result[] | [.metric[$ARGS.positional[]], .value[1]] | map(. // "") | join(" ")' "$@" | LC_ALL=C sort
}

firing() { query 'ALERTS{alertstate="firing"}' alertname domain | sed -E 's/ +1$//; s/^Guestlist//'; }

# Exactly these alerts must fire, and they must keep firing for some evaluations.
expect_alerts() { # WHAT [ALERT...]
    local what=$1 wanted since
    shift
    wanted=$([ $# = 0 ] || printf '%s\n' "$@" | LC_ALL=C sort)
    printf '%s' "$wanted" > "$T/wanted"
    wait_for 60 "firing > $T/firing; cat $T/firing; [ \"\$(cat $T/firing)\" = \"\$(cat $T/wanted)\" ]"
    since=$(query 'vector(time())' | cut -d . -f 1)
    wait_for 20 "[ \$(query 'vector(time()) and on () up' | cut -d . -f 1) -gt $((since + 3)) ]"
    equal "$wanted" "$(firing)" "$what: alerts, some seconds later"
    step "$what: ${wanted//$'\n'/, }"
}

# Each of these recorded names must have a value.
expect_recorded() { # NAME-AFTER-guestlist:...
    local name
    for name; do wait_for 30 "[ -n \"\$(query guestlist:$name)\" ]"; done
    step "each recorded name has a value"
}

# Both ways into Prometheus alert the same about these: db and web start at boot, build is transient.
expect_alerts_of_guests() {
    act destroy db
    expect_alerts "what should run is shut down" 'DomainShouldRun db' 'DomainWillNotComeBack build'
    act start db
    kill -s KILL "$(qemu_pid web)"
    expect_alerts "a guest's process is killed" 'DomainCrashed web' 'DomainWillNotComeBack build'
    act start web
    act suspend db
    expect_alerts "a crashed guest runs again, another one is paused on purpose" 'DomainWillNotComeBack build'
    act resume db
}

# The domain db stays off afterwards.
expect_alerts_of_libvirtd() {
    act destroy db
    stop_libvirtd
    expect_alerts "libvirtd is stopped, one cause" HypervisorUnreachable
    restart_libvirtd
    expect_alerts "libvirtd is back" 'DomainShouldRun db' 'DomainWillNotComeBack build'
}
