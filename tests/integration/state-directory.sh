#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# An index file that cannot be opened stays in place, and the agent exits with the reason.
# A damaged file is moved aside. Two agents cannot share a state directory, not even one that was removed and made again.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need snmpget snmpwalk setpriv
need_root

start_snmpd
make_test_file "$T/states.xml"
uri=test://$T/states.xml
chmod 644 "$T/states.xml"
configure_agent 'interval 1'

# Run as an ordinary user, because root can open every file.
user=$((61000 + RANDOM % 4000))
mkdir -m 755 "$T/any"
cp "$GUESTLISTD" "$T/any/guestlistd"
case $(file -b "$GUESTLISTD") in *script*) cp "$top_builddir/.libs/guestlistd" "$T/any/guestlistd" ;; esac
as_user() { setpriv --reuid $user --regid $user --clear-groups -- "$@"; }
mkdir "$T/state"
chown $user "$T/state"

refused_start() { # WANTED OPTION...
    local wanted=$1
    shift
    (cd "$T/any" && SNMPCONFPATH=$T/agent SNMP_PERSISTENT_DIR=$T/any/none as_user timeout 20 ./guestlistd \
        -x "$AGENTX" -u "${hypervisor:-$uri}" --state-dir "$T/state" "$@" < /dev/null > "$T/out" 2>&1)
    equal 1 $? "exit status: $(cat "$T/out")"
    grep -q "cannot start: $wanted" "$T/out" || FAIL "no '$wanted' in: $(cat "$T/out")"
    find "$T/state" -name '*damaged' | grep . && FAIL "a file was moved aside"
    return 0
}

start_agent -u "$uri"
wait_for 30 'row_of st-paused'
paused=$(row_of st-paused)
refused_start "$T/state/vmindex is locked: another guestlistd uses it, process $AGENT_PID\$" -f
refused_start "$T/state/vmindex is locked: another guestlistd uses it, process $AGENT_PID\$" # the same without -f
wait_for 20 'row_of st-paused'
step "a second agent does not start, and the first continues"

# The files are written again, and so is the lock.
rm -r "$T/state"
wait_for 20 'grep -q "cannot save the indexes.*No such file or directory" "$AGENT_LOG"'
mkdir "$T/state"
chown "$agent_user" "$T/state"
wait_for 20 '[ -s "$T/state/vmindex" ]'
chmod 777 "$T/state"
refused_start "$T/state/vmindex is locked: another guestlistd uses it, process $AGENT_PID\$" -f
chmod 755 "$T/state"
step "a state directory that is removed and made again has the same lock"

# In another context, the agent has other files.
configure_agent 'interval 1' "hypervisor $uri lab"
first=$AGENT_PID first_log=$AGENT_LOG AGENT_LOG=$T/lab.log
start_agent
wait_for 30 '[ -s "$T/state/vmindex.lab" ]'
hypervisor="$uri lab" refused_start "$T/state/vmindex.lab is locked: .*, process $AGENT_PID\$" -f
stop_agent || FAIL "SIGTERM ended the second agent with status $?"
AGENT_PID=$first AGENT_LOG=$first_log
step "an agent in another context starts"

end_process "$AGENT_PID" KILL 5
AGENT_PID=
configure_agent 'interval 1'
restart_snmpd # snmpd needs three requests to notice that the agent is gone
start_agent -u "$uri"
wait_for 30 "[ \"\$(row_of st-paused)\" = $paused ]"
step "a killed agent leaves no lock"

# An agent keeps its lock when it goes to the background.
stop_agent || FAIL "SIGTERM ended the agent with status $?"
(cd "$T/any" && SNMPCONFPATH=$T/agent SNMP_PERSISTENT_DIR=$T/any/none "$GUESTLISTD" -x "$AGENTX" -u "$uri" \
    --state-dir "$T/state" -p "$T/background.pid" -Lf "$AGENT_LOG") || FAIL "the agent did not go to the background: $?"
wait_for 20 '[ -s "$T/background.pid" ]'
wait_for 20 find_background_agent
wait_for 30 "[ \"\$(row_of st-paused)\" = $paused ]"
refused_start "$T/state/vmindex is locked: .*, process $AGENT_PID\$" -f
kill "$AGENT_PID"
wait_for 20 '! alive "$AGENT_PID"'
AGENT_PID=
step "an agent in the background keeps its lock"

# The file is intact but not readable for this user; then a directory is in its place; then it is readable again.
[ -s "$T/state/deviceindex" ] || printf '%s\n' 'guestlist deviceindex 1' 'end 0' > "$T/state/deviceindex"
map=$(sed 's/ [0-9]*$//' "$T/state/vmindex")
for file in vmindex deviceindex; do
    chmod 600 "$T/state/$file"
    refused_start "$T/state/$file: Permission denied" -f
    chmod 644 "$T/state/$file"
    mv "$T/state/$file" "$T/saved"
    mkdir "$T/state/$file"
    refused_start "$T/state/$file: Is a directory" -f
    rmdir "$T/state/$file"
    mv "$T/saved" "$T/state/$file"
done
chmod 700 "$T/state"
chown root "$T/state"
refused_start "$T/state/vmindex: Permission denied" -f
equal "$map" "$(sed 's/ [0-9]*$//' "$T/state/vmindex")" "the index file after all this"
start_agent -u "$uri"
wait_for 30 "[ \"\$(row_of st-paused)\" = $paused ]"
stop_agent || FAIL "SIGTERM ended the agent with status $?"
step "a file that cannot be opened stays in place"

echo nonsense > "$T/state/vmindex"
start_agent -u "$uri"
wait_for 30 'row_of st-paused'
grep -q 'vmindex: line 1: "nonsense": expected .*; moved to .*/vmindex%damaged, indexes start anew' "$AGENT_LOG" ||
    FAIL "the damage is not reported: $(cat "$AGENT_LOG")"
equal nonsense "$(cat "$T/state/vmindex%damaged")" "the damaged file"
step "a damaged file is moved aside"
OK
