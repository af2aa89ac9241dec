#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Without a <Hypervisor> block, the plugin watches libvirt's default hypervisor and logs this.
# This is so for "LoadPlugin guestlist" alone and for an empty block. For a <Hypervisor> without a name, the log has what is
# missing, and nothing is watched instead.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/collectd.sh"
need collectd virsh libvirtd
need_root
need_plugin

start_libvirtd
fill_shared_test_driver
export LIBVIRT_DEFAULT_URI=$SHARED_URI
default='there is no <Hypervisor "NAME"> block in <Plugin guestlist>: libvirt.s default hypervisor is watched, under the name "local"'

watches_default() { # WHAT
    start_collectd
    wait_for 30 '[ "$(csv guestlist-local/count-total)" = 9 ]'
    wait_for 30 '[ "$(csv guestlist-sh-paused/domain_state)" = 3 ]'
    equal 1 "$(grep -c "$default" "$COLLECTD_LOG")" "$1: messages about the watched hypervisor"
    stop_collectd || FAIL "collectd ended with status $?"
    step "$1"
}

configure_collectd
sed -i '/^<Plugin guestlist>/,/^<.Plugin>/d' "$C/collectd.conf"
! grep -q 'Plugin guestlist>' "$C/collectd.conf" || FAIL "the configuration still has a block"
watches_default "LoadPlugin alone"

configure_collectd
watches_default "a block without a hypervisor"

# collectd itself ignores a block that has neither a name nor a line, and never frees it. So turn off the leak checker.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
configure_collectd $'<Hypervisor>\n</Hypervisor>'
watches_default "an empty <Hypervisor> without a name"

configure_collectd $'<Hypervisor>\n  Connection "test:///default"\n</Hypervisor>'
start_collectd
wait_for 30 'logged "no hypervisor is watched: no <Hypervisor .NAME.> block can be used, see above"'
logged 'a <Hypervisor> block is left out: expected a name' || FAIL "the log does not have what the block lacks"
! logged "$default" || FAIL "another hypervisor is watched in place of the one that is configured"
stop_collectd || FAIL "collectd ended with status $?"
OK
