#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# guestlistd --check knows the module inside snmpd: a host that works is fine, and each cause of missing rows is reported.
AGENT_IN_SNMPD=yes
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/check-lib.sh"
need snmpget setpriv timeout
need_root

conf=$T/snmpd/snmpd.conf module=$T/program/guestlist-snmpd.so

# Changes the lines of snmpd.conf for one run of --check. snmpd does not read them.
examine_with() { # SED-COMMAND
    cp -p "$conf" "$T/was.conf"
    sed -i "$1" "$conf"
    examine -u test:///default
    cp -p "$T/was.conf" "$conf"
}

start_snmpd
configure_agent 'interval 1'
start_agent -u test:///default
wait_for 20 'row_of test'
examine -u test:///default
equal 0 "$status" "the status when all is fine: $(cat "$T/check")"
finding_is ok "snmpd's module" "$conf loads $module, and snmpd, process $SNMPD_PID, has it"
finding_is ok registration 'the module serves it'
finding_is ok "snmpd's view" 'shows rows'
step "all is fine"

examine -u test:///default -x "$T/none"
equal 0 "$status" "the status without a master: $(cat "$T/check")"
finding_is -- 'AgentX master' "nothing listens at $T/none"
advice_is 'the module inside snmpd needs no master'
finding_is ok "snmpd's view" 'shows rows'
step "the module needs no AgentX master"

chmod 600 "$conf"
examine "${as_nobody[@]}" :: -u test:///default
finding_is -- registration "nobody cannot read $conf"
chmod 644 "$conf"
step "an ordinary user cannot see the module"

examine_with 's/^dlmod guestlist /dlmod vms /'
equal 1 "$status" "the status with a wrong name"
finding_is '!!' "snmpd's module" 'with the name "vms": expected guestlist'
advice_is "dlmod guestlist $module"
examine_with 's/^dlmod guestlist .*/dlmod guestlist guestlist-snmpd.so/'
finding_is '!!' "snmpd's module" 'loads "guestlist-snmpd.so": expected an absolute path'
examine_with '1i guestlistInterval 5'
finding_is '!!' "snmpd's module" '"guestlistInterval", but no line "dlmod guestlist" above it'
examine_with 's/^dlmod guestlist /# &/'
finding_is -- "snmpd's module" '"guestlistInterval", but no line "dlmod guestlist" above it'
step "wrong lines in snmpd.conf"

cp "$module" "$T/program/new"
mv "$T/program/new" "$module"
examine -u test:///default
equal 0 "$status" "the status after an upgrade: $(cat "$T/check")"
finding_is -- "snmpd's module" "snmpd, process $SNMPD_PID, has an older version of this file"
advice_is 'restart snmpd'
restart_snmpd
wait_for 20 'row_of test'
examine -u test:///default
finding_is ok "snmpd's module" "process $SNMPD_PID, has it"
step "after an upgrade, snmpd has to restart"

SNMPCONFPATH=$T/none tied "$T/bin/guestlistd" -f -C -Lf "$T/second.log" -x "$AGENTX" -u test:///default \
    --state-dir "$T/state-second" > "$T/out" 2>&1 &
second=$!
wait_for 20 'grep -q "another AgentX subagent" "$T/second.log"'
examine -u test:///default
equal 1 "$status" "the status with guestlistd beside the module"
finding_is '!!' registration "guestlistd runs, process $second, and $conf loads the module"
end_process $second TERM 10 || FAIL "guestlistd did not stop"
step "guestlistd runs beside the module"

mv "$module" "$T/program/away"
restart_snmpd
examine -u test:///default
equal 1 "$status" "the status without the file"
finding_is '!!' "snmpd's module" "$conf loads $module: No such file or directory"
finding_is '!!' registration 'snmpd does not serve VM-MIB'
finding_is '!!' "snmpd's view" 'shows no VM-MIB'
mv "$T/program/away" "$module"
restart_snmpd
wait_for 20 'row_of test'
examine -u test:///default
equal 0 "$status" "the status when the file is back: $(cat "$T/check")"
OK
