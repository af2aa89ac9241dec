#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# guestlistd --check reports each cause of missing rows, and the remedy.
# The test breaks one thing after the other. --check always ends in time, even if something hangs.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/check-lib.sh"
need virsh snmpget libvirtd setpriv nsenter timeout perl
need_root

agent_may_change_domains "--check looks at both sockets, also as another user"
start_libvirtd
start_snmpd
fill_shared_test_driver
configure_agent
start_agent -u "$SHARED_URI"
wait_for 30 'row_of sh-paused'
examine -u "$SHARED_URI"
equal 0 "$status" "the status when all is fine: $(cat "$T/check")"
finding_is ok configuration "$T/agent/guestlistd.conf"
finding_is ok libvirt 'has 9 domains'
finding_is ok filter 'all domains'
finding_is ok 'state directory' "$T/state"
finding_is ok 'AgentX master' "$AGENTX"
finding_is ok registration "process $AGENT_PID"
finding_is ok "snmpd's view" 'shows rows'
! grep -q '^!!' "$T/check" || FAIL "a problem is reported with status 0"
step "all is fine"

examine -u "$SHARED_URI" --nonsense
equal 2 "$status" "the status for an unknown option"

# ---- Configuration
echo 'interval soon' > "$T/agent/guestlistd.conf"
examine -u "$SHARED_URI"
equal 1 "$status" "the status with a bad directive"
finding_is '!!' configuration 'soon'
configure_agent
chmod 600 "$T/agent/guestlistd.conf"
examine "${as_nobody[@]}" :: -u "$SHARED_URI"
equal 1 "$status" "the status with an unreadable configuration"
finding_is '!!' configuration "$T/agent/guestlistd.conf: Permission denied"
advice_is 'let nobody read it'
SNMPCONFPATH=$T/agent timeout 20 "${as_nobody[@]}" "$T/bin/guestlistd" --once -u test:///default > "$T/out" 2>&1
equal 2 $? "the status of a start with an unreadable configuration"
grep -qF "$T/agent/guestlistd.conf: Permission denied" "$T/out" || FAIL "it prints: $(cat "$T/out")"
"$T/bin/guestlistd" -C -c "$T" --once -u test:///default > "$T/out" 2>&1
equal 2 $? "the status with a directory in place of a file"
grep -qF 'is a directory' "$T/out" || FAIL "it prints: $(cat "$T/out")"
mv "$T/agent/guestlistd.conf" "$T/agent/was.conf"
mkdir "$T/agent/guestlistd.conf"
kill -HUP "$AGENT_PID"
wait_for 10 'grep -q "settings stay as they were:.*guestlistd.conf: is a directory" "$AGENT_LOG"'
rmdir "$T/agent/guestlistd.conf"
configure_agent
step "a configuration that cannot be read"

# ---- libvirt
examine -u "test+unix:///default?socket=$T/nowhere&password=hush"
finding_is '!!' libvirt 'cannot be reached'
! grep -q hush "$T/check" || FAIL "--check prints a password"
pause_libvirtd
began=$(now)
examine -u "$SHARED_URI" -F active
resume_libvirtd
equal 1 "$status" "the status when libvirt hangs"
finding_is '!!' libvirt 'does not answer within'
finding_is -- filter 'libvirt does not answer'
[ "$(since "$began" | cut -d. -f1)" -lt 60 ] || FAIL "--check took $(since "$began") s"
define_qemu one
inside=(nsenter -t "${libvirtd_holder[main]}" -m --)
echo 'hypervisor lxc:///system' >> "$T/agent/guestlistd.conf"
examine "${inside[@]}" ::
configure_agent
finding_is '!!' libvirt 'lxc:///system answers, but has no domain'
advice_is "qemu:///system answers and has 1 domain: put \"hypervisor qemu:///system\" in place of the line in $T/agent/guestlistd.conf"
step "libvirt hangs, refuses, has no domain"

# ---- Filter
examine -u "$SHARED_URI" -F state-other
equal 1 "$status" "the status when no domain matches the filter"
finding_is '!!' filter '"state-other" fits none of 9 domains'

# ---- State directory
chmod 777 "$AGENTX"
mkdir -m 755 "$T/closed"
examine "${as_nobody[@]}" :: -u "$SHARED_URI" --state-dir "$T/closed"
finding_is '!!' 'state directory' "$T/closed: nobody cannot write in it"
examine "${as_nobody[@]}" :: -u "$SHARED_URI" --state-dir "$T/closed/below"
finding_is '!!' 'state directory' 'nobody cannot make it'
advice_is "install -d -o nobody $T/closed/below"
[ ! -e "$T/closed/below" ] || FAIL "--check made a directory"
step "filter and state directory"

# ---- Control
chmod 700 "$LIBVIRT_SOCK"
configure_agent 'allowControl yes'
examine "${inside[@]}" "${as_nobody[@]}" :: -u qemu:///system
finding_is ok libvirt 'answers nobody'
finding_is '!!' control 'nobody may not change domains'
examine "${inside[@]}" :: -u qemu:///system
finding_is ok control 'root may change domains'
configure_agent
examine "${inside[@]}" :: -u qemu:///system
! grep -q ' control ' "$T/check" || FAIL "--check reports control, which is turned off: $(cat "$T/check")"
chmod 777 "$LIBVIRT_SOCK"
step "allowControl"

# ---- The master
examine -u "$SHARED_URI" -x "$T/none"
finding_is '!!' 'AgentX master' "nothing listens at $T/none: No such file or directory"
chmod 700 "$AGENTX"
examine "${as_nobody[@]}" :: -u "$SHARED_URI"
finding_is '!!' 'AgentX master' "$AGENTX has mode 0700, owner uid 0"
advice_is agentXPerms
! grep -q 'chmod 755' "$T/check" || FAIL "--check reports the directory: $(cat "$T/check")"
mkdir -m 700 "$T/shut"
examine "${as_nobody[@]}" :: -u "$SHARED_URI" -x "$T/shut/agentx"
finding_is '!!' 'AgentX master' "$T/shut has mode 0700, owner uid 0"
advice_is "chmod 755 $T/shut"
chmod 777 "$AGENTX" # the agent connects again if snmpd is stopped for long
pause "$SNMPD_PID"
examine -u "$SHARED_URI"
resume "$SNMPD_PID"
finding_is '!!' 'AgentX master' 'does not answer within'
finding_is '!!' "snmpd's view" 'does not answer'
SNMPCONFPATH=$T/none "$T/bin/guestlistd" -f -C -Le -x "$T/none" -u test:///default --state-dir "$T/state-none" > "$T/out" 2>&1 &
lonely=$!
wait_for 20 'grep -qF "no AgentX master answers at $T/none: No such file or directory" "$T/out"'
end_process $lonely TERM 10 || FAIL "the agent without a master did not stop"

# This master opens a session and then answers nothing more.
cat > "$T/half.pl" << 'SCRIPT'
use IO::Socket::UNIX;
my $master = IO::Socket::UNIX->new(Local => $ARGV[0], Listen => 5) or die;
my @open;
while (my $client = $master->accept) {
    sysread $client, my $request, 4096;
    syswrite $client, pack 'C4 N5 n2', 1, 18, 16, 0, 7, 0, 1, 8, 0, 0, 0;
    push @open, $client;
}
SCRIPT
tied perl "$T/half.pl" "$T/half" &
half=$!
wait_for 10 '[ -S "$T/half" ]'
examine -u "$SHARED_URI" -x "$T/half"
finding_is ok 'AgentX master' "$T/half answers"
finding_is '!!' registration 'does not answer a registration'
end_process $half TERM 10 || FAIL "the master that answers in part did not stop"
step "the master is missing, closed, hung, or answers only in part"

# ---- Another agent
second_log=$T/second.log
SNMPCONFPATH=$T/none tied "$T/bin/guestlistd" -f -C -Lf "$second_log" -x "$AGENTX" -u test:///default --state-dir "$T/state-second" \
    > "$T/out" 2>&1 &
second=$!
wait_for 20 'grep -q "another AgentX subagent" "$second_log"'
examine -u "$SHARED_URI"
equal 1 "$status" "the status with two agents"
finding_is '!!' registration '2 guestlistd run'
end_process $second TERM 10 || FAIL "the second agent did not stop"
step "a second agent"

# ---- snmpd's view, with Debian's default
sed -i -e 's/^rocommunity public.*/rocommunity public default -V systemonly/' -e '1i view systemonly included .1.3.6.1.2.1.1' \
    "$T/snmpd/snmpd.conf"
restart_snmpd
examine -u "$SHARED_URI"
equal 1 "$status" "the status when snmpd hides the rows"
finding_is '!!' "snmpd's view" 'the view systemonly'
advice_is 'view systemonly included .1.3.6.1.2.1.236'
sed -n 's/^    -> .*reload snmpd: \(view .*\)/\1/p' "$T/check" >> "$T/snmpd/snmpd.conf"
restart_snmpd
wait_for 40 'row_of sh-paused'
examine -u "$SHARED_URI"
finding_is ok "snmpd's view" 'shows rows'
equal 0 "$status" "the status with the advised line"
step "the view hides the rows, and shows them with the advised line"

stop_agent
examine -u "$SHARED_URI"
finding_is -- registration 'no subagent serves VM-MIB'
chmod 600 "$T/snmpd/snmpd.conf"
examine "${as_nobody[@]}" :: -u "$SHARED_URI"
finding_is -- "snmpd's view" "not tried: nobody cannot read $T/snmpd/snmpd.conf"
OK
