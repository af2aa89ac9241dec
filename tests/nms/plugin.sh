# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Verbs for the tests of monitoring systems that run check_guestlist. Sourced by these tests.
# A test defines service_status NAME, which prints "STATE TEXT" from the monitoring system: 0 OK, 1 WARNING, 2 CRITICAL, 3
# UNKNOWN. It sets MONITOR_PID, which is ended with the test.

. "$(dirname "${BASH_SOURCE[0]}")/../integration/lib.sh"
. "$top_srcdir/tests/integration/agent.sh"

end_monitor() {
    local status=$?
    end_process "${MONITOR_PID-}" TERM 10
    return $status
}
trap 'end_monitor; clean_up' EXIT

# Starts a daemon as the user nagios. Debian runs both systems as this user.
start_monitor() { # COMMAND...
    (tied setpriv --reuid=nagios --regid=nagios --init-groups "$@" < /dev/null > "$T/monitor.out" 2>&1) &
    MONITOR_PID=$!
    disown "$MONITOR_PID"
}

need_user_nagios() { id nagios > "$T/need" 2>&1 || SKIP "needs the user nagios"; }

# The user nagios may not be able to read the build folder.
install_plugin() {
    mkdir -p "$T/plugins"
    cp "$top_builddir/check_guestlist" "$T/plugins/" || FAIL "check_guestlist is not built"
}

start_hypervisor() {
    start_libvirtd
    start_snmpd 'createUser checker SHA "secret of checker" AES "privacy of checker"' 'rouser checker priv'
    fill_shared_test_driver
    configure_agent 'interval 1'
    start_agent -u "$SHARED_URI"
    wait_for 20 'row_of sh-transient'
}

# Waits until the service has this state and text. Prints the text, because administrators see it.
service_becomes() { # NAME STATE REGEX
    wait_for 60 "service_matches '$1' $2 '$3'"
    step "$1: $(service_status "$1")"
}

service_matches() { # NAME STATE REGEX
    local status
    status=$(service_status "$1")
    [[ $status =~ ^$2\ .*$3 ]] || { echo "$1: $status"; return 1; }
}

# Checks what every monitoring system must show. It has the services guests (without sh-crashed), crashed (with it), running,
# paused, absent (a domain that does not exist), count (running domains among sh-*, warning under 4), v3 and refused (a wrong
# community).
play_all_verdicts() {
    service_becomes guests 2 'sh-waiting starts at boot but is shutdown. 8 domains, 3 running'
    service_becomes crashed 2 'sh-crashed crashed'
    service_becomes running 0 'sh-running is running .booted.'
    service_becomes paused 2 'sh-paused is paused .user., expected: running'
    service_becomes absent 2 'there is no domain web99'
    service_becomes count 1 '3 of 9 domains: running'
    service_becomes v3 0 'sh-running is running .booted.'
    service_becomes refused 3 'no answer from'

    on_shared start sh-waiting > "$T/out" || FAIL "$(cat "$T/out")"
    on_shared resume sh-paused > "$T/out" || FAIL "$(cat "$T/out")"
    service_becomes guests 0 '8 domains, 5 running'
    service_becomes paused 0 'sh-paused is running'
    service_becomes count 0 '5 of 9 domains: running'
    on_shared suspend sh-autostart > "$T/out" || FAIL "$(cat "$T/out")"
    service_becomes guests 1 'sh-autostart starts at boot but is paused .user.'

    # One cause gives one CRITICAL.
    stop_libvirtd KILL
    service_becomes guests 2 'the hypervisor does not answer'
    service_becomes running 3 'the hypervisor does not answer'
    service_becomes count 3 'the hypervisor does not answer'
    stop_agent
    service_becomes guests 3 'no VM-MIB'
    service_becomes running 3 'no VM-MIB'
}
