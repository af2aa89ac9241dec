#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# GUESTLIST-MIB's notifications report changes that VM-MIB has no notification for.
# They report a domain with a new row, a domain whose persistence or autostart changed, and a hypervisor that is lost, silent
# for too long, or back.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/traps.sh"
need virsh snmpget snmpwalk libvirtd qemu-system-x86_64
need_root

# shellcheck disable=SC2154 # from agent.sh
shutoff=5 running=1 true=1 false=2

start_libvirtd
start_snmptrapd
start_snmpd "$(trapsink)"
define_marker on_qemu
define_qemu old
configure_agent 'notifications perVM' 'interval 1' 'staleAfter 3'
start_agent -u "$QEMU_URI"
wait_for 30 'row_of old'

changed() { # NAME STATE PERSISTENT AUTOSTART
    echo "glDomainChanged $1 $(uuid_of "$1") $2 $3 $4 $(row_of "$1")"
}

# There must be exactly this notification since the last call.
expect_changed() { # WHAT NAME STATE PERSISTENT AUTOSTART
    wait_for_traps 1 "$begin" $changed_kind
    equal "$(changed "${@:2}")" "$(traps_since "$begin" $changed_kind)" "$1"
    begin=$(mark)
}

equal '' "$(traps_since 0)" "notifications at the start"
begin=$(mark)
define_qemu one
wait_for 20 'row_of one'
expect_changed "a new domain" one $shutoff $true $false
act autostart one
expect_changed "marked autostart" one $shutoff $true $true
act autostart --disable one
expect_changed "autostart turned off" one $shutoff $true $false
act start one
wait_for 20 "[ \"\$(vm \$vm_oper_state one)\" = 4 ]"
act undefine one
expect_changed "undefined while it runs" one $running $false $false
define_qemu one
expect_changed "defined again" one $running $true $false
next_listing
equal '' "$(traps_since "$begin" $changed_kind)" "other notifications"
step "domains"

begin=$(mark)
stop_libvirtd TERM
wait_for_traps 1 "$begin" "$hypervisor_kinds"
launch_libvirtd main
wait_for_traps 2 "$begin" "$hypervisor_kinds"
equal "glHypervisorDown glHypervisorUp" "$(traps_since "$begin" "$hypervisor_kinds" | awk '{ print $1 }' | xargs)" "a restart"
traps_since "$begin" "$hypervisor_kinds" > "$T/hypervisor"
grep -Eq "^glHypervisorDown [^ ]*socket=$LIBVIRT_SOCK_RO [0-9]+ .+" "$T/hypervisor" || FAIL "without its URI, age or reason: $(cat "$T/hypervisor")"
grep -Eq "^glHypervisorUp [^ ]*socket=$LIBVIRT_SOCK_RO [0-9]+ *\$" "$T/hypervisor" || FAIL "glHypervisorUp has an error: $(cat "$T/hypervisor")"
step "libvirtd restarted"

begin=$(mark)
pause_libvirtd
wait_for_traps 1 "$begin" "$hypervisor_kinds"
equal "$stale" "$(gl $gl_status)" "the status when the listing is too old"
resume_libvirtd
wait_for_traps 2 "$begin" "$hypervisor_kinds"
equal "glHypervisorDown glHypervisorUp" "$(traps_since "$begin" "$hypervisor_kinds" | awk '{ print $1 }' | xargs)" "a hang"
step "libvirtd hung"

stop_agent || FAIL "the agent ended with status $?"
configure_agent 'interval 1'
start_agent -u "$QEMU_URI"
wait_for 30 'row_of one'
begin=$(mark)
restart_libvirtd TERM
wait_for 60 "[ \"\$(gl $gl_status)\" = $connected ] && [ \$(gl $gl_reconnects) -gt 0 ]"
act autostart one
next_listing
equal '' "$(traps_since "$begin")" "notifications that are not turned on"
OK
