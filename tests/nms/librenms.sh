#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The lines in docs/librenms.md that add VM-MIB to LibreNMS give the same guests as vmwVmTable, which LibreNMS reads today.
# PHP runs the trait over a real walk. LibreNMS itself is not run: tests/nms/librenms.php replaces it.
. "$(dirname "$0")/../integration/lib.sh"
. "$(dirname "$0")/../integration/agent.sh"
need php virsh libvirtd snmpget snmpwalk snmpbulkwalk qemu-system-x86_64
need_root

vmw_entry=1.3.6.1.4.1.6876.2.1.1

# The first block of PHP is a file, the second one the end of a function.
awk -v dir="$T" '/^```php$/ { file = dir "/block" ++n ".php"; next } /^```/ { file = "" } file { print > file }' \
    "$top_srcdir/docs/librenms.md"
printf '%s\n' '<?php' 'class Linux' '{' 'public function discoverVmInfo()' '{' "$(cat "$T/block2.php")" '}' '}' > "$T/end.php"
for file in "$T/block1.php" "$T/end.php"; do
    php -l "$file" > "$T/php" 2>&1 || FAIL "$(cat "$T/php")"
done

vm_mib_rows() {
    php "$lib_dir/../nms/librenms.php" "$top_srcdir/mib:$top_srcdir/mib/base" "udp:127.0.0.1:$SNMP_PORT" "$T/block1.php" | sort -n
}

# Prints the same rows of vmwVmTable, with the numbers of LibreNMS for the words.
vmw_rows() {
    local index state
    for index in $(walk "$vmw_entry.2" | sed -n "s/^\.$vmw_entry\.2\.\([0-9]*\) = .*/\1/p"); do
        case $(value "$vmw_entry.6.$index") in
            'powered off') state=0 ;; 'powered on') state=1 ;; suspended) state=2 ;; *) state=3 ;;
        esac
        echo "$index $state $(value "$vmw_entry.5.$index") $(value "$vmw_entry.9.$index") $(value "$vmw_entry.2.$index")|$(value "$vmw_entry.4.$index")"
    done | sort -n
}

start_libvirtd
start_snmpd
define_qemu web01 vcpu=2 maxvcpus=3 memory=65536 os=http://debian.org/debian/12
define_qemu old-mail
on_qemu start web01 > "$T/out" 2>&1 || FAIL "$(cat "$T/out")"
configure_agent 'interval 1' 'vmwareVmTable yes'
start_agent -u "$QEMU_URI"
wait_for 30 '[ "$(vmw_rows | grep -c "|h")" = 2 ]'
next_listing
equal "$(row_of web01) 1 64 2 web01|http://debian.org/debian/12" "$(vm_mib_rows | grep web01)" "the row of web01"
equal "$(vmw_rows)" "$(vm_mib_rows)" "rows of QEMU's guests"
stop_agent || FAIL "the agent ended with status $?"

make_test_file "$T/states.xml"
test_domains "$T/states.xml"
start_agent -u "$TEST_URI" --state-dir "$T/state-states"
wait_for 30 '[ "$(vmw_rows | grep -c "|hvm$")" = 9 ]'
equal '0 1 2 3' "$(vmw_rows | cut -d ' ' -f 2 | sort -u | xargs)" "power states among the guests"
equal "$(vmw_rows)" "$(vm_mib_rows)" "rows of each state"
OK
