#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Values return by themselves after each of ten restarts of libvirtd.
# libvirtd is also missing when collectd starts. No domain is lost. The log has one line when libvirtd goes away and one when
# it is back. If this happens again and again within a minute, the log does not repeat it.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/collectd.sh"
need collectd virsh libvirtd qemu-system-x86_64
need_root
need_plugin

prepare_libvirtd main
configure_collectd "$(hypervisor kvm "qemu+unix:///system?socket=$(libvirtd_dir)/run/libvirt/libvirt-sock" 'Notifications true')"
start_collectd
wait_for 30 '[ "$(csv_rows guestlist-kvm/bool-connected)" -ge 3 ]'
equal 0 "$(csv guestlist-kvm/bool-connected)" "bool-connected before libvirtd is there"
equal nan "$(csv guestlist-kvm/duration-listing_age)" "the age before the first listing"
equal nan "$(csv guestlist-kvm/count-total)" "count-total before the first listing"
logged 'hypervisor "kvm": qemu+unix.*cannot connect' || FAIL "the log does not report that libvirtd is missing"
step "started before libvirtd"

start_libvirtd
define_qemu survivor
define_qemu two
on_qemu start survivor > "$T/out" || FAIL "$(cat "$T/out")"
wait_for 30 '[ "$(csv guestlist-survivor/domain_state)" = 1 ] && [ "$(csv guestlist-two/domain_state)" = 5 ]'
step "domains appeared by themselves"

for try in 1 2 3 4 5 6 7 8 9 10; do
    signal=TERM
    [ $((try % 2)) = 0 ] || signal=KILL
    stop_libvirtd $signal
    wait_for 30 '[ "$(csv guestlist-kvm/bool-connected)" = 0 ]'
    launch_libvirtd main
    wait_for 40 '[ "$(csv guestlist-kvm/bool-connected)" = 1 ]'
done
next_value guestlist-kvm/bool-connected
equal 1 "$(csv guestlist-kvm/bool-connected)" "bool-connected after the last restart"
equal 1 "$(csv guestlist-survivor/domain_state)" "the state of a domain that kept running"
equal 2 "$(csv guestlist-kvm/count-total)" count-total
process=$(ps -o etimes= -p "$(qemu_pid survivor)" | xargs)
up=$(csv guestlist-survivor/uptime)
up=${up%.*}
[ $((up - process)) -ge -2 ] && [ $((up - process)) -le 2 ] || FAIL "uptime is $up s, but the process has run for $process s"
# The first five times: at the start, and after the first four restarts. An attempt to connect may fail, too, for two reasons.
back=$(grep -c 'connected again' "$COLLECTD_LOG")
[ "$back" -ge 4 ] && [ "$back" -le 6 ] || FAIL "\"connected again\" was logged $back times: $(cat "$COLLECTD_LOG")"
[ "$(grep -c 'cannot connect\|connection lost' "$COLLECTD_LOG")" -le 14 ] ||
    FAIL "too many messages: $(cat "$COLLECTD_LOG")"
# On a slow host, a listing can come while libvirtd starts the domain.
! grep 'Notification: ' "$COLLECTD_LOG" | grep -v 'Reason: normal startup\|Reason: the domain is being started' ||
    FAIL "a notification, although no domain changed its state"
stop_collectd || FAIL "collectd ended with status $?"
# By default, libvirt prints each error. An attempt every few seconds for hours would fill a journal.
! grep '^libvirt:' "$C/out" || FAIL "libvirt prints errors that are in the log"
OK
