#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A hypervisor takes connections but breaks them at each listing. The pauses between attempts grow all the same, and the
# log says it once; both are over with the first listing that works, and not with a connection.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/timing.sh"
. "$(dirname "$0")/obstacles.sh"
need virsh snmpget snmpwalk libvirtd
need_root
need_obstacles

# What is tried in the 20 s from the next listing on.
watch_attempts() {
    local opened listed
    opened=$(calls_made open) listed=$(calls_made list)
    wait_for 20 "[ \$(calls_made list) -gt $listed ]"
    window=$(now)
    wait_for 40 "awk -v t=\"\$(since $window)\" 'BEGIN { exit t < 20 }'"
    lists=$(($(calls_made list) - listed)) opens=$(($(calls_made open) - opened))
}

start_libvirtd
start_snmpd
fill_shared_test_driver
obstacle list cut
configure_agent 'interval 1'
start_agent -u "$SHARED_URI"
watch_attempts
step "in 20 s: $opens connections, $lists listings, $(log_lines) lines in the log"
# With pauses of 0.5 s, doubled each time, there are six attempts in 20 s; without, there are forty.
[ "$lists" -ge 2 ] || FAIL "only $lists listings tried in 20 s"
[ "$lists" -le 10 ] || FAIL "$lists listings in 20 s: the pauses do not grow"
[ "$opens" -le 20 ] || FAIL "$opens connections in 20 s: the pauses do not grow"
# Libvirt says in more than one way that a connection broke, so a few lines are no repetition.
[ "$(log_lines)" -le 6 ] || FAIL "the log repeats itself: $(cat "$AGENT_LOG")"
wait_for 5 "[ -n \"\$(gl $gl_last_error)\" ]"

no_obstacle list
start=$(now)
wait_for 30 "[ \"\$(row_count)\" = 9 ]"
step "rows $(since "$start") s after listings worked"
wait_for 10 "[ \"\$(gl $gl_status) \$(gl $gl_last_error)\" = '$connected ' ]"
grep -q -e 'works again' -e 'connected' "$AGENT_LOG" || FAIL "the log does not say that it is over: $(cat "$AGENT_LOG")"

# Afterwards one loss is no more than one: the next attempt comes as soon as ever.
obstacle list cut
wait_for 10 "[ \"\$(gl $gl_status)\" = $disconnected ]"
no_obstacle list
start=$(now)
wait_for 10 "[ \"\$(gl $gl_status)\" = $connected ]"
step "connected again after $(since "$start") s"
below 5 "$(since "$start")" "seconds until the next attempt"
OK
