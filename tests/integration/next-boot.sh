#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The one request of docs/guestlist-mib.md reads which guests the next boot of the host starts or ends.
# Its result agrees with virsh, with the two counts of GUESTLIST-MIB, and with the output on the page.
. "$(dirname "$0")/lib.sh"
need virsh libvirtd snmpbulkget paste
need_root

start_libvirtd
fill_shared_test_driver
start_snmpd
start_agent -C -u "$SHARED_URI"
wait_for 20 'row_of sh-transient'

page=$top_srcdir/docs/guestlist-mib.md
command=$("$top_srcdir/tests/lint/commands.sh" --list | sed -n 's/^docs\/guestlist-mib.md\t\(snmpbulkget .*glDomainStartsAtBoot.*\)/\1/p')
[ -n "$command" ] || FAIL "$page has no such command"
differing() {
    MIBS=GUESTLIST-MIB:VM-MIB MIBDIRS=$top_srcdir/mib/base:$top_srcdir/mib:$top_builddir/mib \
        bash -c "${command/localhost/127.0.0.1:$SNMP_PORT}" 2> "$T/err" || FAIL "$(cat "$T/err")"
}
names() { awk '{ print $3 }' | sort | xargs; }
# The names that virsh lists with these options, without those of the second list.
# shellcheck disable=SC2086  # words
without() { comm -23 <(on_shared list --name $1 | grep . | sort) <(on_shared list --all --name $2 | grep . | sort); }
agrees() {
    differing > "$T/rows"
    equal "$(without --inactive --no-autostart | xargs)" "$(grep 'Active\.[0-9]* = false' "$T/rows" | names)" "guests that should run"
    equal "$(without '' --autostart | xargs)" "$(grep 'Active\.[0-9]* = true' "$T/rows" | names)" "guests that would not come back"
}

agrees
equal "$(grep -o '^ *vmName\.[0-9]* = [a-z-]*' "$page" | names)" "$(names < "$T/rows")" "the guests on the page"
gl=1.3.6.1.4.1.8072.9999.9999.2512.1.1
equal "$(grep -c 'Active\.[0-9]* = false' "$T/rows")" "$(value $gl.16.0)" glDomainsAutostartInactive
equal "$(grep -c 'Active\.[0-9]* = true' "$T/rows")" "$(value $gl.17.0)" glDomainsActiveNoAutostart
step "$(cat "$T/rows")"

on_shared "start sh-waiting; destroy sh-paused; destroy sh-autostart" > "$T/out" 2>&1 || FAIL "$(cat "$T/out")"
wait_for 10 "[ \$(value $gl.16.0) = 1 ] && [ \$(value $gl.17.0) = 2 ]"
agrees
equal sh-autostart "$(grep 'Active\.[0-9]* = false' "$T/rows" | names)" "the guest that was stopped"
OK
