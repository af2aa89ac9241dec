#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# If one of the five attribute lists fails, only that attribute is unknown.
# The list calls for persistent, autostart, managed save, snapshot and checkpoint can fail, for example on a hypervisor that
# is out of memory. The listing is published all the same. The attribute is known again when the call works.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/obstacles.sh"
need virsh snmpget snmpwalk libvirtd
need_root
need_obstacles

attributes=(persistent autostart managed-save snapshot checkpoint) # glDomainTable has them in this order, from column 6 on

# Prints the attributes of a domain, one digit each: true(1) false(2) unknown(3).
attributes_of() { # NAME
    local row column
    row=$(row_of "$1") || return
    for column in 6 7 8 9 10; do value "$guestlist_mib.1.2.1.$column.$row"; done | tr -d '\n'
}

start_libvirtd
start_snmpd
fill_shared_test_driver
configure_agent 'interval 1'
start_agent -u "$SHARED_URI"
wait_for 20 "[ \"\$(attributes_of sh-autostart) \$(attributes_of sh-snapshot) \$(attributes_of sh-saved)\" = '11222 12212 12122' ]"

internal_error=1 operation_failed=9 no_memory=2
for i in 0 1 2 3 4; do
    for code in $internal_error $operation_failed $no_memory; do
        obstacle "${attributes[$i]}" fail $code
        expected=(11222 12212 12122)
        for j in 0 1 2; do expected[j]=${expected[j]:0:$i}3${expected[j]:$((i + 1))}; done
        wait_for 10 "[ \"\$(attributes_of sh-autostart) \$(attributes_of sh-snapshot) \$(attributes_of sh-saved)\" = '${expected[*]}' ]"
        equal 9 "$(row_count)" "rows while the list of ${attributes[$i]} fails"
    done
    no_obstacle "${attributes[$i]}"
    wait_for 10 "[ \"\$(attributes_of sh-autostart) \$(attributes_of sh-snapshot) \$(attributes_of sh-saved)\" = '11222 12212 12122' ]"
    step "${attributes[$i]}: unknown, and known again"
done
equal 0 "$(gl $gl_failures)" glListingFailures
equal "$connected " "$(gl $gl_status) $(gl $gl_last_error)" "status and error"
OK
