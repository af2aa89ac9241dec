#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The plugin reports what the configuration asks for: domains, names, totals.
# Each wrong option is logged with what was expected. A block that cannot work is left out, and the others work.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/collectd.sh"
need collectd virsh libvirtd
need_root
need_plugin

start_libvirtd
fill_shared_test_driver
nova='<metadata><nova:instance xmlns:nova="http://openstack.org/xmlns/libvirt/nova/1.0"><nova:name>web server</nova:name>
<nova:owner><nova:user uuid="u1">alice</nova:user></nova:owner></nova:instance></metadata>'
test_domain with-nova "$(uuid_of with-nova)" "$nova" > "$T/nova.xml"
new_nova=${nova//nova\/1.0/nova/1.1}
test_domain with-new-nova "$(uuid_of with-new-nova)" "${new_nova/web server/mail server}" > "$T/new-nova.xml"
on_shared "define $T/nova.xml; define $T/new-nova.xml" > "$T/out" || FAIL "$(cat "$T/out")"
by() { # NAME LINE...
    local name=$1
    shift
    hypervisor "$name" "$SHARED_URI" "$@"
}
uuid=$(uuid_of sh-paused)
configure_collectd \
    "$(by only 'Domain "sh-paused"' 'Domain "/^sh-s.*d$/"' 'HostnameFormat name')" \
    "$(by without 'Domain "/^sh-/"' 'Domain "with-new-nova"' 'IgnoreSelected true' 'HostnameFormat "uuid"')" \
    "$(by both 'Filter "state-paused, state-other"' 'HostnameFormat hostname name' 'PluginInstanceFormat "name uuid"')" \
    "$(by none 'Filter "state-paused"' 'HostnameFormat "name uuid"' 'PluginInstanceFormat none')" \
    "$(by nova 'HostnameFormat "metadata"' 'PluginInstanceFormat "metadata"' 'Domain "/^with-/"' 'Domain "sh-saved"')" \
    "$(by owner 'HostnameMetadataXPath "/instance/owner/user/@uuid"' 'HostnameFormat "uuid metadata"' 'Domain "with-nova"' 'ReportTotals false')" \
    "$(by totals 'ReportDomains false' 'Filter transient')" \
    "$(by words 'nonsense 1' 'ReportTotals perhaps' 'Domain "/(/"' 'HostnameFormat "nam"' 'Connection 1 2' \
        'Statistics cpu net' 'BlockDeviceFormat path' 'InterfaceFormat mac' 'Domain "/((x{99}){99}){99}/"')" \
    "$(hypervisor filter "$SHARED_URI" 'Filter "inactive transient"')" \
    "$(hypervisor uri 'nosuch:///system')" \
    "$(by xpath 'PluginInstanceFormat metadata' 'HostnameMetadataXPath "//["')" \
    "$(by twice 'ReportDomains false')" "$(by twice)" $'<Hypervisor 5>\n</Hypervisor>' 'Connection "test:///default"'
start_collectd
wait_for 30 'csv guestlist-totals/count-total && csv guestlist-twice/count-total && csv guestlist-nova/count-total'
wait_for 30 '[ "$(csv guestlist-nova/count-total)" = 3 ]'
next_value guestlist-twice/count-total

# Prints every folder of values.
reported() { (cd "$C/csv" && find . -mindepth 2 -name 'guestlist*' | sed 's|^\./||' | sort); }
{
    for name in only without both none nova totals twice; do echo "hv1/guestlist-$name"; done
    for name in sh-paused sh-saved; do echo "$name/guestlist-$name"; done
    echo "$(uuid_of with-nova)/guestlist-with-nova"
    echo "$(virsh -q -c "$SHARED_URI" domuuid test 2> /dev/null | xargs)/guestlist-test"
    echo "hv1:sh-paused/guestlist-sh-paused:$uuid"
    echo "sh-paused:$uuid/guestlist"
    echo "web server/guestlist-web server"
    echo "mail server/guestlist-mail server"
    echo "$(uuid_of with-nova):u1/guestlist-with-nova"
} | grep -v '^/' | sort > "$T/expected"
reported > "$T/reported"
diff "$T/expected" "$T/reported" || FAIL "expected (<), reported (>)"
equal 2 "$(csv guestlist-only/count-total)" "count-total of two selected domains"
equal 1 "$(csv guestlist-totals/count-total)" "count-total of transient domains"
equal 3 "$(csv guestlist/domain_state 1 "sh-paused:$uuid")" "the state of a domain without an instance"
step "names and selections are as configured"

# BLOCK|WORDS: the log must have these words about the block.
while IFS='|' read -r block words; do
    grep -F "hypervisor \"$block\"" "$COLLECTD_LOG" | grep -qF -- "$words" || FAIL "the log does not have, about $block: $words"
done << 'SAID'
words|ignoring option "nonsense": unknown; expected one of: Connection Filter
words|ignoring option "ReportTotals": "perhaps" is neither true nor false
words|ignoring option "Domain": "/(/" is not a regular expression
words|ignoring option "HostnameFormat": "nam" is not expected
words|ignoring option "Statistics": "net" is unknown; expected some of: cpu vcpu memory disk interface
words|ignoring option "BlockDeviceFormat": "path" is unknown; expected one of: target source
words|ignoring option "InterfaceFormat": "mac" is unknown; expected one of: name address number
words|ignoring option "Domain": "/((x{99}){99}){99}/" costs too much memory or time
words|is not watched: option "Connection": 2 values; expected one
filter|is not watched: option "Filter": "inactive transient" fits no domain
uri|is not watched: option "Connection"
xpath|is not watched: HostnameMetadataXPath "//["
SAID
logged 'a <Hypervisor> block is left out: expected a name' ||
    FAIL "no message about the block without a name"
logged 'ignoring unknown option "Connection"; expected <Hypervisor' || FAIL "no message about the option outside of blocks"
logged 'guestlist-twice.*already' || FAIL "no message about two blocks with one name"
stop_collectd || FAIL "collectd ended with status $?"
! logged 'thread is abandoned' || FAIL "collectd's end waited for a thread in vain"
step "wrong options are logged"

collectd -t -C "$C/collectd.conf" > "$T/out" 2>&1 || FAIL "collectd -t: $(cat "$T/out")"
OK
