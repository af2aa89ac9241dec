#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A domain with a managed save is suspended(6).
# The agent knows this from the image, not from libvirt's reason: libvirtd forgets the reason when it restarts, and a save to
# a file has the same reason. A guest that was saved while paused is paused(8) once started. libvirt reports its reason as a
# migration.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpget snmpwalk libvirtd qemu-system-x86_64 qemu-img
need_root

becomes() { # NAME vmOperState vmAdminState
    wait_for 30 "[ \"\$(vm $vm_oper_state $1) \$(vm $vm_admin_state $1)\" = '$2 $3' ]"
}

reason() { on_qemu domstate --reason "$1"; }

start_libvirtd
start_snmpd
for name in s-managed s-file s-paused; do define_qemu $name; act start $name; done
configure_agent 'interval 1'
start_agent -u "$QEMU_URI"
for name in s-managed s-file s-paused; do becomes $name 4 1; done
step "guests run"

act managedsave s-managed
act save s-file "$T/s-file.save"
act managedsave s-paused --paused
equal "$(reason s-managed)" "$(reason s-file)" "libvirt's words for both saves"
becomes s-managed 6 2
becomes s-file 11 4
becomes s-paused 6 2
step "only a managed save is suspended"

restart_libvirtd
equal "shut off (unknown)" "$(reason s-managed)" "libvirt's words after its restart"
next_listing 60
becomes s-managed 6 2
becomes s-file 11 4
becomes s-paused 6 2
step "a restart of libvirtd changes nothing"

act start s-paused
equal "paused (migrating)" "$(reason s-paused)" "libvirt's word for a guest that was saved paused"
becomes s-paused 8 3
next_listing
becomes s-paused 8 3
act resume s-paused
becomes s-paused 4 1
act start s-managed
becomes s-managed 4 1
act restore "$T/s-file.save"
becomes s-file 4 1
step "all run again"

act managedsave s-managed
becomes s-managed 6 2
act managedsave-remove s-managed
becomes s-managed 11 4
OK
