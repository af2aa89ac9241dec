#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Links and pipes in the place of the agent's files do no harm, and no other user may write to its files.
# A link is never followed: what it leads to stays as it is. A pipe never blocks the agent. A second agent does not touch the
# pid file of the first one.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need snmpget snmpwalk timeout
need_root

start_snmpd
make_test_file "$T/states.xml"
uri=test://$T/states.xml
configure_agent 'interval 1'
echo precious > "$T/precious"
unharmed() { equal precious "$(cat "$T/precious")" "the file that a link leads to"; }
refused() { # WANTED OPTION...
    local wanted=$1
    shift
    SNMPCONFPATH=$T/agent SNMP_PERSISTENT_DIR=$T/none timeout 20 "$GUESTLISTD" -f -Le -x "$AGENTX" -u "$uri" \
        --state-dir "$T/state" "$@" < /dev/null > "$T/out" 2>&1
    equal 1 $? "exit status: $(cat "$T/out")"
    grep -qF "cannot start: $wanted" "$T/out" || FAIL "no '$wanted' in: $(cat "$T/out")"
}

# ---- Links
mkdir "$T/state"
for name in vmindex deviceindex vmindex%lock; do
    rm -f "$T/state/$name"
    ln -s "$T/precious" "$T/state/$name"
    refused "$T/state/$name" -f
    grep -qF 'symbolic link' "$T/out" || FAIL "no word of a link: $(cat "$T/out")"
    unharmed
    rm "$T/state/$name"
done
ln -s "$T/precious" "$T/pid"
refused "cannot write $T/pid: it is a symbolic link" -p "$T/pid"
unharmed
rm "$T/pid"
refused "cannot write $T/precious: the file contains something other" -p "$T/precious"
unharmed
mkfifo "$T/state/vmindex"
refused "$T/state/vmindex: it is not a regular file"
rm "$T/state/vmindex"
step "links and pipes are refused at the start"

# ---- Rights, with the mask that a careless service manager has
umask 000
start_agent -u "$uri" -p "$T/pid"
umask 022
first=$AGENT_PID
wait_for 30 'row_of st-paused'
wait_for 20 '[ -s "$T/state/vmindex" ] && [ -s "$T/pid" ]'
loose=$(find "$T/state" "$T/pid" "$AGENT_LOG" -perm /022)
[ -z "$loose" ] || FAIL "others may write to: $loose"
equal "$first" "$(cat "$T/pid")" "the pid file"
step "no other user may write"

# ---- While it runs: the file that a save writes first
ln -s "$T/precious" "$T/state/vmindex%new"
stop_agent || FAIL "SIGTERM ended the agent with status $?"
[ ! -e "$T/pid" ] || FAIL "the pid file is left"
rm -f "$T/state/vmindex" "$T/state/deviceindex"
mkfifo "$T/state/deviceindex%new"
start_agent -u "$uri" -p "$T/pid"
wait_for 30 '[ -s "$T/state/vmindex" ]'
wait_for 30 "gl $gl_serial"
unharmed
[ ! -L "$T/state/vmindex" ] || FAIL "the state file is a link"
next_listing
step "a save writes to no link and no pipe"

# ---- A second agent
SNMPCONFPATH=$T/agent SNMP_PERSISTENT_DIR=$T/none timeout 20 "$GUESTLISTD" -f -Le -C -x "$T/nowhere" -u test:///default \
    --state-dir "$T/state-second" -p "$T/pid" < /dev/null > "$T/out" 2>&1
equal 1 $? "exit status of a second agent: $(cat "$T/out")"
grep -qF "cannot write $T/pid: another guestlistd uses it" "$T/out" || FAIL "it says: $(cat "$T/out")"
equal "$AGENT_PID" "$(cat "$T/pid")" "the pid file after a second agent"
mv "$T/pid" "$T/old-pid"
echo 1 > "$T/pid"
stop_agent || FAIL "SIGTERM ended the agent with status $?"
equal 1 "$(cat "$T/pid")" "the pid file of another agent"
step "each agent has its own pid file"

# ---- libvirt's file of passwords
mkfifo "$T/auth.conf"
began=$(now)
LIBVIRT_AUTH_FILE=$T/auth.conf timeout 30 "$GUESTLISTD" -C --once -u "$uri" > "$T/once" 2>&1 < /dev/null
equal 1 $? "exit status of --once with a pipe"
grep -qF "$T/auth.conf, is not a regular file" "$T/once" || FAIL "it says: $(cat "$T/once")"
[ "$(since "$began" | cut -d. -f1)" -lt 10 ] || FAIL "--once took $(since "$began") s"
OK
