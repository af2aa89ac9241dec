#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The memory of a guest that is off does not change by itself, even if the guest has no balloon.
# Without a balloon, the XML has a current memory that the guest will never have. libvirt's statistics report all of its memory.
. "$(dirname "$0")/lib.sh"
need virsh snmpget libvirtd qemu-system-x86_64
need_root

start_libvirtd
start_snmpd
define_qemu mo-none memory=65536 current=32768 balloon=none
define_qemu mo-balloon memory=65536 current=32768
start_agent -C -i 1 -u "$QEMU_URI"
wait_for 20 'row_of mo-none && row_of mo-balloon'
memory=1.3.6.1.2.1.236.1.4.1.13
none=$memory.$(row_of mo-none) balloon=$memory.$(row_of mo-balloon)
serial=1.3.6.1.4.1.8072.9999.9999.2512.1.1.5.0

# Reads both values until the file $T/stop exists.
sample() { # FILE
    until [ -e "$T/stop" ]; do snmp snmpget -Oqv "127.0.0.1:$SNMP_PORT" "$none" "$balloon" | xargs; done > "$1"
}
wait_for 20 "[ \"\$(value $none)\" = 65536 ] && [ \"\$(value $balloon)\" = 32768 ]"
step "the rows have the memory that the guests will start with"

# Each definition makes the agent read both the XML and the statistics again. The memory stays the same.
sample "$T/samples" &
sampler=$!
for _ in {1..4}; do
    before=$(value $serial)
    define_qemu mo-none memory=65536 current=32768 balloon=none
    define_qemu mo-balloon memory=65536 current=32768
    wait_for 20 "[ \$(value $serial) -gt $((before + 2)) ]"
done
touch "$T/stop"
wait $sampler
[ "$(wc -l < "$T/samples")" -ge 20 ] || FAIL "only $(wc -l < "$T/samples") samples"
equal '65536 32768' "$(sort -u "$T/samples")" "all values of both guests"
step "$(wc -l < "$T/samples") samples are the same"

act start mo-none
wait_for 20 "on_qemu dominfo mo-none | grep 'Used memory: *65536 KiB'"
wait_for 20 "[ \"\$(value 1.3.6.1.2.1.236.1.4.1.6.${none##*.})\" = 4 ]"
equal 65536 "$(value "$none")" "vmCurMem of the guest that runs"
OK "the guest starts with the memory of its row"
