#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# check_guestlist is never OK if the state of the domains is not known.
# libvirtd is late, stops, and comes back; the agent stops; snmpd stops or hangs. One cause gives one alarm: if a hypervisor
# does not answer, only the health check is CRITICAL.
# It mostly waits.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/check-plugin.sh"
need virsh snmpget libvirtd
need_root

start_libvirtd
start_snmpd
fill_shared_test_driver
configure_agent 'interval 1' 'staleAfter 3'
start_agent -u "$SHARED_URI"
wait_for 20 'row_of sh-transient'
wait_for_autostart
verdict_is $ok '^GUESTLIST OK' -d sh-running
verdict_is $ok '^GUESTLIST OK - sh-running is running \(booted\) [|]' -m domain -d sh-running

pause_libvirtd
verdict_becomes 20 $warning '^GUESTLIST WARNING - the listing is [0-9]+ s old: the hypervisor is connected, but is late [|] age=' -d sh-running
verdict_is $critical '^GUESTLIST CRITICAL - the listing is [0-9.]+ s old: the hypervisor is connected, but is late [|]' -d sh-running -c 0:1
verdict_is $unknown '^GUESTLIST UNKNOWN - the listing is [0-9]+ s old' -m domain -d sh-running
verdict_is $unknown '^GUESTLIST UNKNOWN - the listing is [0-9]+ s old' -m count -s state-running -w 0:100
resume_libvirtd
stop_libvirtd KILL
verdict_becomes 20 $critical '^GUESTLIST CRITICAL - the hypervisor does not answer, the listing is [0-9]+ s old: [^|]+ [|] age=' -d sh-running
verdict_is $unknown '^GUESTLIST UNKNOWN - the hypervisor does not answer' -m domain -d sh-running
verdict_is $unknown '^GUESTLIST UNKNOWN - the hypervisor does not answer' -m count
restart_libvirtd
fill_shared_test_driver
verdict_becomes 30 $ok '^GUESTLIST OK - 1 domain' -d sh-running

# On a busy host, the time can be over before the request is sent. snmpd waits for a hung agent, and then answers with an error or without the objects.
pause "$AGENT_PID"
verdict_is $unknown '^GUESTLIST UNKNOWN - (no answer from udp|no result within 2 s)' -t 2
verdict_is $unknown '^GUESTLIST UNKNOWN - (.*genErr: the agent behind it may hang|no VM-MIB)' -t 30
resume "$AGENT_PID"

stop_agent
verdict_becomes 10 $unknown '^GUESTLIST UNKNOWN - no VM-MIB'
verdict_is $unknown '^GUESTLIST UNKNOWN - no VM-MIB' -m domain -d sh-running
verdict_is $unknown '^GUESTLIST UNKNOWN - no VM-MIB' -m count -s running -c 0:100

start_agent -u "test+unix:///default?socket=$T/nobody"
verdict_becomes 10 $critical '^GUESTLIST CRITICAL - the hypervisor has not answered since the agent started: .*nobody'
stop_agent

# A stopped snmpd gives no answer at all. With a hung snmpd, the kernel takes the requests, and no answer comes.
before=$(now)
pause "$SNMPD_PID"
verdict_is $unknown '^GUESTLIST UNKNOWN - (no answer from udp:127.0.0.1:|no result within 2 s)' -t 2
verdict_is $unknown '^GUESTLIST UNKNOWN - (no answer from udp:127.0.0.1:|no result within 2 s)' -t 2 -U nobody
awk -v s="$(since "$before")" 'BEGIN { exit !(s < 4 + 8) }' || FAIL "two checks of 2 s took $(since "$before") s"
resume "$SNMPD_PID"
stop_snmpd
verdict_is $unknown '^GUESTLIST UNKNOWN - ' -t 2
OK
