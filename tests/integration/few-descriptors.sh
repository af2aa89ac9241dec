#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# With too few file descriptors or threads, the agent does not start.
# It prints the reason and exits with status 1, even if it would go to the background. No signal ends it, and it does not
# change the index file. With as many descriptors as it asks for, it works.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpget snmpwalk libvirtd setpriv
need_root

start_libvirtd
start_snmpd
fill_shared_test_driver
configure_agent 'interval 1'
start_agent -u "$SHARED_URI"
wait_for 30 'row_of sh-paused'
paused=$(row_of sh-paused)
stop_agent || FAIL "SIGTERM ended the agent with status $?"
map=$(cat "$T/state/vmindex")

# Close the descriptors of this test, which would count.
limit_descriptors() { # COUNT
    local fd
    for fd in "/proc/$BASHPID/fd/"*; do
        fd=${fd##*/}
        [ "$fd" -le 2 ] || eval "exec $fd>&-"
    done
    ulimit -n "$1"
}

agent_with() { # DESCRIPTORS OPTION...
    local limit=$1
    shift
    (
        ulimit -c 0
        limit_descriptors "$limit" && SNMPCONFPATH=$T/agent SNMP_PERSISTENT_DIR=$T/agent \
            exec timeout -k 5 20 "$GUESTLISTD" -x "$AGENTX" --state-dir "$T/state" "$@"
    ) < /dev/null > "$T/out" 2>&1
}

refused() { # HOW DESCRIPTORS [FILE]
    local output
    output=$(cat "$T/out" "${@:3}" 2> /dev/null)
    equal 1 $status "exit status with $2 descriptors, $1: $output"
    [[ $output =~ too\ few\ file\ descriptors:\ [0-9]+\ left,\ [0-9]+\ needed ]] || FAIL "with $2 descriptors, $1, it prints: $output"
    equal "$map" "$(cat "$T/state/vmindex")" "the index file after a start with $2 descriptors, $1"
}

for count in {4..24}; do
    agent_with "$count" -f -u "$SHARED_URI"
    status=$?
    refused 'in the foreground' "$count"
    agent_with "$count" -u "$SHARED_URI"
    status=$?
    AGENT_PID=$(pgrep -f -- "guestlistd .*--state-dir $T/state") && FAIL "it went to the background with $count descriptors"
    refused 'to the background' "$count"
    rm -f "$T/few.log"
    agent_with "$count" -f -Lf "$T/few.log" -p "$T/few.pid" -u "$SHARED_URI"
    status=$?
    refused 'with a log file' "$count" "$T/few.log"
    [ ! -e "$T/few.pid" ] || FAIL "a pid file is left with $count descriptors"
done
find "$T/state" -name '*damaged*' | grep . && FAIL "a file was moved aside"
step "too few descriptors are refused, and no file is changed"

for count in {4..15}; do
    agent_with "$count" -C --once -u "$SHARED_URI"
    equal 1 $? "exit status of --once with $count descriptors: $(cat "$T/out")"
    grep -q 'too few file descriptors' "$T/out" || FAIL "--once with $count descriptors prints: $(cat "$T/out")"
done
step "too few descriptors are refused for a listing without SNMP"

# Use the number that the agent asks for, and the descriptors that it had open at that time.
agent_with 40 -f -u "$SHARED_URI"
left=$(sed -n 's/.*descriptors: \([0-9]*\) left.*/\1/p' "$T/out")
needed=$(sed -n 's/.* left, \([0-9]*\) needed.*/\1/p' "$T/out")
enough=$((40 - left + needed))
agent_with $((enough - 1)) -f -u "$SHARED_URI"
status=$?
refused 'one too few' $((enough - 1))
(
    limit_descriptors "$enough"
    SNMPCONFPATH=$T/agent SNMP_PERSISTENT_DIR=$T/agent tied "$GUESTLISTD" -f -x "$AGENTX" --state-dir "$T/state" -u "$SHARED_URI"
) < /dev/null > "$AGENT_LOG" 2>&1 &
AGENT_PID=$!
wait_for 30 "[ \"\$(row_of sh-paused)\" = $paused ]"
next_listing
grep -e 'Too many' -e 'cannot' "$AGENT_LOG" && FAIL "an operation failed with $enough descriptors"
stop_agent || FAIL "SIGTERM ended the agent with status $?"
step "$enough descriptors are enough"

# A soft limit is not a problem: the agent raises it.
(ulimit -S -n 16 && SNMPCONFPATH=$T/agent SNMP_PERSISTENT_DIR=$T/agent tied "$GUESTLISTD" -f -x "$AGENTX" --state-dir "$T/state" \
    -u "$SHARED_URI" < /dev/null > "$AGENT_LOG" 2>&1) &
AGENT_PID=$!
wait_for 30 "[ \"\$(row_of sh-paused)\" = $paused ]"
stop_agent || FAIL "SIGTERM ended the agent with status $?"
step "the agent raises a soft limit"

# If a thread cannot be started, the agent ends those it started before. root has no limit of processes.
mkdir -m 777 "$T/any"
cp "$GUESTLISTD" "$T/any/guestlistd"
case $(file -b "$GUESTLISTD") in *script*) cp "$top_builddir/.libs/guestlistd" "$T/any/guestlistd" ;; esac
user=$((61000 + RANDOM % 4000))
for count in 1 2 3; do
    (cd / && ulimit -c 0 && SNMPCONFPATH=$T/any SNMP_PERSISTENT_DIR=$T/any exec setpriv --pdeathsig KILL --reuid $user --regid $user --clear-groups -- \
        bash -c "ulimit -u $count; exec \"\$@\"" threads "$T/any/guestlistd" -f -C -x "$T/none" --state-dir "$T/any/state" \
        -u test:///default < /dev/null > "$T/out" 2>&1) &
    AGENT_PID=$!
    wait_for 10 "! alive $AGENT_PID || grep -q 'no AgentX master' $T/out"
    alive "$AGENT_PID" && { step "$count threads are enough"; break; }
    wait "$AGENT_PID"
    equal 1 $? "exit status with $count threads: $(cat "$T/out")"
    grep -q 'cannot start: out of memory or threads' "$T/out" || FAIL "with $count threads it prints: $(cat "$T/out")"
done
[ "$count" -gt 1 ] || FAIL "the limit of threads has no effect, so this test proves nothing"
OK
