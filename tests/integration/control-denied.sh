#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# If libvirt's polkit denies changes to the user of the service, SET is refused, and the log has the reason and the remedy.
# With the rule that the project ships, and a reload, SET starts and stops guests.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/traps.sh"
. "$(dirname "$0")/unit.sh"
need virsh snmpset libvirtd qemu-system-x86_64 ip dbus-daemon
need_unit
polkitd=$(find /usr/lib/polkit-1/polkitd /usr/libexec/polkitd -type f 2> /dev/null | head -n 1)
[ -n "$polkitd" ] || SKIP "needs polkitd"
actions=/usr/share/polkit-1/actions

active=1 create_and_go=4 destroy=6
log_count() { grep -c "$1" "$AGENT_LOG"; }

set_row_status() { # VALUE
    on_machine snmpset -v2c -c private -On -t 5 -r 0 localhost "$(guest $guest_row_status "$(uuid_of one)")" i "$1" > "$T/put" 2>&1
}

# libvirt's policy comes with Debian's libvirt-daemon-system, which starts a libvirtd. If it is not installed, this function
# writes the action with the same defaults.
make_policy() {
    cp -r $actions "$T/actions"
    [ -f $actions/org.libvirt.unix.policy ] || cat > "$T/actions/org.libvirt.unix.policy" << 'POLICY'
<!DOCTYPE policyconfig PUBLIC "-//freedesktop//DTD PolicyKit Policy Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/PolicyKit/1.0/policyconfig.dtd">
<policyconfig>
  <action id="org.libvirt.unix.manage">
    <description>Manage local virtualized systems</description>
    <message>System policy prevents management of local virtualized systems</message>
    <defaults>
      <allow_any>auth_admin_keep</allow_any>
      <allow_inactive>auth_admin_keep</allow_inactive>
      <allow_active>auth_admin_keep</allow_active>
    </defaults>
  </action>
</policyconfig>
POLICY
    mkdir "$T/rules"
    chmod 755 "$T/rules"
}

run_on_machine() { # LOG COMMAND...
    local log=$1
    shift
    (tied nsenter -t "$MACHINE_PID" -m -n -p -- setpriv --pdeathsig KILL -- "$@" < /dev/null > "$log" 2>&1) &
    disown $!
}

start_polkitd() {
    on_machine mount --bind "$T/actions" $actions
    on_machine mount --bind "$T/rules" /etc/polkit-1/rules.d
    on_machine mkdir -p /run/dbus
    run_on_machine "$T/dbus.log" dbus-daemon --config-file=/usr/share/dbus-1/system.conf --nofork --nopidfile
    wait_for 10 'on_machine test -S /run/dbus/system_bus_socket'
    run_on_machine "$T/polkitd.log" "$polkitd" --no-debug
    wait_for 20 "on_machine dbus-send --system --print-reply --dest=org.freedesktop.DBus / \
        org.freedesktop.DBus.NameHasOwner string:org.freedesktop.PolicyKit1 | grep -q 'boolean true'"
}

make_user
agent_may_change_domains "polkit decides, not the rights of the socket"
start_libvirtd 'auth_unix_rw = "polkit"'
define_qemu one
start_machine
on_qemu() { on_machine virsh -q -c qemu:///system "$@"; } # polkitd must see the process of the client
make_policy
start_polkitd
# If libvirt's policy for single functions is installed, test the rule for it as well.
drivers=
if [ -f $actions/org.libvirt.api.policy ]; then
    drivers='access_drivers = [ "polkit" ]'
    echo "$drivers" >> "$LIBVIRT_DIR/etc/libvirtd.conf"
fi
restart_libvirtd # a libvirtd that started without the bus does not look for it again
on_machine systemd-tmpfiles --create "$top_builddir/packaging/tmpfiles.d/guestlist.conf" > "$T/tmpfiles.out" 2>&1
cp "$top_srcdir/docs/snmpd-guestlist.conf" "$T/machine/snmp/snmpd.conf.d/guestlist.conf"
echo 'rwcommunity private 127.0.0.1' >> "$T/machine/snmp/snmpd.conf.d/guestlist.conf"
printf '%s\n' 'allowControl yes' 'interval 1' > "$T/machine/snmp/guestlistd.conf"
start_stock_snmpd
start_service
wait_for 20 "machine_walk $vm_entry.$vm_name | grep -q one"
step "rows are present${drivers:+, with the access driver}"

wait_for 20 "grep -q 'SET is refused, because this user may not change domains: .*50-guestlist.rules' '$AGENT_LOG'"
set_row_status $create_and_go && FAIL "a SET that cannot be carried out was accepted: $(cat "$T/put")"
grep -q 'Reason: resourceUnavailable' "$T/put" || FAIL "a SET was refused with: $(cat "$T/put")"
equal 'shut off' "$(on_qemu domstate one)" "the state after a SET that was refused"
reload_service
wait_for 10 "grep -q 'reload: done' '$AGENT_LOG'"
set_row_status $create_and_go && FAIL "a SET was accepted after a reload without the rule"
equal 1 "$(log_count 'SET is refused')" "lines about refused SETs"
step "refused, and the log has the reason"

cp "$top_srcdir/packaging/50-guestlist.rules" "$T/rules"
# polkitd reads its rules again when it sees the new file. No message says when.
wait_for 30 "reload_service; sleep 0.5; set_row_status $active"
set_row_status $create_and_go || FAIL "with the rule a SET is refused: $(cat "$T/put")"
wait_for 30 '[ "$(on_qemu domstate one)" = running ]'
set_row_status $destroy || FAIL "with the rule a SET is refused: $(cat "$T/put")"
wait_for 30 '[ "$(on_qemu domstate one)" = "shut off" ]'
equal 1 "$(log_count 'SET acts on domains now')" "lines about SETs that act on domains"
grep -q 'could not\|cannot' "$AGENT_LOG" && FAIL "a command failed"
stop_service || FAIL "the agent ended with status $?"
OK
