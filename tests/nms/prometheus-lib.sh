# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced after ../integration/lib.sh by the tests with Prometheus: a private snmp_exporter and a private Prometheus, which load
# what integrations/prometheus has.
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

# Starts COMMAND, whose last argument ends in the address, and waits for PATH; tries other ports if it ends.
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

# Debian 12 has 0.21, which wants another format than all since 0.23.
exporter_config() {
    local version
    version=$(prometheus-snmp-exporter --version 2>&1 | sed -n 's/^snmp_exporter, version \([0-9.]*\).*/\1/p')
    [ -n "$version" ] || FAIL "prometheus-snmp-exporter does not say its version"
    if [ "$(printf '%s\n' 0.23 "$version" | sort -V | head -n 1)" = 0.23 ]; then
        echo "$prometheus_files/guestlist-snmp.yml"
    else
        echo "$prometheus_files/guestlist-snmp-0.21.yml"
    fi
}

start_exporter() {
    start_on_free_port EXPORTER_PID EXPORTER_PORT "$T/exporter.log" /config prometheus-snmp-exporter \
        --config.file="${exporter_file:-$(exporter_config)}" --web.listen-address=127.0.0.1
}

# What snmp_exporter says of our snmpd.
scrape() { # MODULE
    curl -fsS --max-time 20 "http://127.0.0.1:$EXPORTER_PORT/snmp?module=$1&auth=guestlist&target=127.0.0.1:$SNMP_PORT"
}

# A real collectd with the file of integrations/prometheus, but for the address, the port and the times.
start_reporting() { # URI [HOST]
    local try
    must_be_main_shell
    sed "s|qemu:///system|$1|; s/RefreshInterval .*/RefreshInterval 1/; s/StalenessDelta .*/StalenessDelta 5/
        s/Port .*/Host \"127.0.0.1\"\n  Port \"@PORT@\"/" "$prometheus_files/collectd.conf" > "$T/guestlist.conf"
    for try in {1..20}; do
        COLLECTD_PORT=$((20000 + RANDOM % 10000))
        configure_collectd
        sed -i "/^LoadPlugin guestlist$/,\$d; s/^Hostname .*/Hostname \"${2:-hv1}\"/" "$C/collectd.conf"
        load_plugin virt
        load_plugin write_prometheus
        sed -i '/^LoadPlugin virt$/,$d' "$C/collectd.conf"
        sed "s/@PORT@/$COLLECTD_PORT/" "$T/guestlist.conf" >> "$C/collectd.conf"
        start_collectd
        wait_for 30 "! alive $COLLECTD_PID || csv guestlist-web/uptime 1 ${2:-hv1} || logged 'write_prometheus.*failed'"
        ! alive "$COLLECTD_PID" || logged 'write_prometheus.*failed' || return 0
        stop_collectd
    done
    FAIL "collectd found no free port in $try tries"
}

# With the configuration and the rules as they are, but for addresses and times: all happens each second, and no alert waits.
# Those that wait, and for how long, are promtool's to test.
start_prometheus() { # SED-SCRIPT
    mkdir -p "$P/rules"
    sed 's/^\( *for:\) .*/\1 0s/' "$prometheus_files/guestlist-alerts.rules.yml" > "$P/rules/guestlist-alerts.rules.yml"
    cp "$prometheus_files"/guestlist-{snmp,collectd,collectd-reasons,optout}.rules.yml "$P/rules/"
    sed -e 's/_interval: 30s/_interval: 1s/' -e "s|/etc/prometheus/guestlist|$P/rules|" -e "$1" \
        "${prometheus_config:-$prometheus_files/prometheus.yml}" > "$P/prometheus.yml"
    promtool check config "$P/prometheus.yml" > "$T/out" 2>&1 || FAIL "$(cat "$T/out")"
    start_on_free_port PROMETHEUS_PID PROMETHEUS_PORT "$P/log" /-/ready prometheus --config.file="$P/prometheus.yml" \
        --storage.tsdb.path="$P/data" --log.level=warn --web.listen-address=127.0.0.1
}

# The value of each series that the query finds, a line each: the labels that are named, then the value.
query() { # QUERY [LABEL...]
    local query=$1
    shift
    curl -fsS --max-time 20 --data-urlencode "query=$query" "http://127.0.0.1:$PROMETHEUS_PORT/api/v1/query" |
        jq -r --args '.data.result[] | [.metric[$ARGS.positional[]], .value[1]] | map(. // "") | join(" ")' "$@" | LC_ALL=C sort
}

firing() { query 'ALERTS{alertstate="firing"}' alertname domain | sed -E 's/ +1$//; s/^Guestlist//'; }

# Exactly these alerts fire, and they go on doing so for some evaluations.
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

# Each of these names has a value.
expect_recorded() { # NAME-AFTER-guestlist:...
    local name
    for name; do wait_for 30 "[ -n \"\$(query guestlist:$name)\" ]"; done
    step "each recorded name has a value"
}

# The compressed data of the disk are overwritten: the BIOS gets an I/O error when it reads them, and QEMU pauses the guest.
start_broken() { # NAME
    local disk=$LIBVIRT_DIR/$1.qcow2
    yes guestlist | head -c 1048576 > "$T/plain"
    qemu-img convert -c -f raw -O qcow2 "$T/plain" "$disk"
    dd if=/dev/zero of="$disk" bs=64K seek=5 count=1 conv=notrunc status=none
    qemu_domain "$1" disk="$disk" | sed "s/type='qcow2'/& error_policy='stop' rerror_policy='stop'/" > "$T/$1.xml"
    on_qemu "define $T/$1.xml; start $1; autostart $1" > "$T/out" 2>&1 || FAIL "$(cat "$T/out")"
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

# db is off from then on.
expect_alerts_of_libvirtd() {
    act destroy db
    stop_libvirtd
    expect_alerts "libvirtd is stopped, one cause" HypervisorUnreachable
    restart_libvirtd
    expect_alerts "libvirtd is back" 'DomainShouldRun db' 'DomainWillNotComeBack build'
}
