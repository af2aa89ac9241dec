#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The title and the description of a guest, as virsh desc prints them, are in glDomainTable, and chosen values of the metadata that
# OpenStack and others keep in its XML are in glMetadataTable. What is longer than 255 octets is cut between two characters. A
# change of a guest is visible without a restart, and a change of the configuration after SIGHUP.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpget snmpwalk libvirtd qemu-system-x86_64
need_root

title=$guestlist_mib.1.2.1.12 description=$guestlist_mib.1.2.1.19
start_libvirtd
start_snmpd
printf -v long 'é%.0s' {1..200}
define_qemu lb-shop title='Shop <1>' description='Sells "all" & more'
define_qemu lb-long title="-$long" description="$long"
define_qemu lb-plain
configure_agent 'interval 1' 'metadata openstack' "metadata urn:cmdb /asset[@kind = 'server']/@id asset.id_1"
start_agent -u "$QEMU_URI"
wait_for 30 "value $description.\$(row_of lb-shop) && value $description.\$(row_of lb-long) && value $description.\$(row_of lb-plain)"

equal "$(on_qemu desc lb-shop --title)" "$(value "$title.$(row_of lb-shop)")" "glDomainTitle of lb-shop"
equal "$(printf %s "$(on_qemu desc lb-shop)" | od -An -v -tx1 | tr -d " \n")" \
    "$(hex_value "$description.$(row_of lb-shop)")" "glDomainDescription of lb-shop"
equal '' "$(value "$title.$(row_of lb-plain)")$(value "$description.$(row_of lb-plain)")" "the labels of lb-plain"
equal "$(printf %s "-$long" | head -c 255 | od -An -v -tx1 | tr -d ' \n')" "$(hex_value "$title.$(row_of lb-long)")" "glDomainTitle of lb-long"
equal "$(printf %s "$long" | head -c 254 | od -An -v -tx1 | tr -d ' \n')" "$(hex_value "$description.$(row_of lb-long)")" \
    "glDomainDescription of lb-long"
step "titles and descriptions agree with virsh desc"

act start lb-shop
act desc lb-shop --live --config --new-desc 'Sells nothing'
wait_for 30 "[ \"\$(value $description.\$(row_of lb-shop))\" = 'Sells nothing' ]"
step "a new description is visible"

# As Nova writes it, see docs/guestlist-mib.md.
metadata=$guestlist_mib.1.10.1.2
nova() { # VERSION NAME
    echo "<domain type='qemu'><name>$2</name><uuid>$(uuid_of "$2")</uuid><metadata>
        <nova:instance xmlns:nova='http://openstack.org/xmlns/libvirt/nova/$1'>
        <nova:package version='25.0.1'/><nova:name>Shop $1</nova:name><nova:flavor name='m1.small'><nova:memory>512</nova:memory>
        </nova:flavor><nova:owner><nova:user uuid='u1'>alice</nova:user><nova:project uuid='p1'>sales</nova:project></nova:owner>
        </nova:instance></metadata><memory>32768</memory><vcpu>1</vcpu><os><type arch='x86_64' machine='pc'>hvm</type></os></domain>"
}
dotted() { printf %s "$1" | od -An -v -tu1 | xargs | tr ' ' .; }
key() { value "$metadata.$(row_of "$1").$(dotted "$2")"; } # NAME KEY
equal '' "$(walk $metadata | grep STRING)" "glMetadataTable without metadata"
nova 1.1 lb-new | on_qemu define /dev/stdin > "$T/out" || FAIL "$(cat "$T/out")"
nova 1.0 lb-old | on_qemu define /dev/stdin > "$T/out" || FAIL "$(cat "$T/out")"
act metadata lb-shop --live --config urn:cmdb --key c --set '<asset kind="server" id="A &lt;7&gt;"/>'
wait_for 30 'key lb-new name && key lb-old name && key lb-shop asset.id_1'
equal 'Shop 1.1, sales, m1.small' "$(key lb-new name), $(key lb-new project), $(key lb-new flavor)" "the metadata of lb-new"
equal 'Shop 1.0, sales, m1.small' "$(key lb-old name), $(key lb-old project), $(key lb-old flavor)" "the metadata of lb-old"
equal 'A <7>' "$(key lb-shop asset.id_1)" "the metadata of lb-shop"
equal "$(for name in lb-shop lb-new lb-old; do
    [ $name = lb-shop ] && keys=asset.id_1 || keys='flavor name project'
    for key in $keys; do echo ".$metadata.$(row_of $name).$(dotted "$key")"; done
done)" "$(walk $metadata | grep STRING | cut -d ' ' -f 1)" "the rows of glMetadataTable"
equal "$(walk $metadata)" "$(bulkwalk $metadata)" "glMetadataTable in bulk"
step "glMetadataTable has the chosen values, in the order of vmIndex and key"

act metadata lb-shop --live --config urn:cmdb --key c --set '<asset kind="server" id="B"/>'
wait_for 30 '[ "$(key lb-shop asset.id_1)" = B ]'
act metadata lb-shop --live --config urn:cmdb --remove
wait_for 30 '! key lb-shop asset.id_1'
configure_agent 'interval 1' 'metadata openstack /instance/owner/user/text() user'
kill -s HUP "$AGENT_PID"
wait_for 30 '[ "$(key lb-new user)" = alice ] && [ "$(key lb-old user)" = alice ]'
equal 2 "$(walk $metadata | grep -c STRING)" "rows of glMetadataTable after a change of the configuration"
configure_agent 'interval 1'
kill -s HUP "$AGENT_PID"
wait_for 30 '! walk $metadata | grep STRING'
step "a reload changes the chosen values"

stop_agent
while IFS='|' read -r line expected; do
    configure_agent 'interval 1' "$line"
    start_agent -u "$QEMU_URI"
    wait "$AGENT_PID"
    equal 2 $? "the exit status with '$line'"
    grep -F "guestlistd.conf: line 2: Error: metadata \"${line#metadata }\": expected $expected" "$T/agent.out" > "$T/out" ||
        FAIL "'$line' is refused with: $(cat "$T/agent.out")"
done << 'LINES'
metadata nova|openstack alone, or NAMESPACE XPATH KEY
metadata nova /instance/name name|a NAMESPACE of at most 255 octets that is a URI
metadata urn:cmdb /c:asset/id asset|an XPATH of at most 255 octets that is an XPath expression without prefixes
metadata urn:cmdb /asset/id a/b|a KEY of 1 to 64 letters
LINES
OK
