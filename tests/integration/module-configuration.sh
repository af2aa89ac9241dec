#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# snmpd.conf configures the module. A mistake is reported with its file and line, and snmpd continues.
# The directives are those of guestlistd.conf, with a prefix. SET never acts on domains.
AGENT_IN_SNMPD=yes
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need snmpget snmpset
need_root

reload_snmpd() {
    : > "$AGENT_LOG"
    kill -HUP "$SNMPD_PID"
}

start_snmpd
configure_agent 'interval 1' 'filter actve'
start_agent -u test:///default
wait_for 10 'grep -q "guestlist: nothing is served, because of the errors" "$AGENT_LOG"'
grep -q "guestlist.conf: line 2: Error: guestlistFilter \"actve\": .*expected" "$AGENT_LOG" || FAIL "$(cat "$AGENT_LOG")"
value 1.3.6.1.2.1.1.3.0 > "$T/out" || FAIL "snmpd does not answer"
gl $gl_serial && FAIL "a wrong configuration is served"
step "a mistake at the start"

configure_agent 'interval 1' 'filter active'
reload_snmpd
wait_for 20 'row_of test'
equal active "$(gl $gl_filter)" glListingFilter
step "corrected by SIGHUP"

# Each directive of guestlistd is one of snmpd.
"$GUESTLISTD" -H | awk '$1 ~ /^[a-zA-Z]+$/ && $1 != "and" { print $1 }' > "$T/directives"
[ "$(wc -l < "$T/directives")" -gt 10 ] || FAIL "guestlistd -H lists no directives"
while read -r directive; do
    configure_agent "$directive ?"
    reload_snmpd
    wait_for 10 'grep -qE "reload: (done|the settings stay as they were)" "$AGENT_LOG"'
    ! grep -q 'Unknown token' "$AGENT_LOG" || FAIL "guestlist${directive^} is unknown"
done < "$T/directives"
step "$(wc -l < "$T/directives") directives"

configure_agent 'interval 1' 'allowControl yes' 'staleAfter 60'
reload_snmpd
wait_for 10 'grep -q "settings stay as they were" "$AGENT_LOG"'
grep -q 'line 2: Error: guestlistAllowControl "yes": expected no: .*SET never starts or stops domains' "$AGENT_LOG" ||
    FAIL "$(cat "$AGENT_LOG")"
equal 1 "$(grep -c ' Error: ' "$AGENT_LOG")" "errors: $(cat "$AGENT_LOG")"
uuid=$(hex_value "$vm_entry.$vm_uuid.1" | sed 's/../0x& /g' | xargs printf '%d.' | sed 's/\.$//')
put "1.3.6.1.4.1.36957.1.1.1.3.$uuid" i 5 > "$T/put" 2>&1 && FAIL "SET stopped a domain: $(cat "$T/put")"
grep -q 'Reason: notWritable' "$T/put" || FAIL "$(cat "$T/put")"
step "allowControl is refused"

configure_agent 'hypervisor test+unix://user:secret@host/x?socket=' 'hypervisor test:///default'
reload_snmpd
wait_for 10 'grep -q "settings stay as they were" "$AGENT_LOG"'
! grep secret "$AGENT_LOG" || FAIL "the log has a password"
step "passwords stay hidden"

configure_agent 'interval 1'
sed -i "1i guestlistInterval 5" "$T/snmpd/snmpd.conf"
reload_snmpd
wait_for 10 'grep -q "line 1: Error: guestlistInterval: expected below a line \"dlmod guestlist PATH\"" "$AGENT_LOG"'
row_of test > "$T/out" || FAIL "the row is gone"
stop_agent || FAIL "SIGTERM ended snmpd with status $?"
OK
