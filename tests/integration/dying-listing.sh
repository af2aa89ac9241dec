#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# If a hypervisor accepts connections but breaks them at each listing, the pauses between attempts grow.
# The log reports it once. Pauses and error end with the first listing that works, not with a connection.
# It mostly waits.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/timing.sh"
. "$(dirname "$0")/obstacles.sh"
need virsh snmpget snmpwalk libvirtd
need_root
need_obstacles

# Counts the connections and listings in the 20 s after the next listing.
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
# With pauses of 0.5 s that double each time, there are six attempts in 20 s. Without pauses there would be forty.
[ "$lists" -ge 2 ] || FAIL "only $lists listings tried in 20 s"
[ "$lists" -le 10 ] || FAIL "$lists listings in 20 s: the pauses do not grow"
[ "$opens" -le 20 ] || FAIL "$opens connections in 20 s: the pauses do not grow"
# libvirt has more than one message for a broken connection. So a few lines are not a repetition.
[ "$(log_lines)" -le 6 ] || FAIL "the log repeats itself: $(cat "$AGENT_LOG")"
wait_for 5 "[ -n \"\$(gl $gl_last_error)\" ]"

no_obstacle list
start=$(now)
wait_for 30 "[ \"\$(row_count)\" = 9 ]"
step "rows $(since "$start") s after listings worked"
wait_for 10 "[ \"\$(gl $gl_status) \$(gl $gl_last_error)\" = '$connected ' ]"
grep -q -e 'works again' -e 'connected' "$AGENT_LOG" || FAIL "the log does not report the recovery: $(cat "$AGENT_LOG")"

# Later, a single loss has no long pause: the next attempt follows quickly.
obstacle list cut
wait_for 10 "[ \"\$(gl $gl_status)\" = $disconnected ]"
no_obstacle list
start=$(now)
wait_for 10 "[ \"\$(gl $gl_status)\" = $connected ]"
step "connected again after $(since "$start") s"
below 5 "$(since "$start")" "seconds until the next attempt"
OK
