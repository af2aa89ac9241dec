#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The unit under a systemd that was booted for it: a container of systemd-nspawn over this machine's own files, of which
# nothing is written and no service is started but ours, snmpd and libvirtd. The sandbox of the unit lets the agent serve; it is
# started again when it is killed, and it reloads and ends when it is asked to. It may read libvirt's file of passwords.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/unit.sh"
. "$(dirname "$0")/booted.sh"
need systemd-nspawn libvirtd snmpwalk qemu-system-x86_64 saslpasswd2
need_unit
[ "${SANITIZERS:-no}" = no ] || SKIP "LeakSanitizer cannot run under the unit's filter of system calls"

inside='
names() { snmpwalk -v2c -c public -Oqv -t 2 -r 0 localhost 1.3.6.1.2.1.236.1.4.1.2 2>&1 | xargs; }
property() { systemctl show -P "$1" guestlistd.service; }
until_is() { # WANTED COMMAND...
    local wanted=$1
    shift
    for _ in {1..300}; do [ "$("$@")" != "$wanted" ] || return 0; sleep 0.2; done
    say "FAIL: $*: wanted $wanted, got $("$@")"
    systemctl status --no-pager -l guestlistd snmpd libvirtd
    journalctl --no-pager -u guestlistd | tail -n 30
    systemctl exit 1
    exit 1
}
say() { echo "$*"; }
say "booted"
until_is active property ActiveState
say "active"
until_is one names
say "rows are there"
until_is "qemu:///system connected, 1 domain" property StatusText
status=/proc/$(property MainPID)/status
until_is "0000000000000000 1 2" awk "/^(CapEff|NoNewPrivs|Seccomp):/ { printf s \$2; s = \" \" }" "$status"
say "no capabilities, and a filter of system calls"
systemctl reload guestlistd && until_is active property ActiveState && until_is one names
say "reloaded"
kill -s KILL "$(property MainPID)"
until_is 1 property NRestarts
until_is active property ActiveState
until_is one names
say "started again after it was killed"
# From now on libvirtd asks for a password, which is in libvirt'\''s own file. Only the agent'\''s group may read it.
printf "%s\n" "mech_list: scram-sha-256" "sasldb_path: /etc/libvirt/sasl.db" > /etc/sasl2/libvirt.conf
echo hush | saslpasswd2 -p -f /etc/libvirt/sasl.db -a libvirt monitor
sed -i "s/^auth_unix_ro.*/auth_unix_ro = \"sasl\"/" /etc/libvirt/libvirtd.conf
systemctl restart libvirtd
asks() { property StatusText | grep -o "libvirt asks for a user and a password (SASL), and cannot read /etc/libvirt/auth.conf"; }
until_is "libvirt asks for a user and a password (SASL), and cannot read /etc/libvirt/auth.conf" asks
printf "%s\n" "[credentials-guestlist]" authname=monitor password=hush "[auth-libvirt-default]" credentials=guestlist \
    > /etc/libvirt/auth.conf
chown root:guestlist /etc/libvirt/auth.conf
chmod 0640 /etc/libvirt/auth.conf
until_is "qemu:///system connected, 1 domain" property StatusText
say "connected with a password"
systemctl stop guestlistd
until_is "inactive success" eval "echo \$(property ActiveState) \$(property Result)"
say "PASSED"
systemctl exit 0'

copy() { install -D -m "$1" "$2" "$root$3"; } # MODE FILE PLACE

write() { mkdir -p "$root${1%/*}" && cat > "$root$1"; } # PLACE, the text as input

# Everything lives in a mount namespace of its own, and goes with it.
container() {
    join_group
    mount -t tmpfs none "$T/over"
    mkdir "$T/over/"{up,work}
    mount -t overlay overlay -o "lowerdir=/,upperdir=$T/over/up,workdir=$T/over/work" "$root" || return 77
    : > "$root/etc/machine-id"
    copy 755 "$(agent_program)" "$(setting ExecStart | cut -d ' ' -f 1)"
    copy 644 "$unit" /etc/systemd/system/guestlistd.service
    for f in sysusers tmpfiles; do copy 644 "$top_builddir/packaging/$f.d/guestlist.conf" /etc/$f.d/guestlist.conf; done
    mkdir -p "$root/etc/sasl2"
    copy 644 "$top_srcdir/docs/snmpd-guestlist.conf" /etc/snmp/snmpd.conf.d/guestlist.conf
    printf '%s\n' 'user = "root"' 'group = "root"' 'security_driver = "none"' 'stdio_handler = "file"' 'namespaces = []' \
        'cgroup_controllers = []' | write /etc/libvirt/qemu.conf
    qemu_domain one | write /etc/libvirt/qemu/one.xml
    printf '%s\n' 'unix_sock_group = "root"' 'unix_sock_rw_perms = "0700"' 'auth_unix_ro = "none"' 'auth_unix_rw = "none"' |
        write /etc/libvirt/libvirtd.conf
    printf '%s\n' 'u libvirt-qemu 64055' | write /etc/sysusers.d/libvirt-qemu.conf
    printf '%s\n' [Service] Type=notify ExecStart=/usr/sbin/libvirtd | write /etc/systemd/system/libvirtd.service
    printf '%s\n' "$inside" | write /root/inside
    printf '%s\n' [Service] Type=oneshot TimeoutStartSec=infinity \
        'ExecStart=/bin/bash /root/inside' StandardOutput=file:/root/said StandardError=file:/root/said |
        write /etc/systemd/system/guestlist-test.service
    printf '%s\n' [Unit] 'Requires=sysinit.target dbus.socket' 'After=sysinit.target' \
        'Wants=snmpd.service libvirtd.service guestlistd.service guestlist-test.service' AllowIsolate=yes |
        write /etc/systemd/system/guestlist-test.target
    boot "$root" systemd.unit=guestlist-test.target
    status=$?
    cat "$root/root/said" > "$T/said" 2> /dev/null
    return $status
}

root=$T/root
mkdir "$T/over" "$root"
export -f container join_group boot copy write setting agent_program qemu_domain uuid_of xml_escape
export T root unit top_builddir top_srcdir inside GUESTLISTD PATIENCE
(tied unshare -m --propagation private bash -c container < /dev/null > "$T/nspawn.out" 2>&1)
result=$?
leave_cgroups nspawn
cat "$T/said" 2> /dev/null
[ -s "$T/said" ] || SKIP "no systemd can be booted in a container here: $(end_of_console "$T/nspawn.out" 3)"
grep -qx PASSED "$T/said" || FAIL "status $result; the end of the console: $(tail -n 20 "$T/nspawn.out")"
OK
