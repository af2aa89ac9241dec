#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The agent runs as its unit starts it, with Debian's own snmpd.
# snmpd shows no rows without the drop-in, and all rows with it. The agent notifies the service manager when it is ready,
# reloads and ends.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/unit.sh"
need virsh snmpwalk libvirtd qemu-system-x86_64 ip
need_unit

names=$vm_entry.$vm_name
names_shown() { machine_walk $names "$@" | grep -o '"[^"]*"' | sort | xargs; } # [HOST]

make_user
start_libvirtd 'unix_sock_rw_perms = "0700"'
define_qemu one
define_qemu two
start_machine

start_stock_snmpd
start_service
step "ready without access to the master"
grep -q "no AgentX master answers" "$AGENT_LOG" || FAIL "it does not report that it has no access"
equal "" "$(names_shown)" "the names that stock snmpd shows"
equal "$AGENT_UID $AGENT_GID" "$(stat -c '%u %g' "/proc/$AGENT_PID")" "user and group of the process"
equal 0000000000000000 "$(awk '$1 == "CapEff:" { print $2 }' "/proc/$AGENT_PID/status")" "its capabilities"

# These are the steps in README.
on_machine cp "$top_srcdir/docs/snmpd-guestlist.conf" /etc/snmp/snmpd.conf.d/guestlist.conf
on_machine systemd-tmpfiles --create "$top_builddir/packaging/tmpfiles.d/guestlist.conf" > "$T/tmpfiles.out" 2>&1 ||
    FAIL "systemd-tmpfiles: $(cat "$T/tmpfiles.out")"
restart_stock_snmpd
wait_for 20 "[ \"\$(names_shown)\" = 'one two' ]"
equal "755 660 guestlist" "$(on_machine stat -c %a /var/agentx) $(on_machine stat -c '%a %G' /var/agentx/master)" \
    "/var/agentx and the socket in it"
step "rows are present with the drop-in"

wait_for 10 "grep -q '^STATUS=qemu:///system connected, 2 domains' '$notified'"
state=$(on_machine find "/var/lib/$(setting StateDirectory)" -name vmindex -uid "$AGENT_UID")
[ -n "$state" ] || FAIL "it did not write its indexes"

if command -v logrotate > "$T/need"; then
    # A debugging run uses no state file, but opens and checks everything else.
    on_machine logrotate --debug "$top_srcdir/packaging/guestlistd.logrotate" > "$T/logrotate.out" 2>&1 ||
        FAIL "logrotate: $(cat "$T/logrotate.out")"
    grep -i error "$T/logrotate.out" && FAIL "logrotate does not understand packaging/guestlistd.logrotate"
    step "logrotate accepts the file"
fi

reload_service
wait_for 10 "grep -q '^RELOADING=1 MONOTONIC_USEC=' '$notified'"
wait_for 10 "[ \$(grep -cx READY=1 '$notified') = 2 ]"
equal "one two" "$(names_shown)" "the names after a reload"
step "reloaded"

machine_walk $names 192.0.2.1 > "$T/out" 2>&1 && FAIL "stock snmpd answers from outside: $(cat "$T/out")"
echo 'agentaddress udp:192.0.2.1:161' >> "$T/machine/snmp/snmpd.conf.d/guestlist.conf"
restart_stock_snmpd
wait_for 20 "[ \"\$(names_shown 192.0.2.1)\" = 'one two' ]"
step "snmpd answers from outside if the administrator allows it"

stop_service || FAIL "the agent ended with status $?"
grep -qx STOPPING=1 "$notified" || FAIL "it did not notify its end"
OK
