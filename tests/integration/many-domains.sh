#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# libvirt's wire carries 16,384 domains a list. More are listed by disjoint filters, and it is said that this was not one
# call; where no filter word parts them, there is a clear error and no wrong answer.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpget libvirtd jq
need_root

start_libvirtd
make_many_test_file "$T/halves.xml" 16385 2
test_domains "$T/halves.xml"
"$GUESTLISTD" -C --once=json -u "$TEST_URI" > "$T/json" || FAIL "--once ended with status $?"
equal 16385 "$(jq '.domains | length' "$T/json")" "domains listed"
equal 16385 "$(jq '[.domains[].uuid] | unique | length' "$T/json")" "different domains listed"
equal 8192 "$(jq '[.domains[] | select(.active and .state == "running" and .persistent)] | length' "$T/json")" "running ones"
equal 8193 "$(jq '[.domains[] | select((.active | not) and .state == "shutoff" and (.autostart | not))] | length' "$T/json")" \
    "ones that are off"
"$GUESTLISTD" -C --once -u "$TEST_URI" | tail -n 1 | grep -q 'NOT one moment' || FAIL "--once does not say that it was not one call"
step "16,385 domains listed in parts"

start_snmpd
configure_agent 'interval 600'
start_agent -u "$TEST_URI"
wait_for 60 "[ \"\$(value $vm_mib.1.2.0)\" = 16385 ]"
grep -q 'more than one libvirt call lists; listed in 2 parts' "$AGENT_LOG" || FAIL "the log does not say it: $(cat "$AGENT_LOG")"
stop_agent

make_many_test_file "$T/alike.xml" 16385 0
test_domains "$T/alike.xml"
"$GUESTLISTD" -C --once -u "$TEST_URI" > "$T/out" 2>&1
equal 1 $? "exit status where nothing parts them"
grep -q 'more domains than one libvirt call lists' "$T/out" || FAIL "the error is: $(cat "$T/out")"
OK
