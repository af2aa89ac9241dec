#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# collectd's plugin virt and ours work in one process on the same libvirtd while domains change all the time.
# Domains are defined, started, stopped and undefined. Both plugins keep reporting, and neither logs errors about the domains
# that come and go. collectd ends normally in the middle of it.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/collectd.sh"
need collectd virsh libvirtd
need_root
need_plugin

start_libvirtd
fill_shared_test_driver
configure_collectd "$(hypervisor kvm "$SHARED_URI" 'Notifications true')" \
    "$(hypervisor active "$SHARED_URI" 'Filter active' 'PluginInstanceFormat uuid' 'HostnameFormat name')"
load_plugin virt "Connection \"$SHARED_URI\"" 'HostnameFormat hostname' 'PluginInstanceFormat name' \
    'ExtraStats "domain_state"' 'RefreshInterval 1'
start_collectd
wait_for 30 'csv virt-sh-running/domain_state && csv guestlist-sh-running/domain_state'
equal "$(csv virt-sh-running/domain_state) $(csv virt-sh-running/domain_state 2)" \
    "$(csv guestlist-sh-running/domain_state) $(csv guestlist-sh-running/domain_state 2)" "the states of virt and of guestlist"

change_without_pause() { # NAME UNTIL
    test_domain "$1" "$(uuid_of "$1")" > "$T/$1.xml"
    while [ "${EPOCHREALTIME%[.,]*}" -lt "$2" ]; do
        on_shared "define $T/$1.xml; start $1; autostart $1; suspend $1; resume $1; destroy $1; undefine $1; create $T/$1.xml; destroy $1"
    done > "$T/$1.out" 2>&1
}
seconds=${COLLECTD_CHURN_SECONDS:-60}
until=$((${EPOCHREALTIME%[.,]*} + seconds))
(change_without_pause ch-one $until) & (change_without_pause ch-two $until) & (change_without_pause ch-three $until) &
ours=$(csv_rows guestlist-sh-running/domain_state) virts=$(csv_rows virt-sh-running/domain_state)
wait_for $((seconds + 20)) "[ ${until} -le \${EPOCHREALTIME%[.,]*} ]"
ours=$(($(csv_rows guestlist-sh-running/domain_state) - ours)) virts=$(($(csv_rows virt-sh-running/domain_state) - virts))
[ $ours -ge $((seconds * 7 / 10)) ] || FAIL "only $ours values of guestlist in $seconds s"
[ $virts -ge $((seconds * 5 / 10)) ] || FAIL "only $virts values of virt in $seconds s"
step "$ours values of guestlist and $virts of virt in $seconds s of changes"
! grep -E 'guestlist plugin: ' "$COLLECTD_LOG" || FAIL "guestlist logged errors"
[ "$(grep -c 'Domain state' "$COLLECTD_LOG")" -gt 5 ] || FAIL "no notifications of the changes"
wait_for 30 '[ "$(csv guestlist-kvm/count-total)" = 9 ] && [ "$(csv guestlist-active/count-total)" = 4 ]'
until=$((${EPOCHREALTIME%[.,]*} + 8))
(change_without_pause ch-one $until) & (change_without_pause ch-two $until) &
next_value guestlist-kvm/count-total
stop_collectd || FAIL "in the middle of the changes, collectd ended with status $?"
OK
