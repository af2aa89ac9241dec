#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# With Statistics, collectd counts the guests that do not answer, and sends a notification when a guest stops answering and
# when it answers again. Without Statistics, the count is NaN, and there is no notification.
# It mostly waits.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/collectd.sh"
need collectd virsh libvirtd qemu-system-x86_64
need_root
need_plugin

start_libvirtd
for name in fine hung; do define_qemu $name && act start $name; done
collectd_interval=2
configure_collectd "$(hypervisor kvm "$QEMU_URI" 'Notifications true' 'Statistics "cpu"')" \
    "$(hypervisor states "$QEMU_URI" 'Notifications true' 'ReportDomains false')"
record_notifications
start_collectd
wait_for 40 '[ "$(csv guestlist-kvm/count-not_answering)" = 0 ]'
equal nan "$(csv guestlist-states/count-not_answering)" "count-not_answering without statistics"

pid=$(qemu_pid hung)
pause "$pid"
wait_for 60 '[ "$(csv guestlist-kvm/count-not_answering)" = 1 ]'
wait_for 20 "grep -q 'TypeInstance: answering' $T/notes"
next_value guestlist-kvm/count-not_answering
next_value guestlist-kvm/count-not_answering
equal 2 "$(csv guestlist-kvm/count-running)" "count-running while a guest hangs"
equal nan "$(csv guestlist-states/count-not_answering)" "count-not_answering without statistics while a guest hangs"
equal 1 "$(grep -c 'TypeInstance: answering' "$T/notes")" "notifications while a guest hangs"
note=$(grep 'TypeInstance: answering' "$T/notes")
for words in 'Severity: WARNING' 'PluginInstance: hung|' 'Type: bool|' 'The domain does not answer the hypervisor; its process may hang.'; do
    grep -Fq "$words" <<< "$note" || FAIL "'$words' is not in the notification: $note"
done
step "one notification when a guest hangs"

resume "$pid"
wait_for 60 '[ "$(csv guestlist-kvm/count-not_answering)" = 0 ]'
wait_for 60 "grep 'TypeInstance: answering' $T/notes | grep 'Severity: OKAY' | grep -q 'The domain answers again.'"
equal 2 "$(grep -c 'TypeInstance: answering' "$T/notes")" "notifications in all"
stop_collectd || FAIL "collectd ended with status $?"
OK
