#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# check_guestlist reads a thousand domains in about 125 requests.
# Each request reads all columns of its rows.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/check-plugin.sh"
need virsh snmpget libvirtd
need_root

start_libvirtd
start_snmpd
make_many_test_file "$T/many.xml" 1000 2
test_domains "$T/many.xml"
configure_agent 'interval 2'
start_agent -u "$TEST_URI"
wait_for 60 "[ \"\$(value $vm_mib.1.2.0)\" = 1000 ]"
wait_for_autostart
verdict_is $ok '^GUESTLIST OK - 1000 domains, 500 running, ([0-9]+) requests in [0-9.]+ s ' -v -t 60
[ "${BASH_REMATCH[1]}" -le 130 ] || FAIL "it took ${BASH_REMATCH[1]} requests"
verdict_is $ok '^GUESTLIST OK - 500 of 1000 domains: running, ([0-9]+) requests' -m count -v -t 60
[ "${BASH_REMATCH[1]}" -le 60 ] || FAIL "it took ${BASH_REMATCH[1]} requests"

# Output about many domains is short enough for every monitoring system.
run_check -m domain -d /vm/ -t 60
equal $critical "$verdict" "the status with 500 domains that are off"
[ ${#output} -le 4096 ] || FAIL "it prints ${#output} bytes"
[[ $output == *$'\n... and '*' more' ]] || FAIL "it does not print how many are left out: $output"
OK
