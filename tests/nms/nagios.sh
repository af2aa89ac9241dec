#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Nagios 4 runs check_guestlist with the commands of integrations/nagios, and shows each result.
. "$(dirname "$0")/plugin.sh"
need nagios4 virsh snmpget libvirtd
need_root
need_user_nagios

N=$T/nagios

# DESCRIPTION|COMMAND AND ARGUMENTS
services() {
    cat <<'E'
guests|check_guestlist!public!-p @PORT@ -i sh-crashed
crashed|check_guestlist!public!-p @PORT@
running|check_guestlist_domain!public!sh-running!-p @PORT@
paused|check_guestlist_domain!public!/^sh-paused$$/!-p @PORT@
absent|check_guestlist_domain!public!web99!-p @PORT@
count|check_guestlist_count!public!running!4:!1:!-p @PORT@ -d /^sh-/
v3|check_guestlist_v3!checker!secret of checker!privacy of checker!-p @PORT@ -m domain -d sh-running
refused|check_guestlist!wrong!-p @PORT@ -t 2
E
}

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

nagios_services() {
    local description command
    services | sed "s/@PORT@/$SNMP_PORT/" | while IFS='|' read -r description command; do
        printf 'define service {\n host_name hv1\n service_description %s\n check_command %s\n' "$description" "$command"
        printf ' max_check_attempts 1\n check_interval 1\n retry_interval 1\n check_period always\n contacts nobody\n'
        printf ' notification_period always\n}\n'
    done
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

configure_nagios() {
    mkdir -p "$N/results" "$N/archives"
    echo "\$USER1\$=$T/plugins" > "$N/resource.cfg"
    nagios_basics > "$N/basics.cfg"
    nagios_services > "$N/services.cfg"
    nagios_main > "$N/nagios.cfg"
    cp "$top_srcdir/integrations/nagios/guestlist.cfg" "$N/guestlist.cfg"
    chown -R nagios:nagios "$N"
}

service_status() { # NAME
    awk -v name="$1" '
        /^servicestatus/ { in_one = 1; state = text = this = checked = "" }
        in_one && /^[ \t]*service_description=/ { this = substr($0, index($0, "=") + 1) }
        in_one && /^[ \t]*current_state=/ { state = substr($0, index($0, "=") + 1) }
        in_one && /^[ \t]*has_been_checked=/ { checked = substr($0, index($0, "=") + 1) }
        in_one && /^[ \t]*plugin_output=/ { text = substr($0, index($0, "=") + 1) }
        in_one && /^[ \t]*}/ { if (this == name && checked == 1) print state, text; in_one = 0 }' "$N/status.dat"
}

install_plugin
start_hypervisor
configure_nagios
setpriv --reuid=nagios --regid=nagios --init-groups nagios4 -v "$N/nagios.cfg" > "$T/out" || FAIL "$(cat "$T/out")"
grep -q '^Total Errors: *0' "$T/out" || FAIL "Nagios finds errors: $(cat "$T/out")"
start_monitor nagios4 "$N/nagios.cfg"
wait_for 20 "[ -s $N/status.dat ]"
play_all_verdicts
OK
