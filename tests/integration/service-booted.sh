#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The unit works under a real systemd, booted in a container.
# The sandbox of the unit lets the agent work. systemd restarts a killed agent. Reload and stop work. The agent can read
# libvirt's file of passwords.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/unit.sh"
. "$(dirname "$0")/container.sh"
need systemd-nspawn libvirtd snmpwalk qemu-system-x86_64 saslpasswd2
need_unit
need_namespaces
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
say "rows are present"
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
# From now on libvirtd asks for a password. It is in the file of libvirt, which only the group of the agent may read.
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

container_fill() {
    copy 755 "$(agent_program)" "$(setting ExecStart | cut -d ' ' -f 1)"
    copy 644 "$unit" /etc/systemd/system/guestlistd.service
    for f in sysusers tmpfiles; do copy 644 "$top_builddir/packaging/$f.d/guestlist.conf" /etc/$f.d/guestlist.conf; done
    mkdir -p "$root/etc/sasl2"
    copy 644 "$top_srcdir/docs/snmpd-guestlist.conf" /etc/snmp/snmpd.conf.d/guestlist.conf
    qemu_domain one | write /etc/libvirt/qemu/one.xml
    services='snmpd.service libvirtd.service guestlistd.service'
}

run_in_container
OK
