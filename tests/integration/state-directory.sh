#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The state directory: a map that is intact and cannot be opened stays where it is, and the agent says why it does not
# start; a damaged one is moved aside; and two agents do not share one.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need snmpget snmpwalk setpriv
need_root

start_snmpd
make_test_file "$T/states.xml"
uri=test://$T/states.xml
chmod 644 "$T/states.xml"
configure_agent 'interval 1'

# As an ordinary user, since root opens everything.
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
refused_start "$T/state/vmindex is locked: another guestlistd uses it, process $AGENT_PID\$" # without -f as well
wait_for 20 'row_of st-paused'
step "a second agent does not start, and the first goes on"

# In another context it has files of its own.
configure_agent 'interval 1' "hypervisor $uri lab"
first=$AGENT_PID first_log=$AGENT_LOG AGENT_LOG=$T/lab.log
start_agent
wait_for 30 '[ -s "$T/state/vmindex.lab" ]'
hypervisor="$uri lab" refused_start "$T/state/vmindex.lab is locked: .*, process $AGENT_PID\$" -f
stop_agent || FAIL "SIGTERM ended the second agent with status $?"
AGENT_PID=$first AGENT_LOG=$first_log
step "one in another context does"

end_process "$AGENT_PID" KILL 5
AGENT_PID=
configure_agent 'interval 1'
restart_snmpd # it does not believe in an end without farewell for three requests
start_agent -u "$uri"
wait_for 30 "[ \"\$(row_of st-paused)\" = $paused ]"
step "a killed one leaves no lock"

# The lock goes along to the background.
stop_agent || FAIL "SIGTERM ended the agent with status $?"
(cd "$T/any" && SNMPCONFPATH=$T/agent SNMP_PERSISTENT_DIR=$T/any/none "$GUESTLISTD" -x "$AGENTX" -u "$uri" \
    --state-dir "$T/state" -p "$T/background.pid" -Lf "$AGENT_LOG") || FAIL "it did not go to the background: $?"
wait_for 20 find_background_agent
wait_for 20 '[ -s "$T/background.pid" ]'
wait_for 30 "[ \"\$(row_of st-paused)\" = $paused ]"
refused_start "$T/state/vmindex is locked: .*, process $AGENT_PID\$" -f
kill "$AGENT_PID"
wait_for 20 '! alive "$AGENT_PID"'
AGENT_PID=
step "nor is there a second one beside one in the background"

# Intact, but not for this user; then nothing that could be opened; then an intact one again.
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
equal "$map" "$(sed 's/ [0-9]*$//' "$T/state/vmindex")" "the map after all this"
start_agent -u "$uri"
wait_for 30 "[ \"\$(row_of st-paused)\" = $paused ]"
stop_agent || FAIL "SIGTERM ended the agent with status $?"
step "one that cannot be opened stays where it is"

echo nonsense > "$T/state/vmindex"
start_agent -u "$uri"
wait_for 30 'row_of st-paused'
grep -q 'vmindex: line 1: "nonsense": expected .*; moved to .*/vmindex%damaged, indexes start anew' "$AGENT_LOG" ||
    FAIL "the damage is not told: $(cat "$AGENT_LOG")"
equal nonsense "$(cat "$T/state/vmindex%damaged")" "the damaged file"
step "a damaged one is moved aside"
OK
