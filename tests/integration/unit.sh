# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Verbs for the tests of the service, on a private machine that is not booted. Source this file after lib.sh.
# The machine has private /etc/snmp, /etc/passwd, /var, /run and network, and a private libvirtd. It runs Debian's snmpd as
# Debian's unit starts it. It runs the agent as our unit does: same user, command line, environment and directories,
# everything else read-only.
# shellcheck disable=SC2034  # for the tests

unit=$top_builddir/packaging/guestlistd.service
notified=$T/notified # the messages of the agent to its NOTIFY_SOCKET, one per line

need_unit() {
    need systemd-sysusers systemd-tmpfiles nsenter setpriv perl snmpd
    need_root
    [ -f "$unit" ] || FAIL "$unit is not built"
    [ -f /lib/systemd/system/snmpd.service ] || SKIP "needs Debian's snmpd.service"
    local stock
    stock=$(dpkg-query -W -f '${Conffiles}\n' snmpd 2> /dev/null | awk '$1 == "/etc/snmp/snmpd.conf" { print $2 }')
    [ "$stock" = "$(md5sum < /etc/snmp/snmpd.conf | cut -d ' ' -f 1)" ] || SKIP "needs Debian's unchanged snmpd.conf"
}

setting() { sed -n "s/^$1=//p" "${2:-$unit}"; } # NAME [UNIT]

# Makes the user of the service. Call this before start_libvirtd, whose namespace has the new /etc/passwd and /etc/group.
make_user() {
    prepare_libvirtd main
    mkdir -p "$T/users/etc"
    cp "$(libvirtd_dir main)"/{passwd,group} "$T/users/etc"
    systemd-sysusers --root="$T/users" "$top_builddir/packaging/sysusers.d/guestlist.conf" > "$T/sysusers.out" 2>&1 ||
        FAIL "systemd-sysusers: $(cat "$T/sysusers.out")"
    cp "$T/users/etc"/{passwd,group} "$(libvirtd_dir main)"
    AGENT_UID=$(awk -F: -v u="$(setting User)" '$1 == u { print $3 }' "$T/users/etc/passwd")
    AGENT_GID=$(awk -F: -v g="$(setting Group)" '$1 == g { print $3 }' "$T/users/etc/group")
    [ -n "$AGENT_UID" ] && [ -n "$AGENT_GID" ] || FAIL "sysusers.d does not make the user and group of the unit"
}

machine_script='
mount --bind "$1/var" /var
mount --bind "$1/snmp" /etc/snmp
ip link set lo up
ip address add 192.0.2.1/32 dev lo
echo > "$1/is-up"
exec sleep infinity'

# Starts the machine. Call this after start_libvirtd.
start_machine() {
    local holder=${libvirtd_holder[main]}
    must_be_main_shell
    mkdir -p "$T/machine"/var/{lib,log,cache,tmp,lib/snmp} "$T/machine/bin"
    ln -s /run "$T/machine/var/run"
    chown Debian-snmp: "$T/machine/var/lib/snmp"
    cp -a /etc/snmp "$T/machine/snmp"
    install -m 755 "$(agent_program)" "$T/machine/bin/guestlistd"
    (tied nsenter -t "$holder" -m -p unshare -mn --propagation private bash -c "$machine_script" machine "$T/machine" \
        < /dev/null > "$T/machine/out" 2>&1) &
    disown $!
    wait_for 10 '[ -e "$T/machine/is-up" ]'
    MACHINE_PID=$(child_of $!)
    (tied perl -MIO::Socket::UNIX -e '
        my $socket = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $ARGV[0]) or die "$!";
        chmod 0777, $ARGV[0];
        $| = 1;
        while (defined $socket->recv(my $text, 65536)) { $text =~ tr/\n/ /; print "$text\n" }' "$T/machine/notify" \
        < /dev/null > "$notified" 2>&1) &
    LISTENER_PID=$!
    disown "$LISTENER_PID"
    wait_for 10 '[ -S "$T/machine/notify" ]'
    trap 'stop_machine; clean_up' EXIT
}

# Stops the machine and keeps the exit status of the test.
stop_machine() {
    local status=$?
    end_process "${LISTENER_PID-}" TERM 5
    end_process "${MACHINE_PID-}" KILL 5
    return "$status"
}

# Prints the path of the program itself. The file in the build folder may be a script of libtool.
agent_program() {
    if [ -x "$top_builddir/.libs/guestlistd" ]; then echo "$top_builddir/.libs/guestlistd"; else echo "$GUESTLISTD"; fi
}

# libvirtd must see its clients, so they run in its process namespace. A program enters this namespace as a child process.
child_of() { # PID
    wait_for 10 "pgrep -P $1"
    pgrep -P "$1"
}

on_machine() { nsenter -t "$MACHINE_PID" -m -n -p -- "$@"; }

# Walks like a manager on that machine.
machine_walk() { on_machine snmpwalk -v2c -c public -On -t 5 -r 0 "${2:-localhost}" "$1"; } # OID [HOST]

start_stock_snmpd() {
    local command
    must_be_main_shell
    command=$(setting ExecStart /lib/systemd/system/snmpd.service)
    # shellcheck disable=SC2086  # words
    (
        unset MIBS SNMPCONFPATH SNMP_PERSISTENT_DIR
        tied nsenter -t "$MACHINE_PID" -m -n -p -- setpriv --pdeathsig KILL $command < /dev/null > "$T/snmpd.out" 2>&1
    ) &
    disown $!
    SNMPD_PID=$(child_of $!)
    wait_for 20 'machine_walk 1.3.6.1.2.1.1.3 | grep -q Timeticks'
}

restart_stock_snmpd() {
    end_process "$SNMPD_PID" TERM 10 || FAIL "snmpd did not stop"
    start_stock_snmpd
}

# The steps of systemd between the unit and the program, as far as util-linux has them.
service_script='
umask "$1"
mount --bind "/var/lib/$2" "/var/lib/$2"
mount --bind "/var/log/$3" "/var/log/$3"
mount -o remount,bind,ro /var && mount -o remount,bind,ro / || exit 99
uid=$4 gid=$5
shift 5
exec setpriv --pdeathsig KILL --reuid "$uid" --regid "$gid" --clear-groups --bounding-set=-all --inh-caps=-all \
    --no-new-privs -- env -i "$@"'

start_service() {
    local command words environment arguments
    must_be_main_shell
    command=$(setting ExecStart)
    read -ra words <<< "$command"
    [ "${words[0]##*/}" = guestlistd ] || FAIL "ExecStart=$command"
    words[0]=$T/machine/bin/guestlistd
    on_machine install -d -o "$AGENT_UID" -g "$AGENT_GID" "/var/lib/$(setting StateDirectory)" "/var/log/$(setting LogsDirectory)"
    : > "$notified"
    # Environment= and ExecStart= have no quotes, so they are split into words. Read them here, because child_of expects a
    # single child process.
    read -ra environment <<< "$(setting Environment)"
    arguments=("$(setting UMask)" "$(setting StateDirectory)" "$(setting LogsDirectory)" "$AGENT_UID" "$AGENT_GID")
    (
        tied nsenter -t "$MACHINE_PID" -m -n -p -- unshare -mn --propagation private bash -c "$service_script" service \
            "${arguments[@]}" "${environment[@]}" "NOTIFY_SOCKET=$T/machine/notify" "${words[@]}" < /dev/null > "$AGENT_LOG" 2>&1
    ) &
    SERVICE_PID=$!
    AGENT_PID=$(child_of $SERVICE_PID)
    wait_for 20 "grep -qx READY=1 '$notified' || ! alive $AGENT_PID"
    alive "$AGENT_PID" || FAIL "the agent ended at once: $(cat "$AGENT_LOG")"
}

# Stops the agent. Returns the exit status of the agent.
stop_service() {
    must_be_main_shell
    end_process "$AGENT_PID" TERM 5 || FAIL "the agent did not stop within 5 s"
    AGENT_PID=
    wait "$SERVICE_PID" 2> /dev/null
}

reload_service() {
    local command
    command=$(setting ExecReload)
    # shellcheck disable=SC2086  # words
    ${command//'$MAINPID'/$AGENT_PID}
}
