# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced after plugin.sh by the tests with Nagios: a private Nagios, and the states of its services.

N=$T/nagios

# Prints what every configuration of Nagios has: a time period, a contact, and a host that is always up.
nagios_basics() {
    cat <<'E'
define timeperiod {
    timeperiod_name  always
    alias            always
    sunday           00:00-24:00
    monday           00:00-24:00
    tuesday          00:00-24:00
    wednesday        00:00-24:00
    thursday         00:00-24:00
    friday           00:00-24:00
    saturday         00:00-24:00
}
define command {
    command_name     nothing
    command_line     /bin/true
}
define contact {
    contact_name                   nobody
    host_notifications_enabled     0
    service_notifications_enabled  0
    host_notification_period       always
    service_notification_period    always
    host_notification_commands     nothing
    service_notification_commands  nothing
}
define host {
    host_name            hv1
    address              127.0.0.1
    check_command        nothing
    max_check_attempts   1
    check_period         always
    contacts             nobody
    notification_period  always
}
E
}

nagios_main() {
    cat <<E
log_file=$N/nagios.log
object_cache_file=$N/objects.cache
precached_object_file=$N/objects.precache
status_file=$N/status.dat
status_update_interval=1
nagios_user=nagios
nagios_group=nagios
check_external_commands=0
command_file=$N/nagios.cmd
query_socket=$N/nagios.qh
lock_file=$N/nagios.pid
temp_file=$N/nagios.tmp
temp_path=$N
retain_state_information=0
check_result_path=$N/results
log_archive_path=$N/archives
resource_file=$N/resource.cfg
cfg_file=$N/basics.cfg
cfg_file=$N/guestlist.cfg
cfg_file=$N/services.cfg
enable_notifications=0
use_syslog=0
illegal_macro_output_chars=\`~\$&|"<>
max_service_check_spread=1
interval_length=1
E
}

service_status() { # NAME [HOST]
    awk -v name="$1" -v host="${2:-hv1}" '
        /^servicestatus/ { in_one = 1; state = text = this = checked = "" }
        in_one && /^[ \t]*host_name=/ { on = substr($0, index($0, "=") + 1) }
        in_one && /^[ \t]*service_description=/ { this = substr($0, index($0, "=") + 1) }
        in_one && /^[ \t]*current_state=/ { state = substr($0, index($0, "=") + 1) }
        in_one && /^[ \t]*has_been_checked=/ { checked = substr($0, index($0, "=") + 1) }
        in_one && /^[ \t]*plugin_output=/ { text = substr($0, index($0, "=") + 1) }
        in_one && /^[ \t]*}/ { if (this == name && on == host && checked == 1) print state, text; in_one = 0 }' "$N/status.dat"
}

# Starts Nagios with the files of its folder, after it found no error in them.
start_nagios() {
    chown -R nagios:nagios "$N"
    setpriv --reuid=nagios --regid=nagios --init-groups nagios4 -v "$N/nagios.cfg" > "$T/out" || FAIL "$(cat "$T/out")"
    grep -q '^Total Errors: *0' "$T/out" || FAIL "Nagios finds errors: $(cat "$T/out")"
    start_monitor nagios4 "$N/nagios.cfg"
    wait_for 20 "[ -s $N/status.dat ]"
}
