#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A real snmptt with integrations/traps/snmptt.conf.guestlist explains each notification of the MIB modules.
. "$(dirname "$0")/../integration/lib.sh"
. "$(dirname "$0")/../integration/agent.sh"
. "$(dirname "$0")/../integration/traps.sh"
need virsh libvirtd snmptrapd snmptt snmpget snmptrap qemu-system-x86_64
need_root

events=$top_srcdir/integrations/traps/snmptt.conf.guestlist
snmptt_log=$T/snmptt.log
cat > "$T/snmptt.ini" << CONF
[General]
mode = standalone
net_snmp_perl_enable = 0
[Logging]
log_enable = 1
log_file = $snmptt_log
unknown_trap_log_enable = 1
unknown_trap_log_file = $T/unknown.log
[TrapFiles]
snmptt_conf_files = <<END
$events
END
CONF
: > "$snmptt_log"

start_libvirtd
start_snmptrapd
end_process "$SNMPTRAPD_PID" TERM 5
printf '%s\n' "snmpTrapdAddr udp:127.0.0.1:$TRAP_PORT" 'authCommunity log,execute public' > "$T/snmptrapd/snmptrapd.conf"
sed -n 's/^#   \(traphandle default .*\)/\1/p; s/^#   \(\[snmp\].*\)/\1/p' "$events" |
    sed "s|/usr/sbin/snmptt|$(command -v snmptt) --ini=$T/snmptt.ini|" >> "$T/snmptrapd/snmptrapd.conf"
grep -q snmptt.ini "$T/snmptrapd/snmptrapd.conf" || FAIL "$events does not have the lines for snmptrapd"
(SNMP_PERSISTENT_DIR=$T/snmptrapd/persistent SNMPCONFPATH=$T/snmptrapd tied snmptrapd -f -Lf "$TRAP_LOG" -C \
    -c "$T/snmptrapd/snmptrapd.conf" < /dev/null > "$T/snmptrapd.out" 2>&1) &
SNMPTRAPD_PID=$!
disown "$SNMPTRAPD_PID"
trap 'status=$?; end_process "$SNMPTRAPD_PID" TERM 5; (exit $status); clean_up' EXIT

expect_line() { # SEVERITY SENTENCE
    wait_for 30 "grep -E ' $1 \"[A-Za-z]*\" [^ ]+ - ' $snmptt_log | grep -F -- ' - $2' || { cat $snmptt_log; false; }"
}

start_snmpd "$(trapsink)"
define_qemu one
configure_agent 'notifications both' 'libvirtMibNotifications yes' 'interval 1'
start_agent -u "$QEMU_URI"
wait_for 30 'row_of one'
act start one
expect_line Normal 'Guest one is running'
expect_line Normal 'The guests with the bits'
kill -s KILL "$(qemu_pid one)"
expect_line Critical 'Guest one has crashed'
expect_line Normal 'Guest one is shut off'
act autostart one
expect_line Normal 'Guest one is new or was changed: persistent yes, autostart yes'
act start one
wait_for 30 "[ \"\$(gl $gl_not_answering)\" = 0 ]"
pause "$(qemu_pid one)"
expect_line Warning 'Guest one does not answer the hypervisor: occupied for '
resume "$(qemu_pid one)"
expect_line Normal 'Guest one answers the hypervisor again'
stop_libvirtd
uri=${QEMU_URI//\?/}-ro # snmptt removes question marks; the agent has the read-only socket
expect_line Critical "The hypervisor $uri does not answer: cannot connect"
launch_libvirtd main
expect_line Normal "The hypervisor $uri answers again"
step "notifications of the agent are explained"

# Prints each notification in a module with its number.
defined() { # MODULE ROOT
    awk -v root="$2" '/NOTIFICATION-TYPE$/ { name = $1 } name && /::= \{ [a-zA-Z]* [0-9]+ \}/ { print name, root "." $4; name = "" }' "$1"
}
{
    defined "$top_srcdir/mib/VM-MIB.txt" .1.3.6.1.2.1.236.0
    defined "$top_srcdir/mib/LIBVIRT-MIB.txt" .1.3.6.1.4.1.36957.0
    defined "$top_srcdir/mib/GUESTLIST-MIB.txt.in" ".$guestlist_mib.0"
} | sort > "$T/defined"
[ "$(wc -l < "$T/defined")" -ge 24 ] || FAIL "only these notifications are defined: $(cat "$T/defined")"
awk '$1 == "EVENT" { print $2, $3 }' "$events" | sort > "$T/events"
diff "$T/defined" "$T/events" || FAIL "snmptt.conf.guestlist has others (>) than the modules define (<)"
while read -r name oid; do
    snmptrap -v2c -c public "127.0.0.1:$TRAP_PORT" '' "$oid" 1.3.6.1.2.1.236.1.4.1.2.1 s "a$name" ||
        FAIL "cannot send $name"
    wait_for 30 "grep -F ' a$name' $snmptt_log || grep -E ' $oid ' $snmptt_log"
done < "$T/defined"
! grep -E '236\.0|36957|2512' "$T/unknown.log" || FAIL "snmptt does not know the notifications above"
OK
