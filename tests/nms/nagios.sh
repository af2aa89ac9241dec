#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Nagios 4 runs check_guestlist with the commands of integrations/nagios, and shows each result.
. "$(dirname "$0")/plugin.sh"
. "$(dirname "$0")/nagios-lib.sh"
need nagios4 virsh snmpget libvirtd
need_root
need_user_nagios

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

nagios_services() {
    local description command
    services | sed "s/@PORT@/$SNMP_PORT/" | while IFS='|' read -r description command; do
        printf 'define service {\n host_name hv1\n service_description %s\n check_command %s\n' "$description" "$command"
        printf ' max_check_attempts 1\n check_interval 1\n retry_interval 1\n check_period always\n contacts nobody\n'
        printf ' notification_period always\n}\n'
    done
}

configure_nagios() {
    mkdir -p "$N/results" "$N/archives"
    echo "\$USER1\$=$T/plugins" > "$N/resource.cfg"
    nagios_basics > "$N/basics.cfg"
    nagios_services > "$N/services.cfg"
    nagios_main > "$N/nagios.cfg"
    cp "$top_srcdir/integrations/nagios/guestlist.cfg" "$N/guestlist.cfg"
}

install_plugin
start_hypervisor
configure_nagios
start_nagios
play_all_verdicts
OK
