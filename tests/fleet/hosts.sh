# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced before ../integration/lib.sh by the tests of a fleet: hosts, each with a libvirtd, an snmpd and an agent of its own.
#
# All run in one network namespace, where each host has an address of its own (hv001 is 127.7.0.1), and in one process namespace, whose
# end ends them all. libvirt's test driver has the guests. It needs no QEMU, so a host costs little, and its guests can be started,
# stopped, moved and lost as on a real host. The driver keeps them as long as somebody is connected.
# shellcheck disable=SC2034  # some variables are for the tests

HOSTS=${FLEET_HOSTS:-100}
GUESTS=${FLEET_GUESTS:-20}
declare -A libvirtd_of=() snmpd_of=() agent_of=()

# Runs the test in namespaces of its own. Call this before lib.sh is sourced.
enter_fleet() { # SCRIPT
    if [ -z "${FLEET_INSIDE-}" ]; then
        [ "$(id -u)" = 0 ] || { echo "SKIP: needs root"; exit 77; }
        unshare -mnp --fork --propagation private mount -t proc none /proc || { echo "SKIP: needs namespaces"; exit 77; }
        FLEET_INSIDE=1 exec unshare -mnp --fork --kill-child --propagation private bash "$1"
    fi
    mount -t proc none /proc
    mount -t tmpfs none /run
    ip link set lo up
}

host_names() { seq -f 'hv%03.0f' 1 "$HOSTS"; }

host_address() { local n=$((10#${1#hv})); echo "127.7.$((n / 250)).$((n % 250 + 1))"; } # HOST

host_uri() { echo "test+unix:///default?socket=$T/$1/run/libvirt-sock"; } # HOST

end_fleet() {
    local status=$?
    umount /etc/hosts
    (exit "$status")
    clean_up
}

# The names are those of DNS elsewhere.
name_hosts() {
    local host
    {
        echo '127.0.0.1 localhost'
        for host in $(host_names); do echo "$(host_address "$host") $host"; done
    } > "$T/hosts"
    mount --bind "$T/hosts" /etc/hosts
    trap end_fleet EXIT
}

start_host_libvirtd() { # HOST
    local d=$T/$1
    printf '%s\n' "unix_sock_dir = \"$d/run\"" 'unix_sock_ro_perms = "0777"' 'auth_unix_rw = "none"' 'auth_unix_ro = "none"' \
        'min_workers = 2' 'keepalive_interval = -1' "log_outputs = \"3:file:$d/libvirtd.log\"" > "$d/libvirtd.conf"
    # Without the modules of other drivers, it starts at once.
    (LIBVIRT_DRIVER_DIR=$T/none exec libvirtd --config "$d/libvirtd.conf" --pid-file "$d/libvirtd.pid" < /dev/null \
        > "$d/libvirtd.out" 2>&1) &
    libvirtd_of[$1]=$!
}

start_host_snmpd() { # HOST
    local d=$T/$1
    printf '%s\n' "agentAddress udp:$(host_address "$1"):161" 'rocommunity public 127.0.0.0/8' 'master agentx' \
        "agentXSocket $d/agentx" 'agentXPerms 0777 0755' 'dontLogTCPWrappersConnects true' > "$d/snmpd.conf"
    (SNMP_PERSISTENT_DIR=$d/snmpd SNMPCONFPATH=$d/snmpd exec snmpd -f -Lf "$d/snmpd.log" -C -c "$d/snmpd.conf" \
        -I -smux,mteTrigger,mteTriggerConf < /dev/null > "$d/snmpd.out" 2>&1) &
    snmpd_of[$1]=$!
}

# As its user, with the read-only socket, as the tests of one host do it.
start_host_agent() { # HOST
    local d=$T/$1 uri
    uri=$(host_uri "$1")
    (HOME=$d/agent SNMPCONFPATH=$d/agent SNMP_PERSISTENT_DIR=$d/agent exec setpriv --reuid nobody --regid nogroup --clear-groups -- \
        "$(agent_program)" -f -x "$d/agentx" --state-dir "$d/agent/state" -Lf "$d/agent/log" -u "${uri}-ro" \
        < /dev/null > "$d/agent.out" 2>&1) &
    agent_of[$1]=$!
}

# The settings of the agent: LINEs of guestlistd.conf.
start_hosts() { # [LINE...]
    local host
    must_be_main_shell
    mkdir -p "$T/none"
    name_hosts
    for host in $(host_names); do
        mkdir -p "$T/$host"/{run,snmpd,agent}
        printf '%s\n' "$@" > "$T/$host/agent/guestlistd.conf"
        chown -R nobody "$T/$host/agent"
        start_host_libvirtd "$host"
        start_host_snmpd "$host"
    done
    for host in $(host_names); do
        wait_for 60 "[ -S $T/$host/agentx ] && [ -S $T/$host/run/libvirt-sock-ro ]"
        start_host_agent "$host"
    done
    for host in $(host_names); do
        wait_for 60 "[ \"\$(ask_host $host 1.3.6.1.4.1.8072.9999.9999.2512.1.1.2.0)\" = 2 ]"
        fill_host "$host"
    done
}

ask_host() { snmpget -v2c -c public -Oqve -t 5 "$(host_address "$1")" "$2"; } # HOST OID

on_host() { # HOST VIRSH-COMMANDS
    VIRSH_LIMIT=60 run_virsh "$(host_uri "$1")" "$2" > "$T/virsh.out" 2>&1 || FAIL "$1: $2: $(cat "$T/virsh.out")"
    ! grep '^error:' "$T/virsh.out" || FAIL "$1: $2"
}

# Guest 3 of hv001 is vm-001-03. The last five of each host: two run and do not start at boot, one is paused, two are off.
guest_name() { printf 'vm-%s-%02d' "${1#hv}" "$2"; } # HOST NUMBER

guest_file() { # NAME
    [ -e "$T/$1.xml" ] || test_domain "$1" "$(uuid_of "$1")" > "$T/$1.xml"
    echo "$T/$1.xml"
}

guest_uuid() { local uuid; uuid=$(uuid_of "$1"); echo "${uuid^^}"; } # NAME

fill_host() { # HOST
    local number name words='destroy test; undefine test'
    for ((number = 1; number <= GUESTS; number++)); do
        name=$(guest_name "$1" $number)
        words+="; define $(guest_file "$name")"
        [ $number -gt $((GUESTS - 5)) ] || words+="; autostart $name"
        [ $number -gt $((GUESTS - 2)) ] || words+="; start $name"
        [ $number != $((GUESTS - 2)) ] || words+="; suspend $name"
    done
    on_host "$1" "$words"
}

# What a migration looks like: the target has the guest paused until the source lets it go.
migrate() { # GUEST FROM TO
    on_host "$3" "define $(guest_file "$1"); start $1; suspend $1; autostart $1"
    on_host "$2" "destroy $1; undefine $1"
    on_host "$3" "resume $1"
}

start_at() { on_host "$2" "define $(guest_file "$1"); start $1"; } # GUEST HOST

lose() { on_host "$2" "destroy $1; undefine $1"; } # GUEST HOST

# The driver of this host keeps its guests, even if the agent gives up its connections.
keep_guests() { # HOST
    (exec virsh -k0 -q -c "$(host_uri "$1")" event --all --loop < /dev/null > "$T/$1/keeper.out" 2>&1) &
    # Nobody else uses this socket. The sixth column is the state, and 03 is connected.
    wait_for 20 "awk -v socket='$T/$1/run/libvirt-sock' '\$NF == socket && \$6 == \"03\" { n++ } END { exit !n }' /proc/net/unix"
}

host_hangs() { # HOST
    keep_guests "$1"
    pause "${libvirtd_of[$1]}"
}

# The host is off: nothing answers, and no packet says so.
host_down() { # HOST
    pause "${snmpd_of[$1]}"
    pause "${agent_of[$1]}"
}

host_up() { # HOST
    resume "${agent_of[$1]}"
    resume "${snmpd_of[$1]}"
}
