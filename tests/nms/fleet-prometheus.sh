#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A real Prometheus and snmp_exporter scrape the targets that guestlist-fleet writes, each hypervisor by its own community or context.
# Names and labels arrive at the recorded metrics. When the file changes, Prometheus reads it again by itself.
. "$(dirname "$0")/../integration/lib.sh"
. "$(dirname "$0")/../integration/agent.sh"
. "$(dirname "$0")/prometheus-lib.sh"
. "$(dirname "$0")/fleet-lib.sh"
need prometheus promtool prometheus-snmp-exporter curl jq virsh libvirtd snmpget python3
need_root

json() { jq -Rn --arg text "$1" '$text'; } # TEXT: the same for YAML

# Since 0.23, snmp_exporter has passwords in auths, and since 0.27 it takes the context from the target.
add_auths() {
    cat > "$T/more" << E
  lab: {version: 2, community: $(json "$FLEET_LAB_COMMUNITY")}
  v3: {version: 3, username: reader, security_level: authPriv, auth_protocol: SHA256, password: $(json "$FLEET_AUTH"), priv_protocol: AES, priv_password: $(json "$FLEET_PRIV")}
E
    sed "/^auths:/r $T/more" "$(exporter_config)" > "$T/snmp.yml"
}

# Before, each auth and each context is a module of its own. Then the inventory names the modules.
add_modules() {
    local name
    cp "$(exporter_config)" "$T/snmp.yml"
    for name in lab v3 v3-lab; do
        # A module ends where the next one begins.
        awk -v name="guestlist_$name:" '/^[a-z]/ { inside = $1 == "guestlist:" } inside { print $1 == "guestlist:" ? name : $0 }' "$(exporter_config)"
        case $name in
            lab) printf '  version: 2\n  auth: {community: %s}\n' "$(json "$FLEET_LAB_COMMUNITY")" ;;
            *) printf '  version: 3\n  auth: {username: reader, security_level: authPriv, auth_protocol: SHA256, password: %s, priv_protocol: AES, priv_password: %s%s}\n' \
                "$(json "$FLEET_AUTH")" "$(json "$FLEET_PRIV")" "$([ $name = v3 ] || echo ', context_name: lab')" ;;
        esac
    done >> "$T/snmp.yml"
    sed -i '/^\[lab\]/a module = guestlist_lab' "$T/auths"
    { echo '[v3-lab]' && sed -n '/^\[v3\]/,$p' "$T/auths" | sed 1d && echo 'module = guestlist_v3-lab'; } > "$T/more"
    sed -i '/^\[v3\]/a module = guestlist_v3' "$T/auths"
    cat "$T/more" >> "$T/auths"
    sed -i 's/auth=v3 contexts=-,lab/auth=v3 contexts=-,lab:v3-lab/' "$T/inventory"
}

expect_domains() { # WHAT LINE...
    local what=$1 wanted
    shift
    wanted=$(printf '%s\n' "$@" | LC_ALL=C sort)
    wait_for 60 "query 'count by (instance, hypervisor, site) (guestlist:domain_state)' instance hypervisor site > $T/domains; cat $T/domains
        [ \"\$(cat $T/domains)\" = '$wanted' ]"
    step "$what: ${wanted//$'\n'/, }"
}

start_two_hypervisors
write_inventory
case $(exporter_config) in
    *0.21.yml) add_modules ;;
    *) add_auths ;;
esac
exporter_file=$T/snmp.yml prometheus_config=$prometheus_files/prometheus-file-sd.yml
start_exporter
mkdir "$T/targets"
make_fleet --prometheus "$T/targets/guestlist-snmp.json" --collectd "$T/targets/guestlist-collectd.json"
grep -r 'pa\$\|com!' "$T/targets" && FAIL "a password is written"
start_prometheus "s/_interval: 60s/_interval: 1s/; s/scrape_timeout: .*/scrape_timeout: 1s/; s|/etc/prometheus/targets|$T/targets|
    s/127.0.0.1:9116/127.0.0.1:$EXPORTER_PORT/"
expect_domains "two hosts with two hypervisors each" 'fleet1  berlin 9' 'fleet1 lab berlin 1' 'fleet 2   9' 'fleet 2 lab  1'
equal 'fleet 2 lab test 4'$'\n''fleet1 lab test 4' "$(query 'guestlist:domain_state{domain="test"}' instance hypervisor domain)" "the guest in both contexts"
equal "fleet 2 0 localhost:9103"$'\n'"fleet1 0 127.0.0.1:9103" "$(query 'up{job="guestlist-collectd"} * 0' instance collectd | awk '{ print $0 }' | sed 's/\(.*\) \(.*\) 0$/\1 0 \2/')" "targets for collectd"

sed -i '/^fleet1/s/ label_site=berlin/ label_site=paris/; /fleet 2/d' "$T/inventory"
make_fleet --prometheus "$T/targets/guestlist-snmp.json"
expect_domains "a host is gone, and one has another label" 'fleet1  paris 9' 'fleet1 lab paris 1'

# The file that has everything.
cp "$fleet_data/prometheus.json" "$T/targets/guestlist-snmp.json"
cp "$fleet_data/collectd.json" "$T/targets/guestlist-collectd.json"
promtool check config "$P/prometheus.yml" > "$T/out" 2>&1 || FAIL "$(cat "$T/out")"
equal 9 "$(jq length "$fleet_data/prometheus.json")" "targets of the file that has everything"
step "promtool takes the file that has everything"

# The lines of docs/fleet.md for two servers: each target belongs to one of them, and the contexts of a host stay together.
awk '/^```yaml$/ { on = 1; next } /^```/ { on = 0 } on' "$top_srcdir/docs/fleet.md" | sed 's/^/      /' > "$T/shard0"
sed 's/regex: 0/regex: 1/' "$T/shard0" > "$T/shard1"
for shard in 0 1; do
    sed "/job_name: guestlist-snmp/,/relabel_configs:/{/relabel_configs:/r $T/shard$shard
        }" "$P/prometheus.yml" > "$P/shard$shard.yml"
    promtool check service-discovery --timeout=3s "$P/shard$shard.yml" guestlist-snmp > "$T/found$shard" 2> "$T/errors" || FAIL "$(cat "$T/errors")"
    jq -r '.[] | select(.labels.instance) | .labels.instance + " " + .labels.hypervisor' "$T/found$shard" | sort > "$T/kept$shard"
    [ -s "$T/kept$shard" ] || FAIL "server $shard has no target"
done
equal "$(jq -r '.[].labels | .instance + " " + .hypervisor' "$fleet_data/prometheus.json" | sort)" "$(sort "$T/kept0" "$T/kept1")" "the targets of both servers"
equal 1 "$(grep -l '^hv3 ' "$T/kept0" "$T/kept1" | wc -l)" "servers that ask hv3"
step "two servers share the targets: $(wc -l < "$T/kept0") and $(wc -l < "$T/kept1")"
OK
