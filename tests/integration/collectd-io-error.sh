#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# collectd's notification of a guest whose disk is full says which disk and why. libvirt has the text since 11.1. With an older
# libvirt, the notification has the reason alone.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/collectd.sh"
. "$(dirname "$0")/full-disk.sh"
need collectd virsh libvirtd qemu-system-x86_64
need_root
need_plugin

start_libvirtd
make_small_file_system
define_writer full
configure_collectd "$(hypervisor kvm "$QEMU_URI" 'Notifications true')"
record_notifications
start_collectd
wait_for 30 '[ "$(csv guestlist-kvm/count-total)" = 1 ]'
act start full
expected='Reason: paused due to a disk I/O error'
! has_io_error_texts || expected="$expected: vda: No space left on device"
wait_for 30 "grep -F 'PluginInstance: full|' $T/notes | grep 'Severity: WARNING' | grep -qF '$expected'"
step "$(grep -o "Reason: paused due.*" "$T/notes" | tail -n 1)"

# The plugin reports the reason once, or twice if the text came late.
step "$(grep -c 'paused due to a disk' "$T/notes") notifications"
make_room
act resume full
wait_for 30 "grep -F 'PluginInstance: full|' $T/notes | tail -n 1 | grep -qF 'Reason: returned from paused state'"
OK
