#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Icinga 2 checks the hosts that guestlist-fleet writes, each hypervisor by its own community or context, first with references to the
# constant GuestlistAuth, then with the passwords themselves.
. "$(dirname "$0")/plugin.sh"
. "$(dirname "$0")/icinga2-lib.sh"
. "$(dirname "$0")/fleet-lib.sh"
need icinga2 virsh snmpget libvirtd python3
need_root
need_user_nagios

# What conf.d and constants.conf have.
icinga_basics() {
    echo 'template Host "generic-host" { check_command = "dummy" }'
    [ "$1" = none ] || printf 'const GuestlistAuth = {\n guestlist = { community = "%s" }\n lab = { community = "%s" }\n%s\n}\n' "$FLEET_COMMUNITY" \
        "${FLEET_LAB_COMMUNITY//\$/\$\$}" " v3 = { auth_password = \"${FLEET_AUTH//\$/\$\$}\", priv_password = \"${FLEET_PRIV//\$/\$\$}\" }"
}

write_hosts() { # CONSTANTS OPTION...
    local constants=$1
    shift
    mkdir -p "$I"
    make_fleet --icinga2 "$I/fleet.conf" "$@"
    { icinga_basics "$constants" && cat "$I/fleet.conf"; } > "$I/hosts.conf"
    configure_icinga
}

shows() { # HOST/SERVICE STATE REGEX
    local status
    status=$(icinga_status "$1")
    [[ $status =~ ^$2\ .*$3 ]] || { echo "$1: $status"; return 1; }
}

expect_all() {
    local host
    for host in fleet1 'fleet 2'; do
        wait_for 60 "shows '$host/guests' 2 'sh-crashed|2 problems'"
        wait_for 60 "shows '$host/guests of lab' 0 '1 domain, 1 running'"
        step "$host: $(icinga_status "$host/guests"); lab: $(icinga_status "$host/guests of lab")"
    done
}

install_plugin
start_two_hypervisors
write_inventory
write_hosts constants
grep -q 'pa\$\|com!' "$I/fleet.conf" && FAIL "a password is written"
check_icinga 4
start_icinga
expect_all
step "references to passwords"

end_process "$MONITOR_PID" TERM 10
find "$I/spool" -type f -delete
write_hosts none --with-secrets
check_icinga 4
start_icinga
expect_all
step "passwords"

# The file that has everything.
{ icinga_basics none && cat "$fleet_data/icinga2.conf"
    echo 'const GuestlistAuth = { guestlist = { community = "x" }, "lab-auth" = { community = "x" }, site1 = { auth_password = "x", priv_password = "x" }, signed = { auth_password = "x" } }'
} > "$I/hosts.conf"
check_icinga 9
step "the file that has everything is without faults"
OK
