#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# For real QEMU domains, collectd writes what virsh and the process table report.
# A guest with a stopped process (SIGSTOP) does not delay the listing.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/collectd.sh"
need collectd virsh libvirtd qemu-system-x86_64 qemu-img
need_root
need_plugin

start_libvirtd
define_qemu q-running
define_qemu q-paused
define_qemu q-off
define_qemu q-saved
qemu_domain q-snapshot disk="$T/snapshot.qcow2" | on_qemu define /dev/stdin > "$T/out" || FAIL "$(cat "$T/out")"
on_qemu "autostart q-off; autostart q-running; start q-running; start q-paused; suspend q-paused; start q-saved" > "$T/out" ||
    FAIL "$(cat "$T/out")"
on_qemu managedsave q-saved > "$T/out" || FAIL "$(cat "$T/out")"
on_qemu snapshot-create-as q-snapshot one > "$T/out" || FAIL "$(cat "$T/out")"
create_qemu q-transient
configure_collectd "$(hypervisor kvm "$QEMU_URI")"
start_collectd
first_values guestlist-q-transient/uptime

# NAME: state, reason, persistent, autostart, managed save, snapshot
while read -r name wanted; do
    got="$(csv "guestlist-$name/domain_state" 1) $(csv "guestlist-$name/domain_state" 2)"
    for metric in persistent autostart managed_save snapshot; do got+=" $(csv "guestlist-$name/bool-$metric")"; done
    equal "$wanted" "$got" "values of $name"
    on_qemu domstats --state "$name" > "$T/stats"
    equal "$(sed -n 's/.*state.state=//p' "$T/stats") $(sed -n 's/.*state.reason=//p' "$T/stats")" "${got:0:3}" \
        "the state that virsh reports for $name"
done << 'DOMAINS'
q-running 1 1 1 1 0 0
q-paused 3 1 1 0 0 0
q-off 5 0 1 1 0 0
q-saved 5 5 1 0 1 0
q-snapshot 5 0 1 0 0 1
q-transient 1 1 0 0 0 0
DOMAINS
equal 1 "$(csv guestlist-kvm/count-autostart_inactive)" "count-autostart_inactive"
equal 2 "$(csv guestlist-kvm/count-autostart)" "count-autostart"
equal 6 "$(csv guestlist-kvm/count-total)" "count-total"
process=$(ps -o etimes= -p "$(qemu_pid q-running)" | xargs)
up=$(csv guestlist-q-running/uptime)
[ $((${up%.*} - process)) -ge -2 ] && [ $((${up%.*} - process)) -le 2 ] || FAIL "uptime is $up s, but the process has run for $process s"
equal 0 "$(csv guestlist-q-off/uptime)" "uptime of a domain that is off"
step "values agree with virsh"

pause "$(qemu_pid q-running)"
on_qemu dommemstat q-running > "$T/memstat" 2>&1 & # a pending job of the hung guest
next_value guestlist-kvm/duration-listing_age
next_value guestlist-kvm/duration-listing_age
is_fresh "$(csv guestlist-kvm/duration-listing_age)" ||
    FAIL "with a hung guest, the listing is $(csv guestlist-kvm/duration-listing_age) s old"
equal 1 "$(csv guestlist-q-running/domain_state)" "the state of the hung guest"
resume "$(qemu_pid q-running)"
wait $! 2> /dev/null
stop_collectd || FAIL "collectd ended with status $?"
OK
