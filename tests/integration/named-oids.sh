#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The agent answers every OID of its subtrees that a page or a sample has.
# An OID can be an object, a column or a table. OIDs of notifications are left out: no request can read them.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/guests.sh"
need virsh snmpget snmpbulkwalk libvirtd qemu-system-x86_64 qemu-img
need_root

roots=(1.3.6.1.2.1.236 1.3.6.1.4.1.36957 1.3.6.1.4.1.8072.9999.9999.2512 1.3.6.1.4.1.6876.2.1)

cd "$top_srcdir" || FAIL "no source tree at $top_srcdir"
files=(README.md docs/*.md docs/*.conf docs/*.conf.example docs/*.[158] integrations/{icinga2,nagios,telegraf}/*.c*f*)
for root in "${roots[@]}"; do
    grep -oE "(^|[^0-9.])\.?${root//./\\.}(\.[0-9]+)*" "${files[@]}" | sed 's/:[^0-9.]*\.\{0,1\}/ /' | grep -vE " ${root//./\\.}\.0(\.|$)"
done | sort -u > "$T/named"
for file in README.md docs/other-systems.md docs/librenms.md docs/checks.md integrations/telegraf/guestlist.conf; do
    grep -q "^$file " "$T/named" || FAIL "this test finds no OID in $file"
done

start_libvirtd
start_snmpd
make_images
define_devices named "$(user_interface_xml 52:54:00:00:00:01 e1000)$(disk_xml disk file raw "file=$IMAGES/flat.raw" vda virtio)"
start_guest named
configure_agent 'interval 1' 'vmwareVmTable yes'
start_agent -u "$QEMU_URI"
wait_for 30 "[ \"\$(vm $vm_oper_state named)\" = 4 ] && value $vm_mib.1.8.1.2.1.1"
next_listing
for root in "${roots[@]}"; do
    bulkwalk "$root" | sed -n 's/^\.\([0-9.]*\) = .*/\1/p'
done > "$T/served"

# An OID is answered if it is an object, the beginning of an object, or a column with the index of another row.
awk 'FILENAME ~ /served$/ {
        object[$1]
        for (name = $1; sub(/\.[0-9]+$/, "", name); )
            begins[name]
        column = $1
        if (sub(/\.[1-9][0-9]*$/, "", column))
            columns[column]
        next
    }
    {
        row = $2
        if ($2 in object || $2 in begins || (sub(/\.[1-9][0-9]*$/, "", row) && row in columns))
            answered++
        else
            print "not answered: " $2 " in " $1
    }
    END { print answered + 0 > "/dev/stderr" }' "$T/served" "$T/named" > "$T/unanswered" 2> "$T/answered"
[ ! -s "$T/unanswered" ] || FAIL "$(cat "$T/unanswered")"
OK "the agent answers all $(cat "$T/answered") OIDs"
