#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A peer that accepts a connection and never answers is reported after a limited time.
# Status, error and log report it once. When a libvirtd listens at the same address, rows appear although the first attempt
# still hangs. The same is true for a libvirtd that hangs (SIGSTOP) while the agent connects, in another context, until it
# continues.
# It mostly waits.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpget snmpwalk libvirtd qemu-system-x86_64 perl
need_root

paused_one() { COMMUNITY=paused "$@"; }

# Prints how many lines of the log are about the hypervisor with that word in its URI.
log_count() { grep -c "/$1.*: " "$AGENT_LOG"; } # WORD

start_libvirtd -n paused
define_qemu beside
paused=$QEMU_URI
start_libvirtd
define_qemu one
start_snmpd 'com2sec -Cn paused pauseduser 127.0.0.1 paused' 'group pausedgroup v2c pauseduser' \
    'view all included .1' 'access pausedgroup paused any noauth exact all none none'

# This peer accepts connections and keeps them open. It reads and writes nothing. It prints a line for each connection.
(umask 0; tied perl -MIO::Socket::UNIX -e '
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
step "reported $took s after the start: $(gl $gl_last_error)"
wait_for 20 "[ -n \"\$(paused_one gl $gl_last_error)\" ]"
equal $connecting "$(gl $gl_status)" "glHypervisorStatus before the first connection"
equal $connecting "$(paused_one gl $gl_status)" "glHypervisorStatus in the other context"
wait_for 5 "[ \$(log_count peer) = 1 ] && [ \$(log_count v-paused) = 1 ]"

# Further attempts are made while the first one hangs. There are some of them, not hundreds, and no more log lines.
wait_for 30 "[ \$(grep -c one $T/accepted) -ge 2 ]"
[ "$(grep -c one "$T/accepted")" -le 10 ] || FAIL "$(grep -c one "$T/accepted") connections in $(since "$start") s"
equal 1 "$(log_count peer)" "messages in the log"

rm "$T/peer"
ln -s "$(libvirtd_dir main)/run/libvirt/libvirt-sock-ro" "$T/peer"
start=$(now)
wait_for 30 'row_of one'
step "rows $(since "$start") s after a libvirtd listened at this address, while $(grep -c one "$T/accepted") connections hang"
alive "$peer" || FAIL "the silent peer is gone"
equal "$connected " "$(gl $gl_status) $(gl $gl_last_error)" "status and error once connected"
equal 0 "$(gl $gl_reconnects)" glHypervisorReconnects

resume_libvirtd
start=$(now)
wait_for 30 'paused_one row_of beside'
step "rows $(since "$start") s after the paused libvirtd continued"
stop_agent || FAIL "while connections hang, SIGTERM ended the agent with status $?"
end_process "$peer" TERM 5
OK
