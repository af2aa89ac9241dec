#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A guest marked with autostart once (libvirt 11.2) counts as starting at the next boot.
# All objects about starting at boot follow the mark. Neither a list of domains nor an event reports it. So a change is
# visible within a minute. For a new guest it is visible at once, with the event of the new guest.
# It mostly waits.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpget snmpwalk libvirtd qemu-system-x86_64
need_root

virsh help autostart | grep -q -e --once || SKIP "libvirt $(virsh --version) has no autostart once (needs 11.2)"

once=$guestlist_mib.1.2.1.14 at_boot=$guestlist_mib.1.2.1.15
autostart_inactive() { gl 16; }   # glDomainsAutostartInactive
active_no_autostart() { gl 17; }  # glDomainsActiveNoAutostart

# glDomainAutostart, glDomainAutostartOnce, glDomainStartsAtBoot, vmAutoStart: true(1) false(2); enabled(2) disabled(3)
facts() { # NAME
    local row
    row=$(row_of "$1") || return
    echo "$(value "$guestlist_mib.1.2.1.7.$row") $(value "$once.$row") $(value "$at_boot.$row") $(value "$vm_entry.$vm_autostart.$row")"
}

become() { # NAME 'FACTS'
    wait_for 60 "[ \"\$(facts $1)\" = '$2' ]"
}

start_libvirtd
start_snmpd
for name in ao-off ao-always ao-once ao-running; do define_qemu $name; done
act autostart ao-always
act autostart --once ao-once
act start ao-running
configure_agent 'interval 1'
start_agent -u "$QEMU_URI"
start=$(now)
become ao-off '2 2 2 3'
become ao-always '1 2 1 2'
become ao-once '2 1 1 2'
become ao-running '2 2 2 3'
step "read $(since "$start") s after the start"
equal '2 1' "$(autostart_inactive) $(active_no_autostart)" \
    "counts of guests that start at boot and do not run, and that run and do not start at boot"

# There is no event for the mark. The agent reads it once a minute.
start=$(now)
act autostart --once ao-running
become ao-running '2 1 1 2'
step "set: visible after $(since "$start") s"
wait_for 10 '[ "$(autostart_inactive) $(active_no_autostart)" = "2 0" ]'
[ "$(gl $gl_calls)" -le 7 ] || FAIL "a listing took $(gl $gl_calls) calls"

# Changes with an event are visible at once: a started guest no longer waits, and a new guest is read when it is defined and
# started.
act start ao-once
wait_for 10 '[ "$(autostart_inactive)" = 1 ]'
define_qemu ao-new
act autostart --once ao-new
act start ao-new
start=$(now)
wait_for 5 "[ \"\$(facts ao-new)\" = '2 1 1 2' ]"
step "mark of a new guest: visible after $(since "$start") s"

act autostart --once --disable ao-running
define_qemu ao-running
wait_for 5 "[ \"\$(facts ao-running)\" = '2 2 2 3' ]"
wait_for 10 '[ "$(active_no_autostart)" = 1 ]'

# A transient guest does not start at boot.
create_qemu ao-transient
wait_for 10 'row_of ao-transient'
wait_for 10 "[ \"\$(value $at_boot.\$(row_of ao-transient))\" = 2 ]"
equal 3 "$(vm $vm_autostart ao-transient)" "vmAutoStart of a transient guest"
OK
