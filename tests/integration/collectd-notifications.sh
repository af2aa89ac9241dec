#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# collectd sends a notification for each change of a domain's state, in the words of its plugin virt.
# The plugin virt runs in the same collectd, for comparison. A domain with autostart that does not run gives one notification,
# and one when it runs again.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/collectd.sh"
need collectd virsh libvirtd
need_root
need_plugin

# True if there is a notification of that domain with all the words.
notified() { # PLUGIN-INSTANCE WORD...
    local lines word
    lines=$(grep 'Plugin: guestlist' "$T/notes" | grep -F "PluginInstance: $1|")
    shift
    for word; do lines=$(grep -F "$word" <<< "$lines"); done
    [ -n "$lines" ]
}

start_libvirtd
fill_shared_test_driver
configure_collectd "$(hypervisor kvm "$SHARED_URI" 'Notifications true' 'ReportDomains false')" \
    "$(hypervisor silent "$SHARED_URI")" "$(hypervisor active "$SHARED_URI" 'Notifications true' 'Filter active' 'Domain "sh-running"' 'PluginInstanceFormat uuid')"
record_notifications
load_plugin virt "Connection \"$SHARED_URI\"" 'HostnameFormat hostname' 'PluginInstanceFormat name' 'ExtraStats "domain_state"'
# The alarm that docs/collectd.md shows, word for word.
load_plugin threshold "$(sed -n '/^    <Plugin threshold>/,/^    <\/Plugin>/p' "$top_srcdir/docs/collectd.md" | sed '1d;$d')"
start_collectd
wait_for 30 '[ "$(csv guestlist-kvm/count-total)" = 9 ] && [ "$(csv guestlist-silent/count-total)" = 9 ] && [ "$(csv guestlist-active/count-total)" = 1 ]'
wait_for 30 'csv virt-sh-running/domain_state'
wait_for 20 "grep -q 'Severity: WARNING.*PluginInstance: kvm.Type: count.TypeInstance: autostart_inactive' $T/notes"
! grep 'Plugin: guestlist' "$T/notes" | grep 'Severity: FAILURE' || FAIL "an alarm at the start without a reason"
ours() { grep 'Plugin: guestlist' "$T/notes" | grep -v 'DataSource: value'; } # notifications of threshold have a DataSource
# Nothing has changed yet, but one domain should run and does not. Just after a boot, its notification waits until the host
# has settled.
wait_for 200 '[ -n "$(ours)" ]'
equal 1 "$(ours | wc -l)" "notifications at the start"
notified sh-waiting 'Severity: WARNING' 'TypeInstance: autostart' 'Autostart is on, but the domain is not running.' ||
    FAIL "not a notification about the domain that should run: $(ours)"

on() { on_shared "$@" > "$T/out" || FAIL "$(cat "$T/out")"; }

on suspend sh-running
wait_for 20 "notified sh-running 'Severity: WARNING' 'Type: domain_state|' 'Domain state: the domain is paused by user. Reason: paused on user request'"
wait_for 20 "notified $(uuid_of sh-running) 'Severity: WARNING'"
notified sh-running "uuid: $(uuid_of sh-running)" 'state: paused' 'reason: user' || FAIL "meta data is missing: $(cat "$T/notes")"
notified sh-running 'Host: hv1' || FAIL "the host is not collectd's"
on resume sh-running
wait_for 20 "notified sh-running 'Severity: OKAY' 'the domain is running. Reason: returned from paused state'"
on destroy sh-running
wait_for 20 "notified sh-running 'Severity: OKAY' 'the domain is shut off. Reason: forced poweroff'"
wait_for 20 "notified $(uuid_of sh-running) 'Severity: OKAY' 'the domain is shut off. Reason: the reason is unknown'"
on start sh-shutoff
wait_for 20 "notified sh-shutoff 'Severity: OKAY' 'the domain is running. Reason: normal startup from boot'"
on "destroy sh-transient"
wait_for 20 "notified sh-transient 'Severity: OKAY' 'the domain is shut off'"
step "one notification for each change of a state"

on destroy sh-autostart
wait_for 20 "notified sh-autostart 'Severity: WARNING' 'Type: bool|' 'TypeInstance: autostart' 'Autostart is on, but the domain is not running.'"
next_value guestlist-kvm/count-total
next_value guestlist-kvm/count-total
on start sh-autostart
wait_for 20 "notified sh-autostart 'Severity: OKAY' 'The domain is running again.'"
on "autostart --disable sh-waiting"
wait_for 20 "notified sh-waiting 'Severity: OKAY' 'Autostart is off'"
equal 2 "$(grep -c 'PluginInstance: sh-autostart|.*TypeInstance: autostart' "$T/notes")" "notifications about autostart of sh-autostart"
equal 2 "$(grep -c 'PluginInstance: sh-waiting|' "$T/notes")" "notifications about sh-waiting"
[ "$(ours | wc -l)" -le 14 ] || FAIL "too many notifications: $(cat "$T/notes")"
step "one notification when a domain with autostart stops, one when it runs again"

# The plugin virt gets libvirt's events. Each of its notifications must have one of ours with the same words. Transient
# domains are left out: no listing has the reason why one ended.
grep 'Plugin: virt|' "$T/notes" | grep -o 'PluginInstance: sh-.*Domain state: .*' | grep -v 'no state' | grep -v sh-transient | sort -u > "$T/virt"
while read -r line; do
    name=$(sed 's/PluginInstance: \([^|]*\)|.*/\1/' <<< "$line")
    words=$(grep -o 'Domain state: [^|]*' <<< "$line")
    notified "$name" "$words" || FAIL "virt sent '$words' for $name, guestlist did not: $(cat "$T/notes")"
done < "$T/virt"
[ "$(grep -c . "$T/virt")" -ge 4 ] || FAIL "virt sent too few notifications to compare: $(cat "$T/virt")"
# libvirt prints an error when virt asks for a domain that is gone. The plugin must not suppress it: it suppresses only its
# own errors.
grep -q '^libvirt: .*error.*sh-transient' "$C/out" || FAIL "libvirt's errors are not printed for virt any more"
step "$(grep -c . "$T/virt") notifications of virt have the same words as ours"
stop_collectd || FAIL "collectd ended with status $?"
OK
