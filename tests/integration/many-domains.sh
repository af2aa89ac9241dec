#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# More than 16,384 domains, the limit of one libvirt list call, are listed by disjoint filters.
# The agent reports that this was not one call. If no filter word divides the domains, it reports a clear error and no wrong
# result.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpget libvirtd jq
need_root

# The test driver reads its file when the connection opens. On a busy machine, this takes longer than the agent waits.
list_once() { # [OPTION...]
    "$GUESTLISTD" -C "$@" -u "$TEST_URI" > "$T/listed" 2> "$T/error"
    status=$?
    ! grep -q 'no answer within' "$T/error"
}

start_libvirtd
make_many_test_file "$T/halves.xml" 16385 2
test_domains "$T/halves.xml"
wait_for 90 'list_once --once=json'
equal 0 $status "exit status of --once: $(cat "$T/error")"
mv "$T/listed" "$T/json"
equal 16385 "$(jq '.domains | length' "$T/json")" "domains listed"
equal 16385 "$(jq '[.domains[].uuid] | unique | length' "$T/json")" "different domains listed"
equal 8192 "$(jq '[.domains[] | select(.active and .state == "running" and .persistent)] | length' "$T/json")" "running domains"
equal 8193 "$(jq '[.domains[] | select((.active | not) and .state == "shutoff" and (.autostart | not))] | length' "$T/json")" \
    "domains that are off"
wait_for 90 'list_once --once'
tail -n 1 "$T/listed" | grep -q 'NOT one moment' || FAIL "--once does not report that it was not one call"
step "16,385 domains listed in parts"

start_snmpd
configure_agent 'interval 600'
start_agent -u "$TEST_URI"
wait_for 60 "[ \"\$(value $vm_mib.1.2.0)\" = 16385 ]"
grep -q 'more than one libvirt call lists; listed in 2 parts' "$AGENT_LOG" || FAIL "the log does not report it: $(cat "$AGENT_LOG")"
stop_agent

make_many_test_file "$T/alike.xml" 16385 0
test_domains "$T/alike.xml"
wait_for 90 'list_once --once'
equal 1 $status "exit status with domains that no filter divides"
grep -q 'more domains than one libvirt call lists' "$T/error" || FAIL "the error is: $(cat "$T/error")"
OK
