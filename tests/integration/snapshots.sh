#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# glSnapshotTable agrees with virsh snapshot-list, for guests that run, that are off, and that hang, and for libvirt's test driver.
# The first and the last snapshot of a guest are visible at once. Without the directive, the table is empty.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpget snmpwalk libvirtd qemu-system-x86_64 qemu-img
need_root

table=$guestlist_mib.1.11.1
count=1 newest=2 oldest=3 newest_age=4 oldest_age=5
start_libvirtd
start_snmpd
uri=$QEMU_URI
column() { value "$table.$1.$(row_of "$2")"; } # COLUMN NAME

# Prints the seconds since 1970 of a DateAndTime.
seconds_of() { # COLUMN NAME
    local h
    h=$(hex_value "$table.$1.$(row_of "$2")") || return
    date -d "$((16#${h:0:4}))-$((16#${h:4:2}))-$((16#${h:6:2})) $((16#${h:8:2})):$((16#${h:10:2})):$((16#${h:12:2}))$(
        [ "${h:16:2}" = 2d ] && echo - || echo +)$(printf '%02d:%02d' $((16#${h:18:2})) $((16#${h:20:2})))" +%s
}

# Prints the times of all snapshots as virsh has them, the oldest first.
virsh_times() { # NAME
    local snapshot
    run_virsh "$uri" snapshot-list "$1" --name | grep . | while read -r snapshot; do
        run_virsh "$uri" snapshot-dumpxml "$1" "$snapshot" | sed -n 's|^  <creationTime>\(.*\)</creationTime>|\1|p'
    done | sort -n
}

compare() { # NAME
    local times age
    times=$(virsh_times "$1")
    equal "$(grep -c . <<< "$times")" "$(column $count "$1")" "glSnapshotCount of $1"
    equal "$(tail -n 1 <<< "$times")" "$(seconds_of $newest "$1")" "glSnapshotNewest of $1"
    equal "$(head -n 1 <<< "$times")" "$(seconds_of $oldest "$1")" "glSnapshotOldest of $1"
    age=$(($(date +%s) - $(head -n 1 <<< "$times") - $(column $oldest_age "$1")))
    [ ${age#-} -le 2 ] || FAIL "glSnapshotOldestAge of $1 differs by $age s"
    age=$(($(date +%s) - $(tail -n 1 <<< "$times") - $(column $newest_age "$1")))
    [ ${age#-} -le 2 ] || FAIL "glSnapshotNewestAge of $1 differs by $age s"
}

for name in sn-off sn-runs sn-hangs sn-none; do
    define_qemu $name disk="$T/$name.qcow2"
done
act snapshot-create-as sn-off one
wait_for 5 "[ \$(date +%s) -gt $(virsh_times sn-off) ]" # so that the next one is not as old
act snapshot-create-as sn-off two
act start sn-hangs
act snapshot-create-as sn-hangs before
pause "$(qemu_pid sn-hangs)"
act start sn-runs

configure_agent 'interval 1' 'snapshots yes'
start_agent -u "$QEMU_URI"
wait_for 30 "column $count sn-off && column $count sn-hangs"
equal 2 "$(column $count sn-off)" "glSnapshotCount of sn-off"
compare sn-off
compare sn-hangs
for name in sn-none sn-runs; do
    equal 0 "$(column $count $name)" "glSnapshotCount of $name"
    ! column $newest $name && ! column $oldest_age $name || FAIL "a time without a snapshot of $name"
done
equal 'Gauge32 Gauge32 Gauge32 Gauge32' "$(walk $table.$count | sed 's/^.* = \(.*\): .*/\1/' | xargs)" "the rows of glSnapshotTable"
step "the table agrees with virsh snapshot-list, also for a guest that hangs"

act snapshot-create-as sn-runs first
wait_for 10 "[ \"\$(column $count sn-runs)\" = 1 ]"
compare sn-runs
# The guest is paused for this one. This is an event.
wait_for 5 "[ \$(date +%s) -gt $(virsh_times sn-runs) ]"
act snapshot-create-as sn-runs second
wait_for 10 "[ \"\$(column $count sn-runs)\" = 2 ]"
compare sn-runs
act snapshot-delete sn-off one
act snapshot-delete sn-off two
wait_for 10 "[ \"\$(column $count sn-off)\" = 0 ]"
! column $newest sn-off || FAIL "sn-off has a time without a snapshot"
step "the first and the last snapshot are visible at once, and so is one that pauses the guest"

configure_agent 'interval 1'
kill -s HUP "$AGENT_PID"
wait_for 20 "! walk $table | grep Gauge32"
next_listing
equal '' "$(walk $table | grep Gauge32)" "glSnapshotTable without the directive"
configure_agent 'interval 1' 'snapshots yes'
kill -s HUP "$AGENT_PID"
wait_for 20 "[ \"\$(column $count sn-runs)\" = 2 ]"
stop_agent
step "a reload turns the table off and on"

uri=$SHARED_URI
fill_shared_test_driver
start_agent -u "$SHARED_URI"
wait_for 30 "[ \"\$(column $count sh-snapshot)\" = 1 ]"
compare sh-snapshot
equal 0 "$(column $count sh-running)" "glSnapshotCount of sh-running"
OK
