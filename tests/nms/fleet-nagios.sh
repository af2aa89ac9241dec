#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Nagios 4 checks the hosts that guestlist-fleet writes, each hypervisor by its own community or context, first with references to
# passwords in resource.cfg, then with the passwords themselves.
. "$(dirname "$0")/plugin.sh"
. "$(dirname "$0")/nagios-lib.sh"
. "$(dirname "$0")/fleet-lib.sh"
need nagios4 virsh snmpget libvirtd python3
need_root
need_user_nagios

nagios_templates() {
    cat << 'E'
define host {
    name                   generic-host
    register               0
    check_command          nothing
    max_check_attempts     1
    check_period           always
    contacts               nobody
    notification_period    always
}
define service {
    name                   generic-service
    register               0
    max_check_attempts     1
    check_interval         1
    retry_interval         1
    check_period           always
    contacts               nobody
    notification_period    always
}
define service {
    host_name              hv1
    use                    generic-service
    service_description    alive
    check_command          nothing
}
E
}

configure_nagios() {
    mkdir -p "$N/results" "$N/archives"
    printf '%s\n' "\$USER1\$=$T/plugins" "\$USER3\$=$FLEET_COMMUNITY" "\$USER4\$=$FLEET_LAB_COMMUNITY" "\$USER5\$=$FLEET_AUTH" \
        "\$USER6\$=$FLEET_PRIV" > "$N/resource.cfg"
    { nagios_basics && nagios_templates; } > "$N/basics.cfg"
    nagios_main > "$N/nagios.cfg"
    cp "$top_srcdir/integrations/nagios/guestlist.cfg" "$N/guestlist.cfg"
}

# A service has this state and text.
shows() { # HOST SERVICE STATE REGEX
    local status
    status=$(service_status "$2" "$1")
    [[ $status =~ ^$3\ .*$4 ]] || { echo "$1, $2: $status"; return 1; }
}

expect_all() {
    local host
    for host in fleet1 'fleet 2'; do
        wait_for 60 "shows '$host' guests 2 'sh-crashed|2 problems'"
        wait_for 60 "shows '$host' 'guests lab' 0 '1 domain, 1 running'"
        step "$host: $(service_status guests "$host"); lab: $(service_status 'guests lab' "$host")"
    done
}

install_plugin
start_two_hypervisors
write_inventory
configure_nagios
make_fleet --nagios "$N/services.cfg"
grep -q 'pa\$\|com!' "$N/services.cfg" && FAIL "a password is written"
start_nagios
expect_all
step "references to passwords"

end_process "$MONITOR_PID" TERM 10
rm -f "$N/status.dat" "$N/objects.cache"
sed -i '/USER1/!d' "$N/resource.cfg"
make_fleet --nagios "$N/services.cfg" --with-secrets
equal '600 nagios' "$(stat -c '%a %U' "$N/services.cfg")" "the mode and the owner of a file with passwords"
start_nagios
expect_all
step "passwords"

# The file that has everything. This Nagios has a host hv1 already.
sed 's/\(host_name  *hv\)1$/\1 one/' "$fleet_data/nagios.cfg" > "$N/services.cfg"
setpriv --reuid=nagios --regid=nagios --init-groups nagios4 -v "$N/nagios.cfg" > "$T/out" || FAIL "$(cat "$T/out")"
grep -q 'Checked 10 services' "$T/out" && grep -q '^Total Errors: *0' "$T/out" || FAIL "$(cat "$T/out")"
step "the file that has everything is without faults"
OK
