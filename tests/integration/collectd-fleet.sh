# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced after lib.sh and collectd.sh by the tests of many collectds and their collector. Each collectd reports a hypervisor with the
# guests web and db, the latter of which should run and does not, and one with its own name.

COLLECTOR=$T/collector
fleet_interval=2
declare -A MEMBER_PID=()
COLLECTOR_PID=''

# They write files until they end.
end_fleet() {
    local status=$? host
    for host in "${!MEMBER_PID[@]}"; do kill -s KILL "${MEMBER_PID[$host]}"; done
    end_process "$COLLECTOR_PID" KILL 10
    return $status
}
trap 'end_fleet; clean_up' EXIT

# One host's test driver. Guests of the same name have other UUIDs on each host.
member_guests() { # HOST
    echo "$test_node"
    test_domain web "$(uuid_of "web on $1")"
    test_domain db "$(uuid_of "db on $1")" '<test:runstate>5</test:runstate>'
    test_domain "only-$1" "$(uuid_of "only on $1")"
    echo '</node>'
}

prepare_fleet() {
    mkdir -p "$C/plugins" "$COLLECTOR"
    cp "$plugin" "$COLLECTD_PLUGINS"/{logfile,network,rrdtool,threshold,write_prometheus,exec}.so "$C/plugins/"
    printf '%s\n' 'signer: secret of signer' 'keeper: secret of keeper' > "$T/keys"
    chmod 600 "$T/keys"
}

# What each collectd's configuration begins with.
common_configuration() { # HOST FOLDER
    cat << CONF
Hostname "$1"
FQDNLookup false
BaseDir "$2"
PIDFile "$2/pid"
PluginDir "$C/plugins"
TypesDB "/usr/share/collectd/types.db"
Interval $fleet_interval
LoadPlugin logfile
<Plugin logfile>
  LogLevel info
  File "$2/log"
</Plugin>
CONF
}

# As docs/fleet.md has it, but for addresses and times.
collector_configuration() {
    common_configuration collector "$COLLECTOR"
    cat << CONF
Timeout 5
LoadPlugin network
LoadPlugin rrdtool
LoadPlugin write_prometheus
LoadPlugin threshold
LoadPlugin exec
$(documented_block collector)
<Plugin exec>
  NotificationExec "nobody" "$T/note"
</Plugin>
CONF
}

# Prints a block of docs/fleet.md with the addresses, ports and passwords of the test.
documented_block() { # NAME
    awk -v start="\`\`\`collectd.conf $1" '$0 == start { on = 1; next } /^```/ { on = 0 } on' "$top_srcdir/docs/fleet.md" > "$T/block"
    [ "$(wc -l < "$T/block")" -ge 5 ] || FAIL "docs/fleet.md has no block $1"
    sed "s|192.0.2.10|127.0.0.1|; s|\"25826\"|\"$COLLECTOR_PORT\"|; s|/etc/collectd/keys|$T/keys|; s|/var/lib/collectd/rrd|$COLLECTOR/rrd|
        s|Port \"9103\"|Host \"127.0.0.1\"\n  Port \"$EXPORT_PORT\"|; s|StalenessDelta .*|StalenessDelta 10|; /^LoadPlugin/d; /^Timeout/d" "$T/block"
}

write_note_script() {
    printf '%s\n' '#!/bin/sh' 'line=$(tr "\n" "|")' "echo \"\$line\" >> \"$T/notes\"" > "$T/note"
    chmod 755 "$T/note"
    touch "$T/notes"
    chmod 666 "$T/notes"
}

collector_logged() { grep -q -- "$1" "$COLLECTOR/log"; }

# Only collectd itself can find out whether ports are free.
start_collector() {
    local try
    must_be_main_shell
    write_note_script
    for try in {1..20}; do
        COLLECTOR_PORT=$((20000 + RANDOM % 10000)) EXPORT_PORT=$((20000 + RANDOM % 10000))
        rm -f "$COLLECTOR/log"
        collector_configuration > "$COLLECTOR/collectd.conf"
        (tied collectd -f -C "$COLLECTOR/collectd.conf" < /dev/null > "$COLLECTOR/out" 2>&1) &
        COLLECTOR_PID=$!
        disown "$COLLECTOR_PID"
        wait_for 30 "! alive $COLLECTOR_PID || { collector_logged 'Initialization complete' && curl -fsS http://127.0.0.1:$EXPORT_PORT/metrics; } ||
            collector_logged 'bind.*failed\|write_prometheus.*failed'"
        ! alive "$COLLECTOR_PID" || collector_logged 'bind.*failed\|write_prometheus.*failed' || return 0
        end_process "$COLLECTOR_PID" KILL 5
    done
    FAIL "the collector found no free ports: $(tail -n 5 "$COLLECTOR/log")"
}

# SECURITY is a block of docs/fleet.md that sends: encrypted or signed; or a file with another one.
start_member() { # HOST SECURITY
    local host=$1 folder=$C/$1
    must_be_main_shell
    mkdir -p "$folder"
    member_guests "$host" > "$folder/guests.xml"
    {
        common_configuration "$host" "$folder"
        printf '%s\n' 'LoadPlugin guestlist' '<Plugin guestlist>' "$(hypervisor local "test://$folder/guests.xml")" '</Plugin>' 'LoadPlugin network'
        if [ -f "$2" ]; then cat "$2"; else documented_block "$2"; fi
    } > "$folder/collectd.conf"
    # shellcheck disable=SC2046  # words
    (tied env $(collectd_environment) collectd -f -C "$folder/collectd.conf" < /dev/null > "$folder/out" 2>&1) &
    MEMBER_PID[$host]=$!
    disown "${MEMBER_PID[$host]}"
}

stop_member() { # HOST
    end_process "${MEMBER_PID[$1]}" TERM 10 || FAIL "the collectd of $1 did not stop"
    unset "MEMBER_PID[$1]"
}

collector_metrics() { curl -fsS --max-time 20 "http://127.0.0.1:$EXPORT_PORT/metrics"; }

# Prints the value of a metric of a guest or hypervisor of a host.
exported() { # METRIC GUEST HOST
    collector_metrics | sed -n "s/^collectd_guestlist_$1{guestlist=\"$2\",\(type=\"[a-z_]*\",\)\?instance=\"$3\"} \([^ ]*\).*/\2/p"
}

# The hosts whose hypervisor is reported as connected.
exported_hosts() {
    collector_metrics | sed -n 's/^collectd_guestlist_bool{guestlist="local",type="connected",instance="\([^"]*\)"} 1 .*/\1/p' | sort
}
