#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# check_guestlist's health check is CRITICAL if a guest should run and does not.
# A guest that is off on purpose gives no alarm. --ignore leaves out guests.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/check-plugin.sh"
need virsh snmpget libvirtd
need_root

start_libvirtd
start_snmpd
fill_shared_test_driver
configure_agent 'interval 1'
start_agent -u "$SHARED_URI"
wait_for 20 'row_of sh-transient'
wait_for_autostart

verdict_is $critical '^GUESTLIST CRITICAL - '
[[ $output == *'sh-crashed crashed'* ]] || FAIL "the crashed guest is missing: $output"
[[ $output == *'sh-waiting starts at boot but is shutdown'* ]] || FAIL "the guest that should run is missing: $output"
[[ $output != *sh-shutoff* && $output != *sh-saved* && $output != *sh-paused* ]] || FAIL "an alarm for guests that are off on purpose: $output"
[[ $output == *'. 9 domains, 3 running | domains=9;;;0 running=3;;;0 paused=1;;;0 off=4;;;0 crashed=1;;;0 should_run=1;;;0 not_answering=0;;;0 age='* ]] ||
    FAIL "the figures are not those of the domains: $output"

verdict_is $critical '^GUESTLIST CRITICAL - sh-waiting starts at boot but is shutdown. 8 domains, 3 running [|]' -i sh-crashed
verdict_is $ok '^GUESTLIST OK - 7 domains, 3 running [|]' -i sh-crashed --ignore '/^sh-wait/'
verdict_is $ok '^GUESTLIST OK - 1 domain, 1 running [|]' -d sh-running

on_shared start sh-waiting > "$T/out" || FAIL "$(cat "$T/out")"
verdict_becomes 10 $ok '^GUESTLIST OK - 8 domains, 4 running [|]' -i sh-crashed

on_shared suspend sh-autostart > "$T/out" || FAIL "$(cat "$T/out")"
verdict_becomes 10 $warning 'sh-autostart starts at boot but is paused \(user\)' -i sh-crashed

# The age of the listing is checked if thresholds are given.
verdict_is $ok ' age=[0-9.]+s;0:600;0:900;0$' -d sh-running -w 0:600 -c 0:900
verdict_is $critical 'the listing is [0-9.]+ s old' -d sh-running -c @0:600

# -v prints details.
verdict_is $ok ', [2-4] requests in [0-9.]+ s' -d sh-running -v
verdict_is $ok $'\nsh-paused: paused \(user\), does not start at boot, not checked' -d sh-running -vv
OK
