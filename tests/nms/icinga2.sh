#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Icinga 2 runs check_guestlist with the CheckCommand and the apply rules of integrations/icinga2, and shows each result.
. "$(dirname "$0")/plugin.sh"
need icinga2 virsh snmpget libvirtd
need_root
need_user_nagios

I=$T/icinga2

# The hosts have different variables. All services come from the apply rules.
icinga_hosts() {
    cat <<E
template Host "hypervisor" {
  address = "127.0.0.1"
  check_command = "dummy"
  vars.guestlist_port = "$SNMP_PORT"
  vars.guestlist_community = "public"
}
object Host "hv1" {
  import "hypervisor"
  vars.guestlist = true
  vars.guestlist_ignore = [ "sh-crashed" ]
  vars.guestlist_domains["running"] = { guestlist_domain = "sh-running" }
  vars.guestlist_domains["paused"] = { guestlist_domain = [ "/^sh-paused\$\$/" ] }
  vars.guestlist_domains["web99"] = {}
  vars.guestlist_counts["running"] = { guestlist_state = "running", guestlist_ignore = [], guestlist_domain = "/^sh-/", guestlist_warning = "4:", guestlist_critical = "1:" }
}
object Host "hv1-crashed" {
  import "hypervisor"
  vars.guestlist = true
}
object Host "hv1-refused" {
  import "hypervisor"
  vars.guestlist = true
  vars.guestlist_community = "wrong"
  vars.guestlist_timeout = 2
}
object Host "hv1-v3" {
  address = "127.0.0.1"
  check_command = "dummy"
  vars.guestlist_port = "$SNMP_PORT"
  vars.guestlist_seclevel = "authPriv"
  vars.guestlist_user = "checker"
  vars.guestlist_auth_protocol = "SHA"
  vars.guestlist_auth_password = "secret of checker"
  vars.guestlist_priv_protocol = "AES"
  vars.guestlist_priv_password = "privacy of checker"
  vars.guestlist_domains["sh-running"] = {}
}
E
}

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

configure_icinga() {
    mkdir -p "$I"/{run,lib/certs,cache,log,spool}
    cp "$top_srcdir/integrations/icinga2/guestlist-command.conf" "$I/"
    sed -E 's/_interval = [0-9]+[ms]$/_interval = 1s/' "$top_srcdir/integrations/icinga2/guestlist-services.conf" > "$I/guestlist-services.conf"
    icinga_main > "$I/icinga2.conf"
    icinga_hosts > "$I/hosts.conf"
    chown -R nagios:nagios "$I"
}

places=(-D "DataDir=$I/lib" -D "CacheDir=$I/cache" -D "LogDir=$I/log" -D "InitRunDir=$I/run" -D "SpoolDir=$I/spool"
    -D RunAsUser=nagios -D RunAsGroup=nagios -D "ConfigDir=$I")

as_icinga() { ICINGA2_USER=nagios ICINGA2_GROUP=nagios HOME=$I "$@"; }

service_status() { # NAME
    local -A names=([guests]=hv1/guests [crashed]=hv1-crashed/guests [running]='hv1/guest running' [paused]='hv1/guest paused'
        [absent]='hv1/guest web99' [count]='hv1/guests running' [v3]='hv1-v3/guest sh-running' [refused]=hv1-refused/guests)
    local name=${names[$1]}
    # Print the newest line of all files, in the order in which they were written.
    find "$I/spool" -name 'service*' -printf '%T@ %p\n' | sort -n | cut -d' ' -f2- | xargs -r cat |
        awk -v name="$name " 'index($0, name) == 1 { line = substr($0, length(name) + 1) } END { if (line != "") print line }'
}

install_plugin
start_hypervisor
configure_icinga
as_icinga icinga2 daemon -C -c "$I/icinga2.conf" "${places[@]}" > "$T/out" 2>&1 || FAIL "$(tail -n 20 "$T/out")"
! grep -E 'warning/|critical/' "$T/out" || FAIL "Icinga warns about the configuration"
grep -q 'Instantiated 8 Services' "$T/out" || FAIL "the rules do not make the eight services: $(cat "$T/out")"
export ICINGA2_USER=nagios ICINGA2_GROUP=nagios
export HOME=$I
start_monitor icinga2 daemon -c "$I/icinga2.conf" "${places[@]}"
play_all_verdicts
OK
