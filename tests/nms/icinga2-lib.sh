# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced after plugin.sh by the tests with Icinga 2: a private Icinga 2, and the states of its services.

I=$T/icinga2

# Uses shorter check intervals than the rules, because a minute is too long for a test.
icinga_main() {
    cat <<E
const PluginDir = "$T/plugins"
const NodeName = "lab"
const ZoneName = "lab"
include <itl>
include <plugins>
object Endpoint NodeName {}
object Zone ZoneName { endpoints = [ NodeName ] }
object FileLogger "log" { severity = "warning"; path = "$I/icinga2.log" }
object CheckerComponent "checker" {}
object IcingaApplication "app" { enable_notifications = false }
object PerfdataWriter "writer" {
  service_perfdata_path = "$I/spool/service"
  service_temp_path = "$I/spool/service.tmp"
  host_perfdata_path = "$I/spool/host"
  host_temp_path = "$I/spool/host.tmp"
  rotation_interval = 1s
  service_format_template = "\$host.name\$/\$service.name\$ \$service.state_id\$ \$service.output\$"
}
include "$I/guestlist-command.conf"
include "$I/guestlist-services.conf"
include "$I/hosts.conf"
E
}

# Expects hosts.conf to be there.
configure_icinga() {
    mkdir -p "$I"/{run,lib/certs,cache,log,spool}
    cp "$top_srcdir/integrations/icinga2/guestlist-command.conf" "$I/"
    sed -E 's/_interval = [0-9]+[ms]$/_interval = 1s/' "$top_srcdir/integrations/icinga2/guestlist-services.conf" > "$I/guestlist-services.conf"
    icinga_main > "$I/icinga2.conf"
    chown -R nagios:nagios "$I"
}

places=(-D "DataDir=$I/lib" -D "CacheDir=$I/cache" -D "LogDir=$I/log" -D "InitRunDir=$I/run" -D "SpoolDir=$I/spool"
    -D RunAsUser=nagios -D RunAsGroup=nagios -D "ConfigDir=$I")

as_icinga() { ICINGA2_USER=nagios ICINGA2_GROUP=nagios HOME=$I "$@"; }

# Icinga must find no fault, and make so many services.
check_icinga() { # SERVICES
    as_icinga icinga2 daemon -C -c "$I/icinga2.conf" "${places[@]}" > "$T/out" 2>&1 || FAIL "$(tail -n 20 "$T/out")"
    # Not every test has hosts for every rule.
    ! grep -E 'warning/|critical/' "$T/out" | grep -v 'does not match anywhere' || FAIL "Icinga warns about the configuration"
    grep -q "Instantiated $1 Services" "$T/out" || FAIL "the rules do not make $1 services: $(cat "$T/out")"
}

start_icinga() {
    export ICINGA2_USER=nagios ICINGA2_GROUP=nagios
    export HOME=$I
    start_monitor icinga2 daemon -c "$I/icinga2.conf" "${places[@]}"
}

# Prints "STATE TEXT" of the newest line of all files, in the order in which they were written.
icinga_status() { # HOST/SERVICE
    find "$I/spool" -name 'service*' -printf '%T@ %p\n' | sort -n | cut -d' ' -f2- | xargs -r cat |
        awk -v name="$1 " 'index($0, name) == 1 { line = substr($0, length(name) + 1) } END { if (line != "") print line }'
}
