#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A guest whose process hangs (SIGSTOP) is found: since when, as virsh domcontrol reports it, and how many there are.
# Two notifications report it: one when it stops answering, one when it answers again. Other guests are not affected.
# It mostly waits.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/traps.sh"
need virsh snmpget snmpwalk libvirtd qemu-system-x86_64
need_root

ok=1 occupied=3
control() { value "$guestlist_mib.1.2.1.17.${row[$1]}"; } # NAME
seconds() { value "$guestlist_mib.1.2.1.18.${row[$1]}"; } # NAME
details() { value "$guestlist_mib.1.2.1.13.${row[$1]}"; } # NAME

start_libvirtd
start_snmptrapd
start_snmpd "$(trapsink)"
define_qemu fine
define_qemu hung
define_qemu off
act "start fine; start hung"
configure_agent 'interval 2' 'notifications perVM'
start_agent -u "$QEMU_URI"
wait_for 30 "[ \"\$(gl $gl_not_answering)\" = 0 ]"
declare -A row
for name in fine hung off; do
    row[$name]=$(row_of $name) || FAIL "no row of $name"
    equal "$ok 0" "$(control $name) $(seconds $name)" "glDomainControl and glDomainControlSeconds of $name"
done
next_listing
equal '' "$(traps_since 0 "$answers_kinds")" "notifications while all guests answer"

pid=$(qemu_pid hung)
pause "$pid"
stopped=$(now)
wait_for 40 "[ \"\$(control hung)\" = $occupied ]"
step "control is occupied $(since "$stopped") s after the guest hung"
equal 2 "$(details hung)" "glDomainDetails of the hung guest"
wait_for 20 "[ \"\$(gl $gl_not_answering)\" = 1 ]"
first=$(seconds hung)
wait_for 20 "[ \"\$(seconds hung)\" -ge $((first + 3)) ]"
# virsh rounds down to milliseconds: "occupied (4.567s)".
at=$(seconds hung)
virsh_at=$(on_qemu domcontrol hung)
later=$(seconds hung)
grep -q '^occupied' <<< "$virsh_at" || FAIL "virsh domcontrol: $virsh_at"
virsh_seconds=$(sed 's/^occupied (\([0-9]*\)\..*/\1/' <<< "$virsh_at")
[ "$virsh_seconds" -ge "$((at - 1))" ] && [ "$virsh_seconds" -le "$((later + 1))" ] ||
    FAIL "glDomainControlSeconds was $at to $later, but virsh reports $virsh_at"
awk -v a="$later" -v b="$(since "$stopped")" 'BEGIN { exit !(a <= b + 1) }' || FAIL "occupied for $later s, but it hung later"
step "since $later s, as virsh reports"
for name in fine off; do equal "$ok 0" "$(control $name) $(seconds $name)" "control of $name"; done

wait_for_traps 1 0 "$answers_kinds"
next_listing
next_listing
traps_since 0 "$answers_kinds" > "$T/answers"
equal 1 "$(wc -l < "$T/answers")" "notifications about the hung guest"
read -r kind name uuid trap_control trap_seconds index < "$T/answers"
equal "glDomainNotAnswering hung $(uuid_of hung) $occupied ${row[hung]}" "$kind $name $uuid $trap_control $index" "the notification"
[ "$trap_seconds" -ge 1 ] && [ "$trap_seconds" -le "$later" ] || FAIL "the notification has $trap_seconds s"
step "one notification"

resume "$pid"
resumed=$(now)
wait_for 30 "[ \"\$(control hung) \$(seconds hung) \$(details hung)\" = '$ok 0 1' ]"
wait_for 20 "[ \"\$(gl $gl_not_answering)\" = 0 ]"
step "it answers again $(since "$resumed") s after it continued"
wait_for_traps 2 0 "$answers_kinds"
next_listing
next_listing
equal "glDomainAnswering hung $(uuid_of hung) $ok 0 ${row[hung]}" "$(traps_since 0 "$answers_kinds" | tail -n +2)" \
    "the notification that it answers again"
step "the second notification"

# It hangs again, and is stopped while it hangs. Its next start shows that it answers.
begin=$(mark)
pause "$pid"
wait_for_traps 1 "$begin" "$answers_kinds"
kill -s KILL "$pid"
wait_for 30 "[ \"\$(value $guestlist_mib.1.2.1.5.${row[hung]})\" = 2 ]"
equal "0 $ok" "$(gl $gl_not_answering) $(control hung)" "glDomainsNotAnswering and glDomainControl of a guest that was killed"
act start hung
wait_for_traps 2 "$begin" "$answers_kinds"
equal "glDomainNotAnswering glDomainAnswering" "$(traps_since "$begin" "$answers_kinds" | awk '{ print $1 }' | xargs)" \
    "the notifications about a guest that was killed"
equal '' "$(traps_since 0 invalid)" "notifications that do not conform to the MIB"
OK
