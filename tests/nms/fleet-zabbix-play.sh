# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by fleet-zabbix-7.sh and fleet-zabbix-6.sh: what both versions have to do with the hosts of guestlist-fleet.
. "$(dirname "$0")/../integration/lib.sh"
. "$(dirname "$0")/../integration/agent.sh"
. "$(dirname "$0")/zabbix-lib.sh"
. "$(dirname "$0")/fleet-lib.sh"
need curl jq virsh libvirtd snmpget python3
need_root

# The rules of the import: hosts, their groups and the links to templates.
import_hosts() { # FILE GROUPS
    api configuration.import "$(jq -Rsc --arg groups "$2" '
        {createMissing: true, updateExisting: true} as $both |
        {format: "yaml", source: ., rules: ({hosts: $both, templateLinkage: {createMissing: true}} + {($groups): $both})}' "$1")" > "$T/out"
    equal true "$(cat "$T/out")" "the import of $1"
}

host_id() { # NAME
    api host.get "$(jq -nc --arg name "$1" '{output: ["hostid"], filter: {host: [$name]}}')" | jq -r '.[0].hostid // empty'
}

# What Zabbix has of the hosts: names, groups, interfaces, tags, names of macros.
shown_hosts() {
    api host.get '{"output": ["hostid", "host", "name", "status"], "selectInterfaces": ["ip", "dns", "useip", "port", "details"],
        "selectTags": ["tag", "value"], "selectMacros": ["macro", "type"], "selectParentTemplates": ["host"],
        "search": {"host": "fleet"}, "sortfield": "host"}' | jq -S .
}

one() { jq -r --arg host "$1" ".[] | select(.host == \$host) | $2" "$T/hosts"; } # HOST EXPRESSION

create_macro() { # MACRO VALUE
    api usermacro.createglobal "$(jq -nc --arg macro "$1" --arg value "$2" '{macro: $macro, value: $value}')" > "$T/out"
}

# Zabbix asks this host, and shows so many guests.
expect_guests() { # HOST NUMBER
    HOST_ID=$(host_id "$1")
    wait_for 90 "items | jq -r '.[] | select(.key_ == \"guestlist.guests\") | \"\(.lastvalue) \(.error)\"' > $T/guests; cat $T/guests; grep -x '$2 ' $T/guests"
}

# The template polls each minute.
poll_often() {
    api usermacro.createglobal '{"macro": "{$GUESTLIST.DISCOVERY.INTERVAL}", "value": "3s"}' > "$T/out"
    awk '/macro: .\{\$GUESTLIST\.INTERVAL\}/ { found = 1 } found && sub(/value: .*/, "value: 1s") { found = 0 } { print }' "$1" > "$T/template.yaml"
    grep -A1 'GUESTLIST.INTERVAL}' "$T/template.yaml" | grep -q 'value: 1s' || FAIL "the interval of the template"
}

play_fleet() { # VERSION GROUPS
    local name hosts=(fleet1 'fleet1 lab' 'fleet 2' 'fleet 2 lab')
    start_two_hypervisors
    write_inventory
    log_in
    poll_often "$zabbix_files/guestlist-$1.yaml"
    import_template "$T/template.yaml"
    make_fleet --zabbix "$T/hosts.yaml" --zabbix-version "$1"
    grep -q 'pa\$\|com!' "$T/hosts.yaml" && FAIL "a password is written"

    create_macro '{$SNMP.LAB.COMMUNITY}' "$FLEET_LAB_COMMUNITY"
    create_macro '{$SNMP.V3.AUTH_PASSWORD}' "$FLEET_AUTH"
    create_macro '{$SNMP.V3.PRIV_PASSWORD}' "$FLEET_PRIV"
    import_hosts "$T/hosts.yaml" "$2"
    shown_hosts > "$T/hosts"
    equal 'fleet 2,fleet 2 lab,fleet1,fleet1 lab' "$(jq -r 'map(.host) | sort | join(",")' "$T/hosts")" "the hosts"
    equal '{$SNMP_COMMUNITY}' "$(one fleet1 '.interfaces[0].details.community')" "the community of fleet1"
    equal "{\$SNMP.LAB.COMMUNITY} 127.0.0.1 $SNMP_PORT" "$(one 'fleet1 lab' '.interfaces[0] | "\(.details.community) \(.ip) \(.port)"')" "fleet1 lab"
    equal 'lab reader 2 3 1 localhost 0' \
        "$(one 'fleet 2 lab' '.interfaces[0] | "\(.details | "\(.contextname) \(.securityname) \(.securitylevel) \(.authprotocol) \(.privprotocol)") \(.dns) \(.useip)"')" "fleet 2 lab"
    equal 'site berlin' "$(one fleet1 '.tags[] | "\(.tag) \(.value)"')" "the tag of fleet1"
    import_hosts "$T/hosts.yaml" "$2"
    equal "$(cat "$T/hosts")" "$(shown_hosts)" "the hosts after a second import"
    equal 1 "$(api hostgroup.get '{"output": ["name"], "filter": {"name": "Hypervisors"}}' | jq length)" "groups with the name Hypervisors"
    step "${#hosts[@]} hosts are imported, twice"

    for name in fleet1 'fleet 2'; do
        expect_guests "$name" 9
        expect_guests "$name lab" 1
        step "Zabbix asks both hypervisors of $name"
    done

    # Another address, another group, a proxy: the host is the same one, with its items.
    api proxy.create "$(if [ "$1" = 6.0 ]; then echo '{"host": "proxy 1", "status": 5}'; else echo '{"name": "proxy 1", "operating_mode": 0}'; fi)" > "$T/out"
    api item.get "{\"hostids\": \"$(host_id fleet1)\", \"output\": [\"key_\"], \"sortfield\": \"key_\"}" > "$T/items"
    [ "$(jq length "$T/items")" -gt 10 ] || FAIL "items of fleet1: $(cat "$T/items")"
    sed -i 's/^fleet1 127.0.0.1 /fleet1 127.0.0.9 zabbix_proxy="proxy 1" /' "$T/inventory"
    make_fleet --zabbix "$T/hosts.yaml" --zabbix-version "$1" --group 'The fleet'
    import_hosts "$T/hosts.yaml" "$2"
    shown_hosts > "$T/hosts"
    equal 127.0.0.9 "$(one fleet1 '.interfaces[].ip')" "the interfaces of fleet1"
    equal "$(cat "$T/items")" "$(api item.get "{\"hostids\": \"$(host_id fleet1)\", \"output\": [\"key_\"], \"sortfield\": \"key_\"}")" "the items of fleet1"
    equal 4 "$(api host.get '{"countOutput": true, "groupids": '"$(api hostgroup.get '{"output": ["groupid"], "filter": {"name": "The fleet"}}' |
        jq -c 'map(.groupid)')"'}' | jq -r .)" "hosts of another group"
    step "a host keeps its items when its address changes"

    # With the passwords.
    sed -i 's/ 127.0.0.9 zabbix_proxy="proxy 1"/ 127.0.0.1/' "$T/inventory"
    make_fleet --zabbix "$T/hosts.yaml" --zabbix-version "$1" --with-secrets
    import_hosts "$T/hosts.yaml" "$2"
    shown_hosts > "$T/hosts"
    equal '1 {$SNMP.V3.AUTH_PASSWORD},1 {$SNMP.V3.PRIV_PASSWORD}' "$(one 'fleet 2 lab' '[.macros[] | "\(.type) \(.macro)"] | sort | join(",")')" "secret macros"
    api usermacro.deleteglobal "$(api usermacro.get '{"globalmacro": true, "output": ["globalmacroid"], "search": {"macro": "{$SNMP."}}' |
        jq -c 'map(.globalmacroid)')" > "$T/out"
    act_on_lab_is_seen
    step "passwords are imported as secret macros"
}

# Zabbix has values that it polled after the global macros were deleted.
act_on_lab_is_seen() {
    local name
    for name in 'fleet1 lab' 'fleet 2 lab'; do
        HOST_ID=$(host_id "$name")
        wait_for_value guests 1
        since=$EPOCHSECONDS
        wait_for 60 "[ \"\$(items | jq -r '.[] | select(.key_ == \"guestlist.guests\").lastclock')\" -gt $((since + 5)) ]"
    done
}
