#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# check_guestlist checks what it can if an agent has only VM-MIB, such as OpenBSD's vmd.
# It prints what it cannot check. An snmpd view that hides rows does not look like a hypervisor without guests.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/check-plugin.sh"
need virsh snmpget libvirtd
need_root

start_libvirtd
start_snmpd 'view vm included .1.3.6.1.2.1.236' 'rocommunity vm 127.0.0.1 -V vm' \
    'view system included .1.3.6.1.2.1.1' 'rocommunity system 127.0.0.1 -V system' \
    'view norows included .1' 'view norows excluded .1.3.6.1.2.1.236.1.4' 'rocommunity norows 127.0.0.1 -V norows'
fill_shared_test_driver
configure_agent 'interval 1' 'staleAfter 3'
start_agent -u "$SHARED_URI"
wait_for 20 'row_of sh-transient'
wait_for_autostart

without='no GUESTLIST-MIB: the age of the listing and the status of the hypervisor are not known'
verdict_is $critical "^GUESTLIST CRITICAL - sh-waiting starts at boot but is shutdown. sh-crashed crashed. 9 domains, 3 running, $without [|]" -C vm
verdict_is $ok "^GUESTLIST OK - 7 domains, 3 running, $without [|]" -C vm -i sh-crashed -i sh-waiting
verdict_is $unknown 'which the agent does not report' -C vm -i sh-crashed -i sh-waiting -c 60
verdict_is $ok '^GUESTLIST OK - sh-paused is paused [|]' -C vm -m domain -d sh-paused -s paused
verdict_is $ok '^GUESTLIST OK - 2 of 9 domains: autostart [|]' -C vm -m count -s autostart
verdict_is $unknown '^GUESTLIST UNKNOWN - of 9 of 9 domains it is not known whether they are: with-snapshot, no GUESTLIST-MIB' \
    -C vm -m count -s with-snapshot

verdict_is $unknown '^GUESTLIST UNKNOWN - no VM-MIB' -C system
for mode in health 'domain -d sh-running' count; do
    # shellcheck disable=SC2086  # words
    verdict_is $unknown '^GUESTLIST UNKNOWN - the agent counts 9 domains, but shows the state of 0: its view hides' -C norows -m $mode
done

# When libvirtd is gone, the states in VM-MIB are unknown.
stop_libvirtd KILL
verdict_becomes 20 $unknown '^GUESTLIST UNKNOWN - the state of 9 of 9 domains cannot be read' -C vm
verdict_is $unknown 'it is not known whether sh-running is running' -C vm -m domain -d sh-running
stop_agent
start_agent -u "test+unix:///default?socket=$T/nobody"
verdict_becomes 10 $unknown '^GUESTLIST UNKNOWN - the agent shows no domain and no hypervisor' -C vm
OK
