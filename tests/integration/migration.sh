#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A guest in live migration has vmOperState migrating on both hosts.
# libvirt reports it as running until the last moment. A canceled migration, for which there is no event, ends as well. A
# guest that hangs during the migration delays nothing.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/traps.sh"
. "$(dirname "$0")/jobs-lib.sh"
need virsh snmpget libvirtd qemu-system-x86_64
need_root

running=4 paused=8 migrating=9 off=11

# Both hosts see the socket for the memory. The speed limit of the guest applies.
start_migration() {
    virsh -q -c "$source" migrate --live --persistent --migrateuri "unix://$T/memory" guest "$target" > "$T/migrate.out" 2>&1 &
    migration=$!
}

on_source() { run_virsh "$source" "$@" > "$T/virsh.out" 2>&1 || FAIL "virsh $*: $(cat "$T/virsh.out")"; }

at_target() { COMMUNITY=target "$@"; }

# With the same host UUID, libvirt would refuse the migration.
start_libvirtd -n target "host_uuid = \"$(uuid_of target)\""
target=$QEMU_URI
start_libvirtd -n source "host_uuid = \"$(uuid_of source)\""
source=$QEMU_URI
define_restless guest
on_source start guest
wait_for 60 "grep -q ! $T/serial"
on_source migrate-setmaxdowntime guest 1
on_source migrate-setspeed guest 1

start_snmptrapd
start_snmpd "$(trapsink)" 'com2sec -Cn target targetuser 127.0.0.1 target' 'group targetgroup v2c targetuser' \
    'view all included .1' 'access targetgroup target any noauth exact all none none'
configure_agent 'interval 1' 'notifications perVM' "hypervisor $source" "hypervisor $target target"
start_agent
wait_for 30 "[ \"\$(vm $vm_oper_state guest)\" = $running ]"
wait_for 30 "[ \"\$(at_target gl $gl_status)\" = $connected ]"
calls=$(gl $gl_calls)

start_migration
wait_for 60 "! alive $migration || [ \"\$(vm $vm_oper_state guest)\" = $migrating ]"
alive "$migration" || SKIP "no live migration here: $(cat "$T/migrate.out")"
equal 1 "$(vm $vm_admin_state guest)" "vmAdminState of a guest that migrates"
wait_for 30 "[ \"\$(at_target vm $vm_oper_state guest)\" = $migrating ]"
next_listing
equal $migrating "$(vm $vm_oper_state guest)" "vmOperState a listing later"
[ "$(gl $gl_calls)" -le $((calls + 2)) ] || FAIL "one migration takes $(gl $gl_calls) calls instead of $calls"
step "migrating on both sides"

wait_for 20 '[ "$(job 1 guest)" = "Outgoing migration" ] && [ "$(at_target job 1 guest)" = "Incoming migration" ]'
[ "$(job 3 guest)" -ge 33554432 ] || FAIL "glJobDataTotal is $(job 3 guest), less than the memory of the guest"
elapsed=$(job 2 guest)
wait_for 20 "[ \$(job 2 guest) -gt $elapsed ]"
at_target job 2 guest && FAIL "the target has glJobElapsed, which only the source knows"
step "the job: $(job 4 guest) of $(job 3 guest) octets"

pid=$(qemu_pid guest)
pause "$pid"
next_listing
next_listing
equal $migrating "$(vm $vm_oper_state guest)" "vmOperState of a guest that hangs during its migration"
resume "$pid"
step "a guest that hangs delays nothing"

on_source domjobabort guest
wait_for 30 "[ \"\$(vm $vm_oper_state guest)\" = $running ]"
wait_for 30 '! at_target row_of guest'
wait_for 20 '[ -z "$(job_rows)$(at_target job_rows)" ]'
wait "$migration" && FAIL "the canceled migration succeeded"
next_listing
[ "$(gl $gl_calls)" -le "$calls" ] || FAIL "after the migration a listing takes $(gl $gl_calls) calls, $calls before"
step "canceled: running again"

start_migration
wait_for 60 "[ \"\$(vm $vm_oper_state guest)\" = $migrating ]"
# The migration may end before the second command. The test checks below that it ends.
for limit in 'migrate-setspeed guest 1000' 'migrate-setmaxdowntime guest 2000'; do
    # shellcheck disable=SC2086  # words
    virsh -q -c "$source" $limit > "$T/limit.out" 2>&1
done
wait_for 60 "[ \"\$(at_target vm $vm_oper_state guest)\" = $running ]"
wait_for 30 "[ \"\$(vm $vm_oper_state guest)\" = $off ]"
wait "$migration" || FAIL "the migration failed: $(cat "$T/migrate.out")"
wait_for 20 '[ -z "$(job_rows)$(at_target job_rows)" ]'
step "the guest runs on the target"

# Both agents report a migration that was canceled and one that ended. There is one notification per change, of the right
# kind. A listing may have seen the target while it was preparing.
expected=$(for line in 'vmMigrating 4' 'vmRunning 9' 'vmMigrating 4' 'vmShutdown 9' \
    'vmMigrating 11' 'vmShutdown 9' 'vmDeleted 11' 'vmMigrating 11' 'vmRunning 9'; do echo "$line"; done | sort)
wait_for_traps 9 0 "$vm_kinds"
equal "$expected" "$(traps_since 0 "$vm_kinds" | awk '{ print $1, $4 == 3 ? 11 : $4 }' | sort)" "notifications of both sides"
step "one notification per change"

# A guest that was saved while paused also has the reason "migration".
use_libvirtd target
on_qemu 'managedsave guest --paused; start guest' > "$T/virsh.out" 2>&1 ||
    FAIL "could not save and start: $(cat "$T/virsh.out")"
equal 'paused (migrating)' "$(on_qemu domstate --reason guest)" "libvirt's own words"
at_target next_listing
equal $paused "$(at_target vm $vm_oper_state guest)" "vmOperState of a guest that was saved paused"
OK
