#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# guestlistd --once=unwell prints the guests that need a look, with the reasons, and nothing if all is well.
# The status is 1 for a guest that needs a look and for a failure. Only a failure prints to stderr, and it prints nothing else.
. "$(dirname "$0")/lib.sh"
need virsh libvirtd qemu-system-x86_64
need_root

start_libvirtd
fill_shared_test_driver
unwell() { # STATUS OPTION...
    local wanted=$1
    shift
    "$GUESTLISTD" -C --once=unwell "$@" > "$T/out" 2> "$T/err"
    equal "$wanted" $? "the status of --once=unwell $*: $(cat "$T/out" "$T/err")"
}
why() { sed -n "s/^$1 .*  //p" "$T/out"; } # NAME

unwell 1 -u "$SHARED_URI"
equal '' "$(cat "$T/err")" "the output on stderr"
equal 'it starts at boot, but is off' "$(why sh-waiting)" "sh-waiting"
equal 'it crashed' "$(why sh-crashed)" "sh-crashed"
equal 'it does not start at the next boot of the host' "$(why sh-running)" "sh-running"
equal 'it does not start at the next boot of the host' "$(why sh-paused)" "sh-paused"
equal 'it is transient, so the next boot of the host ends it' "$(why sh-transient)" "sh-transient"
equal "5 of 9 domains of $SHARED_URI need a look" "$(tail -n 1 "$T/out")" "the last line"
equal 7 "$(wc -l < "$T/out")" "the number of lines: $(cat "$T/out")"
step "five guests need a look: $(cat "$T/out")"

unwell 1 -u "$SHARED_URI" -F autostart
equal "1 of 2 domains of $SHARED_URI needs a look" "$(tail -n 1 "$T/out")" "the last line with a filter"
step "a filter leaves out guests that do not start at boot"

# Each guest is brought into order in a different way. Then there is nothing to print.
on_shared "start sh-waiting; start sh-crashed; autostart sh-crashed; autostart sh-running; destroy sh-paused; destroy sh-transient" \
    > "$T/virsh.out" 2>&1 || FAIL "$(cat "$T/virsh.out")"
unwell 0 -u "$SHARED_URI"
equal '' "$(cat "$T/out" "$T/err")" "the output if all is well"
on_shared suspend sh-running > "$T/virsh.out"
unwell 1 -u "$SHARED_URI"
equal 'it starts at boot, but is paused' "$(why sh-running)" "sh-running, paused by a user"
step "it prints nothing if all is well"

# A QEMU process that dies is a crash. libvirtd learns of it by itself.
define_qemu un-dies
act "autostart un-dies; start un-dies"
unwell 0 -u "$QEMU_URI"
kill -s KILL "$(qemu_pid un-dies)"
wait_for 20 'on_qemu domstate --reason un-dies | grep crashed'
unwell 1 -u "$QEMU_URI"
equal 'it crashed; it starts at boot, but is off' "$(why un-dies)" "un-dies"
step "a dead QEMU process is a crash"

stop_libvirtd
unwell 1 -u "$QEMU_URI"
equal '' "$(cat "$T/out")" "the output on stdout without libvirtd"
grep -q '^guestlistd: .*cannot connect' "$T/err" || FAIL "stderr without libvirtd: $(cat "$T/err")"
unwell 2 -F nonsense
equal '' "$(cat "$T/out")" "the output on stdout with a bad filter"
OK "failures go to stderr"
