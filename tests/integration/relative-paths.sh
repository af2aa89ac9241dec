#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Relative file names refer to the directory in which the agent was started.
# They still work when the agent has gone to the background, where its directory is the root, and after SIGHUP. After SIGHUP,
# the log continues in a new file, as logrotate needs it.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need snmpget snmpwalk

start_snmpd
make_test_file "$T/states.xml"
mkdir -p "$T/here/found"
cd "$T/here" || exit 99
agent=$(realpath "$GUESTLISTD")
printf '%s\n' "hypervisor test://$T/states.xml" 'walkHold 0' 'interval 1' > found/guestlistd.conf
echo 'filter state-paused' > more.conf
SNMPCONFPATH=found SNMP_PERSISTENT_DIR=$T/agent "$agent" -x "../${AGENTX##*/}" -c more.conf -p here.pid -Lf here.log \
    --state-dir "$T/state" || FAIL "the agent did not start: $?"
wait_for 20 find_background_agent # even if its pid file is in the wrong place
wait_for 20 '[ -s here.pid ]'
wait_for 20 find_background_agent # again: the first PID may have been that of a parent process
equal "$AGENT_PID" "$(cat here.pid)" "the pid file"
AGENT_LOG=$T/here/here.log
wait_for 30 'row_of st-paused'
equal / "$(readlink "/proc/$AGENT_PID/cwd")" "the working directory"
equal 1 "$(row_count)" "rows that match the filter"
grep 'No such file' here.log && FAIL "the agent looks for the files in the root directory"
step "the files are found from the background"

echo 'filter state-shutoff' > more.conf
kill -HUP "$AGENT_PID"
wait_for 20 "[ \"\$(gl $gl_filter)\" = state-shutoff ]"
grep -e 'No such file' -e 'settings stay' here.log && FAIL "the agent looks for the files in the root directory"
echo 'filter active' > more.conf
echo 'interval 2' >> found/guestlistd.conf
echo 'nonsense 1' >> found/guestlistd.conf
kill -HUP "$AGENT_PID"
wait_for 20 "grep -q 'settings stay as they were: $T/here/found/guestlistd.conf: line 5' here.log"
sed -i '$d' found/guestlistd.conf
step "the files are found at each SIGHUP"

# The old file has all messages until SIGHUP, the new one all later messages.
mv here.log here.log.1
kill -HUP "$AGENT_PID"
wait_for 20 'grep -q "reload: done" here.log'
[ "$(readlink "/proc/$AGENT_PID/fd/"* | grep -c "here.log.1")" = 0 ] || FAIL "the old file is still open"
echo 'nonsense 1' >> more.conf
lines=$(wc -l < here.log.1)
kill -HUP "$AGENT_PID"
wait_for 20 'grep -q "settings stay" here.log'
equal "$lines" "$(wc -l < here.log.1)" "lines of the old file"
sed -i '$d' more.conf
step "the log continues in a new file"

# If the log file cannot be opened, the log goes on in the old file, and the next SIGHUP tries again.
mv here.log here.log.2
mkdir here.log
kill -HUP "$AGENT_PID"
wait_for 20 "grep -q 'cannot open $T/here/here.log again' here.log.2 && grep -q 'reload: done' here.log.2"
rmdir here.log
kill -HUP "$AGENT_PID"
wait_for 20 'grep -q "reload: done" here.log'
step "the log continues in the old file if there can be no new one"

kill "$AGENT_PID"
wait_for 20 '! alive "$AGENT_PID"'
AGENT_PID=
[ ! -e here.pid ] || FAIL "the pid file is left behind"

# At the start, an administrator sees the error, so the agent ends.
"$agent" -f -C -Lf "none/here.log" -x "$T/none" --state-dir "$T/state" > "$T/out" 2>&1
equal 1 $? "exit status without a log: $(cat "$T/out")"
grep -q "cannot log to $T/here/none/here.log: No such file" "$T/out" || FAIL "without a log it prints: $(cat "$T/out")"
OK
