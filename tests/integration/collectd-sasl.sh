#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The plugin reads user and password for libvirt's SASL from libvirt's own file, as virsh does.
# Errors are logged once, with the file to correct and without a password. A corrected file is used at the next attempt.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/collectd.sh"
. "$(dirname "$0")/passwords.sh"
need collectd virsh libvirtd saslpasswd2
need_root
need_plugin

# libvirt never frees what it reads from this file. The leak checker would report it for the plugin.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
auth=$T/plugin-auth.conf
set_password monitor hush
unset LIBVIRT_AUTH_FILE
export XDG_CONFIG_HOME=$T/no-config
start_libvirtd 'auth_unix_ro = "sasl"'
define_qemu one
uri="qemu+unix:///system?socket=$LIBVIRT_SOCK_RO&authfile=$auth"
write_auth_file "$auth" authname=monitor password=gossip
configure_collectd "$(hypervisor kvm "$uri")" "$(hypervisor bare "qemu+unix:///system?socket=$LIBVIRT_SOCK_RO")"
start_collectd
wait_for 30 'logged "hypervisor \"kvm\": .*does not take the user or the password of $auth: correct it there"'
wait_for 30 'logged "hypervisor \"bare\": .*asks for a user and a password (SASL), and cannot read /etc/libvirt/auth.conf"'
first_values guestlist-kvm/bool-connected guestlist-bare/bool-connected
equal 0 "$(csv guestlist-kvm/bool-connected)" "bool-connected with a wrong password"
step "errors are logged"

write_auth_file "$auth" authname=monitor password=hush
wait_for 40 '[ "$(csv guestlist-kvm/bool-connected)" = 1 ]'
wait_for 20 '[ "$(csv guestlist-kvm/count-total)" = 1 ]'
equal 5 "$(csv guestlist-one/domain_state)" "the state of a domain behind a password"
equal 0 "$(csv guestlist-bare/bool-connected)" "bool-connected of the block without a password"
equal 1 "$(grep -c 'hypervisor "kvm": .*cannot connect' "$COLLECTD_LOG")" "messages in the log"
stop_collectd || FAIL "collectd ended with status $?"
for word in hush gossip; do shown_nowhere $word; done
OK
