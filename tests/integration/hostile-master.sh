# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced after lib.sh and agent.sh by the tests that have a hostile AgentX master: the master, and what the agent must be
# like while it has one, and after it.

# Net-SNMP's library leaks the address of some connections that a master closes. Memory is asserted by its size instead.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"

MASTER_LOG=$T/master

# Listens before this returns. BEHAVIOUR is a function or class of hostile-master.py.
start_master() { # BEHAVIOUR [NUMBER...]
    must_be_main_shell
    rm -f "$AGENTX"
    (umask 0; tied python3 "$lib_dir/hostile-master.py" "$AGENTX" "$@" < /dev/null > "$MASTER_LOG" 2>&1) &
    master_pid=$!
    disown "$master_pid"
    wait_for 20 'grep -q listening "$MASTER_LOG"'
}

stop_master() {
    end_process "$master_pid" KILL 5
    rm -f "$AGENTX"
    ! grep -e FAULT -e Traceback "$MASTER_LOG" || FAIL "the hostile master has found a fault"
}

await_shown() { # SECONDS
    wait_for "$1" "grep -q '^shown\$' $MASTER_LOG || ! alive $AGENT_PID"
    alive "$AGENT_PID" || FAIL "the agent is gone: $(tail -n 30 "$T/agent.out")"
}

connections() { grep -c '^connection' "$MASTER_LOG"; }

agent_ticks() { awk '{ print $14 + $15 }' "/proc/$AGENT_PID/stat"; }

agent_rss_mib() { awk '/^VmRSS/ { print int($2 / 1024) }' "/proc/$AGENT_PID/status"; }

agent_descriptors() { find "/proc/$AGENT_PID/fd" -mindepth 1 | wc -l; }

# A start for agent_is_calm: taken with a good master.
start_agent_at_good_master() { # [OPTION...]
    must_be_main_shell
    start_master good
    configure_agent 'agentXPingInterval 1' 'interval 1' 'writableSwitches yes' 'allowControl yes'
    start_agent -u test:///default "$@"
    wait_for 30 'grep -q "^served" "$MASTER_LOG"'
    rss_before=$(agent_rss_mib) descriptors_before=$(agent_descriptors)
    stop_master
}

# While nothing is asked of the agent, it uses less than a fifth of the time, in clock ticks. A master that stays away, or
# answers nothing, may be there.
agent_is_calm() {
    local before after start until
    alive "$AGENT_PID" || FAIL "the agent is gone: $(tail -n 30 "$T/agent.out")"
    before=$(agent_ticks) start=$(now)
    until=$((SECONDS + 3))
    wait_for 10 "[ \$SECONDS -ge $until ]"
    after=$(agent_ticks)
    awk -v ticks=$((after - before)) -v s="$(since "$start")" -v hz="$(getconf CLK_TCK)" 'BEGIN { exit !(ticks < s * hz / 5) }' ||
        FAIL "the agent spins: $((after - before)) ticks within $(since "$start") s"
    [ "$(agent_descriptors)" -le $((descriptors_before + 2)) ] ||
        FAIL "$(agent_descriptors) descriptors, $descriptors_before before"
}

# Sanitizers keep freed memory for a while.
agent_memory_within() { # MIB
    local more=$(($(agent_rss_mib) - rss_before)) limit=$1
    ! ldd "$GUESTLISTD" 2> "$T/ldd" | grep -q libasan || limit=$((limit + 400))
    [ $more -le $limit ] || FAIL "the agent has $more MiB more than before; $limit are allowed"
    step "$more MiB more than before"
}

log_has_at_most() { # LINES
    [ "$(log_lines)" -le "$1" ] || FAIL "$(log_lines) lines in the log: $(sort "$AGENT_LOG" | uniq -c | sort -rn | head -n 5)"
    step "$(log_lines) lines in the log"
}

# Net-SNMP's library has a line for the start and one for the end of each connection.
log_has_few_lines_for() { # CONNECTIONS
    log_has_at_most $((2 * $1 + 15))
}

# The master is gone, and a real snmpd comes.
good_master_is_served() {
    start_snmpd
    wait_for 40 'row_of test'
    equal test "$(vm $vm_name test)" vmName
    equal "$(uuid_hex "$test_uuid")" "$(hex_value "$vm_entry.$vm_uuid.$(row_of test)")" vmUUID
    equal 1 "$(row_count)" "rows"
    step "a real snmpd serves the right row"
    stop_agent || FAIL "SIGTERM ended the agent with status $?: $(tail -n 30 "$T/agent.out")"
}

test_uuid=6695eb01-f6a4-8304-79aa-97f2502e193f # libvirt's test driver has it
