#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# With max_clients = 1 in libvirtd, the plugin logs once which connection is missing.
# A block that lists well, but needs a second connection for the names in the metadata, logs this once. A second block logs
# why it is not connected at all.
# It mostly waits.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/collectd.sh"
need collectd virsh libvirtd
need_root
need_plugin

# The leak checker cannot examine a process that leaves threads behind, as this one does at its end.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
define_many_qemu 1
start_libvirtd 'max_clients = 1' 'max_anonymous_clients = 1'
configure_collectd "$(hypervisor kvm "$QEMU_URI" 'HostnameFormat metadata')"
start_collectd
wait_for 30 '[ "$(csv guestlist-kvm/bool-connected)" = 1 ]'
lacking='no further connection for metadata and autostart once: no answer within 15 s: libvirt hangs, or all of its client'
wait_for 40 'logged "hypervisor \"kvm\": .*: $lacking connections are taken (max_clients in libvirtd.conf)"'
next_value guestlist-kvm/bool-connected
equal 1 "$(grep -cF "$lacking" "$COLLECTD_LOG")" "messages in the log"
[ ! -e "$C/csv/hv1/guestlist-vm-00001" ] || FAIL "a domain is reported although its name is not known yet"
step "one connection lists, and there is no second one"
stop_collectd || FAIL "collectd ended with status $?"

configure_collectd "$(hypervisor one "$QEMU_URI")" "$(hypervisor two "$QEMU_URI")"
start_collectd
wait_for 40 'logged "hypervisor \"[a-z]*\": .*: cannot connect: no answer within 15 s: libvirt hangs, or all of its client"'
first_values guestlist-one/bool-connected guestlist-two/bool-connected
equal 1 "$(($(csv guestlist-one/bool-connected) + $(csv guestlist-two/bool-connected)))" "how many blocks are connected"
equal 1 "$(grep -c 'cannot connect' "$COLLECTD_LOG")" "messages in the log"
stop_collectd || FAIL "collectd ended with status $?"
OK
