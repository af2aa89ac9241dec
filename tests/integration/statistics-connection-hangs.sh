#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# If the connections for statistics and XML are accepted and never answered, new ones replace them.
# Only the connection that lists works at first. The agent gives up the other ones after a limited time, and the numbers
# arrive.
# It mostly waits.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpget snmpwalk libvirtd qemu-system-x86_64 perl
need_root

start_libvirtd
start_snmpd
define_qemu one
on_qemu start one > "$T/out" || FAIL "$(cat "$T/out")"

# This proxy passes connections on to libvirtd, except the second to the fourth: it accepts these and never reads from them.
(umask 0; tied perl -MIO::Socket::UNIX -MIO::Select -e '
    $| = 1;
    $SIG{CHLD} = "IGNORE";
    my ($path, $target) = @ARGV;
    my $peer = IO::Socket::UNIX->new(Local => $path, Listen => 64) or die "$!";
    my ($count, @kept) = 0;
    while (my $one = $peer->accept) {
        $count++;
        print "one\n";
        if ($count >= 2 && $count <= 4) { push @kept, $one; next }
        next if fork;
        @kept = ();
        my $other = IO::Socket::UNIX->new(Peer => $target) or die "$!";
        my %to = ($one => $other, $other => $one);
        my $both = IO::Select->new($one, $other);
        while (1) {
            for my $from ($both->can_read) {
                sysread($from, my $bytes, 65536) or exit;
                while (length $bytes) { substr($bytes, 0, syswrite($to{$from}, $bytes) // exit) = "" }
            }
        }
    }' "$T/peer" "$LIBVIRT_SOCK_RO" > "$T/accepted" 2>&1 < /dev/null) &
peer=$!
disown "$peer"
wait_for 10 "[ -S $T/peer ]"

configure_agent 'interval 1'
start_agent -u "qemu+unix:///system?socket=$T/peer"
wait_for 20 'row_of one'
step "the row is present; $(grep -c one "$T/accepted") connections"
! vm $vm_cpu_time one > "$T/early" || FAIL "nothing hung: $(cat "$T/early")"
wait_for 25 "[ \"\$(vm $vm_cpu_time one)\" -gt 0 ]"
step "statistics are read; $(grep -c one "$T/accepted") connections"
wait_for 25 "[ \"\$(vm $vm_os_type one)\" ]"
step "XML is read"
stop_agent || FAIL "with connections that hang, SIGTERM ended the agent with status $?"
end_process "$peer" TERM 5
OK
