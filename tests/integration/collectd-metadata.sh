#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# With the option Metadata, the values and notifications of a guest carry chosen values of its metadata: write_log writes them as JSON,
# and a program that collectd runs for a notification gets them as lines. A text that breaks lines cannot add a line of its own.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/collectd.sh"
need collectd virsh libvirtd jq
need_root
need_plugin

start_libvirtd
fill_shared_test_driver
nova='<metadata><nova:instance xmlns:nova="http://openstack.org/xmlns/libvirt/nova/1.1"><nova:name>Shop
Severity: FAILURE</nova:name><nova:flavor name="m1.small"/><nova:owner><nova:project uuid="p1">sales</nova:project></nova:owner>
</nova:instance></metadata>'
test_domain with-nova "$(uuid_of with-nova)" "$nova" > "$T/with-nova.xml"
on_shared "create $T/with-nova.xml" > "$T/out" || FAIL "$(cat "$T/out")"

configure_collectd \
    "$(hypervisor kvm "$SHARED_URI" 'Notifications true' 'Metadata openstack' \
        'Metadata "openstack" "/instance/owner/project/@uuid" "project_id"')" \
    "$(hypervisor plain "$SHARED_URI" 'Domain "with-nova"' 'PluginInstanceFormat "uuid"')" \
    "$(hypervisor wrong "$SHARED_URI" 'Metadata "nova"' 'Metadata "urn:x" "/a" "uuid"' 'ReportDomains false')"
record_notifications
load_plugin write_log 'Format JSON'
start_collectd

# The log has lines such as: [{"values":[1],...,"meta":{"name":"Shop"}}]
values() { # PLUGIN-INSTANCE
    grep '^\[{.*}\]$' "$COLLECTD_LOG" | jq -c --arg i "$1" '.[] | select(.plugin == "guestlist" and .plugin_instance == $i)'
}
meta() { values "$1" | jq -c 'select(.type == "domain_state") | .meta' | tail -n 1; } # PLUGIN-INSTANCE
wait_for 30 'meta with-nova | grep -q project'
equal '{"flavor":"m1.small","name":"Shop\\x0aSeverity: FAILURE","project":"sales","project_id":"p1"}' "$(meta with-nova | jq -cS .)" \
    "the metadata of a value"
wait_for 30 'meta sh-running && values kvm'
equal null "$(meta sh-running)" "the metadata of a guest that has none"
equal null "$(meta "$(uuid_of with-nova)")" "the metadata of a value without the option"
equal null "$(values kvm | jq -c .meta | sort -u)" "the metadata of a total"
step "values carry the metadata"

on_shared suspend with-nova > "$T/out" || FAIL "$(cat "$T/out")"
wait_for 30 "grep -q 'PluginInstance: with-nova|.*project' $T/notes"
note=$(grep 'PluginInstance: with-nova|' "$T/notes" | tail -n 1)
for line in 'Severity: WARNING' "uuid: $(uuid_of with-nova)" 'state: paused' 'name: Shop\x0aSeverity: FAILURE' 'project: sales' 'flavor: m1.small' \
    'project_id: p1'; do
    [[ "|$note" == *"|$line|"* ]] || FAIL "the notification lacks '$line': $note"
done
step "notifications carry the metadata"

logged() { grep -F "hypervisor \"wrong\": ignoring option \"Metadata\": $1" "$COLLECTD_LOG"; } # REASON
logged 'expected openstack alone, or NAMESPACE XPATH KEY' || FAIL "a wrong option is not logged: $(cat "$COLLECTD_LOG")"
logged 'expected a KEY other than uuid, state and reason' || FAIL "a wrong key is not logged: $(cat "$COLLECTD_LOG")"
stop_collectd
OK
