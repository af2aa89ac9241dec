#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Notifications through a real collectd: a domain's state changes in the words and with the severities of collectd's virt,
# which sends the same beside us; and, once each, that a domain with autostart does not run, and that it does again.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/collectd.sh"
need collectd virsh libvirtd
need_root
need_plugin

# collectd runs this for each notification: one line of "name: value" pairs each. It does not run programs as root.
# Several may run at once, so each writes its line whole.
cat > "$T/note" << NOTE
#!/bin/sh
line=\$(tr '\n' '|')
echo "\$line" >> "$T/notes"
NOTE
chmod 755 "$T/note"
touch "$T/notes"
chmod 666 "$T/notes"

# True once there is a notification of that domain that holds all the words.
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
load_plugin exec "NotificationExec \"nobody\" \"$T/note\""
load_plugin virt "Connection \"$SHARED_URI\"" 'HostnameFormat hostname' 'PluginInstanceFormat name' 'ExtraStats "domain_state"'
# The alarm that docs/collectd.md shows, word for word.
load_plugin threshold "$(sed -n '/^    <Plugin threshold>/,/^    <\/Plugin>/p' "$top_srcdir/docs/collectd.md" | sed '1d;$d')"
start_collectd
wait_for 30 '[ "$(csv guestlist-kvm/count-total)" = 9 ] && [ "$(csv guestlist-silent/count-total)" = 9 ] && [ "$(csv guestlist-active/count-total)" = 1 ]'
wait_for 30 'csv virt-sh-running/domain_state'
wait_for 20 "grep -q 'Severity: WARNING.*PluginInstance: kvm.Type: count.TypeInstance: autostart_inactive' $T/notes"
! grep 'Plugin: guestlist' "$T/notes" | grep 'Severity: FAILURE' || FAIL "an alarm at the start, where all is well"
ours() { grep 'Plugin: guestlist' "$T/notes" | grep -v 'DataSource: value'; } # threshold's name the value
# Nothing has changed yet; but this should run and does not. Just after a boot that waits until the host has settled.
wait_for 200 '[ -n "$(ours)" ]'
equal 1 "$(ours | wc -l)" "notifications at the start"
notified sh-waiting 'Severity: WARNING' 'TypeInstance: autostart' 'Autostart is on, but the domain is not running.' ||
    FAIL "not what should run and does not: $(ours)"

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
step "state changes are told"

on destroy sh-autostart
wait_for 20 "notified sh-autostart 'Severity: WARNING' 'Type: bool|' 'TypeInstance: autostart' 'Autostart is on, but the domain is not running.'"
next_value guestlist-kvm/count-total
next_value guestlist-kvm/count-total
on start sh-autostart
wait_for 20 "notified sh-autostart 'Severity: OKAY' 'The domain is running again.'"
on "autostart --disable sh-waiting"
wait_for 20 "notified sh-waiting 'Severity: OKAY' 'Autostart is off'"
equal 2 "$(grep -c 'PluginInstance: sh-autostart|.*TypeInstance: autostart' "$T/notes")" "words about autostart of sh-autostart"
equal 2 "$(grep -c 'PluginInstance: sh-waiting|' "$T/notes")" "words about sh-waiting"
[ "$(ours | wc -l)" -le 14 ] || FAIL "too many words: $(cat "$T/notes")"
step "autostart that is not obeyed is told once, and that it is over"

# What virt, which hears libvirt's events, told of a domain, we told in the same words. Only why a transient domain ended
# no listing can say.
grep 'Plugin: virt|' "$T/notes" | grep -o 'PluginInstance: sh-.*Domain state: .*' | grep -v 'no state' | grep -v sh-transient | sort -u > "$T/virt"
while read -r line; do
    name=$(sed 's/PluginInstance: \([^|]*\)|.*/\1/' <<< "$line")
    words=$(grep -o 'Domain state: [^|]*' <<< "$line")
    notified "$name" "$words" || FAIL "virt told of $name '$words', and we did not: $(cat "$T/notes")"
done < "$T/virt"
[ "$(grep -c . "$T/virt")" -ge 4 ] || FAIL "virt told too little to compare: $(cat "$T/virt")"
# What libvirt prints when virt asks for the domain that is gone, it prints as ever: we silence nobody but us.
grep -q '^libvirt: .*error.*sh-transient' "$C/out" || FAIL "libvirt's errors are not printed for virt any more"
step "$(grep -c . "$T/virt") notifications of virt's have the same words in ours"
stop_collectd || FAIL "collectd ended with status $?"
OK
