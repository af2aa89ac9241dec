#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A peer takes the connection and never says a word: after a bounded time the status, the error and the log say so, once;
# and when a libvirtd listens at the same address, rows come though the first attempt hangs still. The same for a
# libvirtd that is stopped while it is connected to, in a context of its own, until it goes on.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpget snmpwalk libvirtd qemu-system-x86_64 perl
need_root

paused_one() { COMMUNITY=paused "$@"; }

# How many lines of the log are about the hypervisor whose URI has that word.
complaints() { grep -c "/$1.*: " "$AGENT_LOG"; } # WORD

start_libvirtd -n paused
define_qemu beside
paused=$QEMU_URI
start_libvirtd
define_qemu one
start_snmpd 'com2sec -Cn paused pauseduser 127.0.0.1 paused' 'group pausedgroup v2c pauseduser' \
    'view all included .1' 'access pausedgroup paused any noauth exact all none none'

# It accepts, keeps what it accepted, and reads and writes nothing. It counts what it accepted.
(tied perl -MIO::Socket::UNIX -e '
    $| = 1;
    my $peer = IO::Socket::UNIX->new(Local => $ARGV[0], Listen => 64) or die "$!";
    my @kept;
    while (my $one = $peer->accept) { push @kept, $one; print "one\n"; }' "$T/peer" > "$T/accepted" 2>&1 < /dev/null) &
peer=$!
disown "$peer"
wait_for 10 "[ -S $T/peer ]"

use_libvirtd paused
pause_libvirtd
configure_agent 'interval 1' "hypervisor qemu+unix:///system?socket=$T/peer" "hypervisor $paused paused"
start=$(now)
start_agent
wait_for 20 "[ -n \"\$(gl $gl_last_error)\" ]"
took=$(since "$start")
step "told $took s after the start: $(gl $gl_last_error)"
wait_for 20 "[ -n \"\$(paused_one gl $gl_last_error)\" ]"
equal $connecting "$(gl $gl_status)" "glHypervisorStatus where there never was a connection"
equal $connecting "$(paused_one gl $gl_status)" "the same in the other context"
wait_for 5 "[ \$(complaints peer) = 1 ] && [ \$(complaints v-paused) = 1 ]"

# Attempts go on beside the one that hangs, some of them and not hundreds, without more words in the log.
wait_for 30 "[ \$(grep -c one $T/accepted) -ge 2 ]"
[ "$(grep -c one "$T/accepted")" -le 10 ] || FAIL "$(grep -c one "$T/accepted") connections in $(since "$start") s"
equal 1 "$(complaints peer)" "how often the log says it"

rm "$T/peer"
ln -s "$(libvirtd_dir main)/run/libvirt/libvirt-sock" "$T/peer"
start=$(now)
wait_for 30 'row_of one'
step "rows $(since "$start") s after a libvirtd listened there, while $(grep -c one "$T/accepted") connections hang"
alive "$peer" || FAIL "the silent peer is gone"
equal "$connected " "$(gl $gl_status) $(gl $gl_last_error)" "status and error once connected"
equal 0 "$(gl $gl_reconnects)" glHypervisorReconnects

resume_libvirtd
start=$(now)
wait_for 30 'paused_one row_of beside'
step "rows $(since "$start") s after the paused libvirtd went on"
stop_agent || FAIL "while connections hang, SIGTERM ended the agent with status $?"
end_process "$peer" TERM 5
OK
