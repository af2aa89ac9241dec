#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# glJobTable has a row for each guest that is dumped or saved, or whose snapshot is taken, with the numbers of virsh domjobinfo.
# The row ends with the job. While there is no job, no guest is asked. migration.sh tests migrations. A backup sends no event
# before the first of its disks is done; docs/limits.md says so.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/jobs-lib.sh"
. "$(dirname "$0")/obstacles.sh"
need virsh snmpget snmpwalk libvirtd qemu-system-x86_64 qemu-img
need_root
need_obstacles

# Makes a pipe and reads 2 MiB from it. The rest of it is read after let_go.
make_slow_pipe() {
    rm -f "$T/pipe" "$T/go"
    mkfifo "$T/pipe"
    # shellcheck disable=SC2016  # for the inner shell
    (tied sh -c 'exec < "$1/pipe"; head -c 2097152; until [ -e "$1/go" ]; do sleep 0.1; done; cat' - "$T" > "$T/piped" 2> "$T/piped.err") &
    reader=$!
}

let_go() {
    touch "$T/go"
    wait $reader
}

# Runs a virsh command that writes into the pipe. It does not end before let_go.
begin_job() { # ARGUMENT...
    make_slow_pipe
    run_virsh "$QEMU_URI" "$@" > "$T/job.out" 2>&1 &
    job=$!
}

# The job stands still. So its data is the same in both answers, as soon as a listing has read it.
becomes_job() { # OPERATION NAME
    wait_for 60 "[ \"\$(job 1 $2)\" = '$1' ] || ! alive $job"
    alive "$job" || FAIL "the job ended early: $(cat "$T/job.out")"
    wait_for 60 "is_like_virsh $2"
    step "$1: $(job 2 "$2") ms, $(job 4 "$2") of $(job 3 "$2") octets"
}

start_libvirtd
start_snmpd
define_restless guest disk="$T/guest.qcow2"
define_qemu other
act start guest
act start other
wait_for 60 "grep -q ! $T/serial"
configure_agent 'interval 1'
start_agent -u "$QEMU_URI"
wait_for 30 "[ \"\$(vm $vm_oper_state guest)\" = 4 ] && [ \"\$(vm $vm_oper_state other)\" = 4 ]"
for _ in {1..5}; do next_listing; done
equal 0 "$(calls_made job)" "calls for jobs while there are none"
equal '' "$(job_rows)" "rows of glJobTable"

begin_job dump guest "$T/pipe" --live
becomes_job Dump guest
equal 4 "$(vm $vm_oper_state guest)" "vmOperState during the dump of a guest that runs"
equal "$(row_of guest)" "$(job_rows)" "rows of glJobTable"
begun=$(job 2 guest)
wait_for 20 "[ \$(job 2 guest) -gt $begun ]"
let_go
wait $job || FAIL "the dump failed: $(cat "$T/job.out")"
wait_for 10 '[ -z "$(job_rows)" ]'
step "no row after the dump"

begin_job save guest "$T/pipe"
becomes_job Save guest
act domjobabort guest
let_go
wait $job && FAIL "the save succeeded"
wait_for 10 '[ -z "$(job_rows)" ]'
equal running "$(on_qemu domstate guest)" "the guest after the save was canceled"
step "no row after the save"

begin_job snapshot-create-as guest s1 --live --memspec "$T/pipe,snapshot=external" \
    --diskspec "vda,snapshot=external,file=$T/overlay.qcow2"
becomes_job Snapshot guest
act domjobabort guest
let_go
wait $job && FAIL "the snapshot was taken"
wait_for 10 '[ -z "$(job_rows)" ]'

# Both guests were asked only while one of them had a job, and each listing asked once.
calls=$(calls_made job)
for _ in {1..5}; do next_listing; done
equal "$calls" "$(calls_made job)" "calls for jobs after the last one"
[ "$(gl $gl_calls)" -le 7 ] || FAIL "a listing took $(gl $gl_calls) calls"
OK "$calls calls for three jobs"
