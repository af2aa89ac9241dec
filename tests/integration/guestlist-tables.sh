#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The tables of GUESTLIST-MIB agree with --once=json for real domains.
# glNameTable returns the row of each name in one GET, for names of any bytes. A hung guest has partial details and still has
# its state.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpget snmpwalk libvirtd jq qemu-system-x86_64
need_root

domains=$guestlist_mib.1.2.1
names=$guestlist_mib.1.4.1.2
start_libvirtd
start_snmpd
fill_shared_test_driver
printf -v long '%0100d' 7
for name in "$long" "${long}x" 'é中' 'a b' '-rf' "it's \"x\""; do
    test_domain "$name" "$(uuid_of "$name")" > "$T/domain.xml"
    on_shared create "$T/domain.xml" > "$T/out" 2>&1 || FAIL "$(cat "$T/out")"
done

configure_agent 'interval 1'
start_agent -u "$SHARED_URI"
wait_for 30 "[ \"\$(gl $gl_domains)\" = 15 ]"
"$GUESTLISTD" -C --once=json -u "$SHARED_URI" > "$T/json" || FAIL "--once ended with status $?"
states=(nostate running blocked paused shutdown shutoff crashed pmsuspended)
word() { case $1 in 1) echo true ;; 2) echo false ;; 3) echo null ;; esac }
d() { value "$domains.$1.$row"; }

while IFS=$'\t' read -r uuid id state reason active persistent autostart once at_boot save snapshot checkpoint; do
    row=$(row_of "$uuid") || FAIL "no row of $uuid"
    equal "$id" "$(d 1)" "glDomainId of $uuid"
    equal "$state" "${states[$(d 2)]}" "glDomainState of $uuid"
    equal "$reason" "$(d 4)" "glDomainStateReasonText of $uuid"
    equal "$active $persistent $autostart $once $at_boot $save $snapshot $checkpoint" \
        "$(for column in 5 6 7 14 15 8 9 10; do word "$(d $column)"; done | xargs)" "the attributes of $uuid"
    equal 1 "$(d 13)" "glDomainDetails of $uuid"
    case $at_boot in true) equal 2 "$(vm $vm_autostart "$uuid")" "vmAutoStart of $uuid" ;; esac
done < <(jq -r '.domains[] | [.uuid, .id // 0, .state, .reason, .active, .persistent, .autostart,
    (.autostart_once | tostring), (.starts_at_boot | tostring), .managed_save, .snapshot, .checkpoint] | @tsv' "$T/json")
row=$(row_of "$(uuid_of sh-crashed)")
equal 3 "$(d 3)" "glDomainStateReason of sh-crashed"
step "each column agrees with --once"

counted() { jq "[.domains[] | select($1)] | length" "$T/json"; }
equal 1 "$(gl $gl_autostart_inactive)" glDomainsAutostartInactive
equal "$(counted '.starts_at_boot and (.active | not)')" "$(gl $gl_autostart_inactive)" glDomainsAutostartInactive
equal "$(counted '.active and (.starts_at_boot | not)')" "$(gl $gl_active_no_autostart)" glDomainsActiveNoAutostart
on_shared "start sh-waiting; autostart --disable sh-autostart" > "$T/out" 2>&1 || FAIL "$(cat "$T/out")"
wait_for 20 "[ \"\$(gl $gl_autostart_inactive)\" = 0 ]"
wait_for 20 "[ \"\$(gl $gl_active_no_autostart)\" = $(($(counted '.active and (.starts_at_boot | not)') + 1)) ]"
step "the counts of what a boot would change are right"

dotted() { printf %s "$1" | od -An -v -tu1 | xargs | tr ' ' .; }
for name in sh-saved "$long" 'é中' 'a b' '-rf' "it's \"x\""; do
    equal "$(row_of "$(uuid_of "$name")")" "$(value "$names.$(dotted "$name")")" "glNameVmIndex of $name"
done
value "$names.$(dotted "${long}x")" && FAIL "a name of 101 octets has a row"
value "$names.$(dotted sh-save)" && FAIL "the beginning of a name has a row"
equal 14 "$(walk $names | grep -c INTEGER)" "rows of glNameTable"
# They are sorted by octets, as in the C locale.
equal "$({ jq -r '.domains[].name' "$T/json" | grep -vx "${long}x"; } | LC_ALL=C sort | while read -r name; do dotted "$name"; done)" \
    "$(walk $names | sed "s/^\.${names//./\\.}\.\(.*\) = .*/\1/")" "the order of names"
on_shared destroy 'a b' > "$T/out"
wait_for 20 "! value $names.$(dotted 'a b')"
step "each name has its row"
stop_agent

# This guest has a title and an id. Its process hangs later.
define_qemu gt-hung title='Of <sales>'
on_qemu start gt-hung > "$T/out" 2>&1 || FAIL "$(cat "$T/out")"
start_agent -u "$QEMU_URI"
wait_for 30 "row=\$(row_of gt-hung) && [ \"\$(value $domains.12.\$(row_of gt-hung))\" = 'Of <sales>' ]"
row=$(row_of gt-hung)
equal "$(on_qemu domid gt-hung)" "$(d 1)" "glDomainId of gt-hung"
equal '1 booted' "$(d 2) $(d 4)" "state and reason of gt-hung"
wait_for 20 "[ \"\$(value $domains.13.$row)\" = 1 ]"
pause "$(qemu_pid gt-hung)"
wait_for 30 "[ \"\$(value $domains.13.$row)\" = 2 ]"
equal '1 booted' "$(d 2) $(d 4)" "state and reason of gt-hung while it hangs"
equal 1 "$(d 6)" "glDomainPersistent of gt-hung while it hangs"
resume "$(qemu_pid gt-hung)"
wait_for 30 "[ \"\$(value $domains.13.$row)\" = 1 ]"
OK
