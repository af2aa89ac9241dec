# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced after ../integration/lib.sh, agent.sh and traps.sh by the tests with Zabbix: a private Zabbix, the template of
# integrations/zabbix, a host that is asked each second, and which problems Zabbix shows.

zabbix_files=$top_srcdir/integrations/zabbix
template='Guestlist by SNMP'
ZABBIX_PID='' ZABBIX_DIR='' ZABBIX_PORT='' ZABBIX_TOKEN='' HOST_ID='' last_event=0

end_zabbix() {
    local status=$?
    end_process "$ZABBIX_PID" KILL 10 # unshare takes nothing less
    end_process "${SNMPTRAPD_PID-}" TERM 5
    case $status in 0 | 77) ;; *) tail -n 20 "$T/zabbix.out" "$ZABBIX_DIR/log/server.log" "$ZABBIX_DIR/log/php.log" >&2 ;; esac
    case $ZABBIX_DIR in "$T"/*) ;; ?*) rm -rf "$ZABBIX_DIR" ;; esac
    (exit "$status")
    clean_up
}
trap end_zabbix EXIT

# ---- Zabbix -------------------------------------------------------------------------------------

zabbix_here() { zabbix_server -V 2> /dev/null | sed -n '1s/.*Zabbix) \([0-9]*\.[0-9]*\)\..*/\1/p'; }

# This system's own, if it has this version; otherwise that of SUITE, in its root folder.
start_zabbix() { # VERSION [SUITE]
    must_be_main_shell
    if [ "$(zabbix_here)" = "$1" ]; then
        need php curl zcat
        ZABBIX_DIR=$T/zabbix
        mkdir "$ZABBIX_DIR"
        # shellcheck disable=SC2016
        (tied unshare --mount --pid --fork --kill-child --propagation private bash -c 'mount -t proc proc /proc && exec bash "$@"' \
            zabbix "$top_srcdir/tests/nms/zabbix-serve" "$ZABBIX_DIR" < /dev/null > "$T/zabbix.out" 2>&1) &
    elif [ -n "${2-}" ]; then
        ZABBIX_DIR=${GUESTLIST_ROOTS:-/var/cache/guestlist-roots}/$2/tmp/${T##*/}
        (tied "$top_srcdir/tests/nms/zabbix-root" "$2" "/tmp/${T##*/}" < /dev/null > "$T/zabbix.out" 2>&1) &
    else
        SKIP "needs Zabbix $1"
    fi
    ZABBIX_PID=$!
    disown "$ZABBIX_PID"
}

# What Zabbix answers to a request of its API, as JSON.
api() { # METHOD JSON
    local request answer bearer=()
    request=$(jq -nc --arg method "$1" --argjson params "$2" '{jsonrpc: "2.0", id: 1, method: $method, params: $params}') ||
        FAIL "$1: bad JSON: $2"
    # Before 6.4 a request says in itself who asks, since then in its header.
    if [ -n "$ZABBIX_TOKEN" ]; then
        if [[ $ZABBIX_VERSION == 6.0* ]]; then
            request=$(jq -c --arg auth "$ZABBIX_TOKEN" '. + {auth: $auth}' <<< "$request")
        else
            bearer=(-H "Authorization: Bearer $ZABBIX_TOKEN")
        fi
    fi
    answer=$(curl -fsS --max-time 120 -H 'Content-Type: application/json-rpc' "${bearer[@]}" -d @- \
        "http://127.0.0.1:$ZABBIX_PORT/api_jsonrpc.php" <<< "$request") || FAIL "$1: no answer"
    jq -c 'if has("error") then error(.error | tojson) else .result end' <<< "$answer" || FAIL "$1 fails"
}

log_in() {
    must_be_main_shell
    wait_for 300 "[ -s $ZABBIX_DIR/port ] || ! alive $ZABBIX_PID"
    ! grep -q ^SKIP "$T/zabbix.out" || SKIP "$(sed -n 's/^SKIP: //p' "$T/zabbix.out")"
    [ -s "$ZABBIX_DIR/port" ] || FAIL "Zabbix does not start"
    ZABBIX_PORT=$(cat "$ZABBIX_DIR/port")
    ZABBIX_VERSION=$(api apiinfo.version '[]' | jq -r .)
    ZABBIX_TOKEN=$(api user.login '{"username": "Admin", "password": "zabbix"}' | jq -r .)
    # It watches itself as well, by default, with an agent that is not here.
    api host.update "$(api host.get '{"output": ["hostid"], "filter": {"host": ["Zabbix server"]}}' |
        jq -c '.[0] + {status: 1}')" > "$T/out"
    step "Zabbix $ZABBIX_VERSION is there"
}

import_template() { # FILE
    local groups=template_groups
    [[ $ZABBIX_VERSION != 6.0* ]] || groups=groups
    api configuration.import "$(jq -Rsc --arg groups $groups '
        {createMissing: true, updateExisting: true} as $both | ($both + {deleteMissing: true}) as $all |
        {format: "yaml", source: ., rules: ({templates: $both, items: $all, discoveryRules: $all, triggers: $all, graphs: $all,
            valueMaps: $all, templateDashboards: $all} + {($groups): $both})}' "$1")" > "$T/out"
    equal true "$(cat "$T/out")" "the import of $1"
    step "${1##*/} is imported"
}

template_id() { # NAME
    api template.get "$(jq -nc --arg name "$1" '{output: ["templateid"], filter: {host: [$name]}}')" | jq -r '.[0].templateid'
}

# Status 1: it is not asked.
create_host() { # NAME STATUS TEMPLATE...
    local name=$1 status=$2 templates group
    shift 2
    templates=$(for each; do template_id "$each"; done | jq -Rnc '[inputs | {templateid: .}]')
    group=$(api hostgroup.get '{"output": ["groupid"], "filter": {"name": ["Virtual machines"]}}' | jq -r '.[0].groupid')
    api host.create "$(jq -nc --arg name "$name" --argjson status "$status" --arg group "$group" --argjson templates "$templates" \
        --arg port "$SNMP_PORT" '{host: $name, status: $status, groups: [{groupid: $group}], templates: $templates,
        interfaces: [{type: 2, main: 1, useip: 1, ip: "127.0.0.1", dns: "", port: $port,
            details: {version: 2, bulk: 1, community: "public"}}],
        macros: ({"{$GUESTLIST.INTERVAL}": "1s", "{$GUESTLIST.DISCOVERY.INTERVAL}": "3s", "{$GUESTLIST.NODATA}": "30s",
            "{$GUESTLIST.COMEBACK.TIME}": "0"} | to_entries | map({macro: .key, value: .value}))}')" | jq -r '.hostids[0]'
}

# ---- Items --------------------------------------------------------------------------------------

items() { api item.get "{\"hostids\": \"$HOST_ID\", \"output\": [\"key_\", \"name\", \"state\", \"status\", \"error\", \"lastvalue\",
    \"lastclock\", \"history\", \"type\"], \"webitems\": false, \"sortfield\": \"key_\"}"; }

value_of() { # KEY
    items | jq -r --arg key "guestlist.$1" '.[] | select(.key_ == $key).lastvalue'
}

# An item has a value that was polled after now, and it is this one.
wait_for_value() { # KEY VALUE
    local since=$EPOCHSECONDS
    wait_for 60 "items | jq -e --arg key 'guestlist.$1' --arg value '$2' \
        '.[] | select(.key_ == \$key and .lastvalue == \$value and (.lastclock | tonumber) > $since)'"
}

# Notifications come when they come (type 17), and the walks are not kept.
without_value() { items | jq -r '.[] | select(.lastclock == "0" and .type != "17" and .history != "0").key_'; }

not_working() {
    items | jq -r '.[] | select(.state != "0" or .status != "0") | .key_ + ": " + (if .status != "0" then "disabled" else .error end)'
    api discoveryrule.get "{\"hostids\": \"$HOST_ID\", \"output\": [\"key_\", \"error\", \"state\"], \"filter\": {\"state\": 1}}" |
        jq -r '.[] | .key_ + ": " + .error'
}

item_count() { items | jq length; }

# None is disabled or not supported, and each has a value.
expect_items() { # WHAT COUNT
    wait_for 60 "[ -z \"\$(without_value)\" ] || { without_value; false; }"
    equal '' "$(not_working)" "$1: items that do not work"
    equal "$2" "$(item_count)" "$1: items"
    step "$1: $2 items have values, none is disabled or not supported"
}

# ---- Problems -----------------------------------------------------------------------------------

# What Zabbix shows: not what depends on another problem.
shown() {
    api trigger.get "{\"hostids\": \"$HOST_ID\", \"filter\": {\"value\": 1}, \"skipDependent\": true, \"expandDescription\": true,
        \"output\": [\"description\"]}" | jq -r '.[].description' | LC_ALL=C sort
}

# A line for each problem that began after the last call.
new_alarms() {
    api event.get "{\"hostids\": \"$HOST_ID\", \"source\": 0, \"value\": 1, \"eventid_from\": \"$((last_event + 1))\",
        \"output\": [\"name\"], \"sortfield\": \"eventid\"}" | jq -r '.[].name'
}

forget_alarms() {
    last_event=$(api event.get "{\"hostids\": \"$HOST_ID\", \"output\": [\"eventid\"], \"sortfield\": \"eventid\",
        \"sortorder\": \"DESC\", \"limit\": 1}" | jq -r '.[0].eventid // 0')
}

# Exactly these problems are shown, and for four seconds nothing else is: three polls.
expect_problems() { # WHAT [PROBLEM...]
    local what=$1 wanted since
    shift
    wanted=$([ $# = 0 ] || printf '%s\n' "$@" | LC_ALL=C sort)
    printf '%s' "$wanted" > "$T/wanted"
    since=$EPOCHSECONDS
    wait_for 90 "shown > $T/shown; cat $T/shown
        [ \"\$(cat $T/shown)\" = \"\$(cat $T/wanted)\" ] || since=\$EPOCHSECONDS; [ \$EPOCHSECONDS -gt \$((since + 3)) ]"
    step "$what: ${wanted//$'\n'/, }"
}

# What it says about one cause: this and nothing else was told since the last call.
expect_alarms() { # WHAT [ALARM...]
    local what=$1
    shift
    equal "$([ $# = 0 ] || printf '%s\n' "$@")" "$(new_alarms)" "$what: alarms"
    forget_alarms
}

set_macro() { # MACRO VALUE
    api usermacro.create "$(jq -nc --arg host "$HOST_ID" --arg macro "$1" --arg value "$2" \
        '{hostid: $host, macro: $macro, value: $value}')" | jq -r '.hostmacroids[0]' > "$T/macro"
}

# The template's own value again.
unset_last_macro() { api usermacro.delete "[\"$(cat "$T/macro")\"]" > "$T/out"; }
