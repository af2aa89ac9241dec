#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Two domains that would have one name in collectd are logged once, with the option that tells them apart.
# The names are equal on two <Hypervisor> blocks, or in the part that collectd keeps. With the option, nothing is logged.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/collectd.sh"
need collectd virsh libvirtd
need_root
need_plugin

start_libvirtd
long=$(printf 'x%.0s' {1..130})
{
    echo "$test_node"
    test_domain web "$(uuid_of web)"
    test_domain "${long}1" "$(uuid_of long1)"
    test_domain "${long}2" "$(uuid_of long2)"
    echo '</node>'
} > "$T/one.xml"
{
    echo "$test_node"
    test_domain web "$(uuid_of other-web)"
    test_domain db "$(uuid_of db)"
    echo '</node>'
} > "$T/two.xml"
test_domains "$T/one.xml"
one=$TEST_URI
test_domains "$T/two.xml"
two=$TEST_URI

configure_collectd "$(hypervisor one "$one")" "$(hypervisor two "$two")" "$(hypervisor silent "$two" 'ReportDomains false')"
start_collectd
first_values guestlist-web/uptime guestlist-db/uptime
wait_for 30 'logged "two domains have the same name in collectd.*\"hv1\" with the plugin instance \"web\""'
wait_for 30 "logged 'the same name.*\"${long:0:127}\" '"
first_values guestlist-one/count-total
next_value guestlist-one/count-total
equal 2 "$(grep -c 'two domains have the same name' "$COLLECTD_LOG")" "messages about names"
line=$(grep 'plugin instance "web"' "$COLLECTD_LOG")
for words in "$(uuid_of web)" "$(uuid_of other-web)" 'PluginInstanceFormat "uuid name" tells them apart'; do
    [[ $line == *"$words"* ]] || FAIL "the message does not have '$words': $line"
done
[[ $line =~ of\ hypervisor\ \"(one|two)\" ]] || FAIL "the message does not name the other hypervisor: $line"
stop_collectd || FAIL "collectd ended with status $?"
step "logged once: $line"

configure_collectd "$(hypervisor one "$one" 'PluginInstanceFormat uuid name')" "$(hypervisor two "$two" 'PluginInstanceFormat "uuid name"')"
start_collectd
first_values "guestlist-$(uuid_of web):web/uptime" "guestlist-$(uuid_of other-web):web/uptime"
first_values guestlist-one/count-total
! logged 'the same name' || FAIL "with UUIDs, messages about names"
! logged 'too old' || FAIL "collectd rejects values"
stop_collectd || FAIL "collectd ended with status $?"
OK
