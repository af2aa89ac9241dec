#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The lines of docs/module.md load the module into snmpd and show its rows.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpget libvirtd
need_root
[ "${SANITIZERS:-no}" = no ] || SKIP "snmpd itself has no sanitizers, and this test starts it without their library"

page=$top_srcdir/docs/module.md
sed -n '/^```snmpd.conf module$/,/^```$/p' "$page" | sed '1d; $d' > "$T/lines"
[ "$(wc -l < "$T/lines")" -ge 5 ] || FAIL "docs/module.md has no block of lines for snmpd.conf"
grep -q '^dlmod guestlist /.*/guestlist-snmpd.so$' "$T/lines" || FAIL "the lines do not load the module"
grep -q '^guestlistHypervisor qemu:///system$' "$T/lines" || FAIL "the lines do not name the hypervisor"

start_libvirtd
define_qemu one
# Debian's community has the view systemonly, which the lines extend.
mapfile -t lines < <(sed -e "s|^dlmod guestlist .*|dlmod guestlist $top_builddir/.libs/guestlist-snmpd.so|" \
    -e "s|qemu:///system|$QEMU_URI|" "$T/lines")
start_snmpd 'view systemonly included .1.3.6.1.2.1.1' 'rocommunity stock 127.0.0.1 -V systemonly' "${lines[@]}"
COMMUNITY=stock
wait_for 30 'row_of one'
equal one "$(vm $vm_name one)" vmName
wait_for 20 "[ \"\$(gl $gl_status)\" = $connected ]"
value 1.3.6.1.4.1.36957.1.1.1.2."$(uuid_dotted "$(uuid_of one)")" > "$T/out" || FAIL "LIBVIRT-MIB is not shown"
stop_snmpd
OK
