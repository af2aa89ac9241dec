#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Icinga 2 runs check_guestlist with the CheckCommand and the apply rules of integrations/icinga2, and shows each result.
. "$(dirname "$0")/plugin.sh"
. "$(dirname "$0")/icinga2-lib.sh"
need icinga2 virsh snmpget libvirtd
need_root
need_user_nagios

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

service_status() { # NAME
    local -A names=([guests]=hv1/guests [crashed]=hv1-crashed/guests [running]='hv1/guest running' [paused]='hv1/guest paused'
        [absent]='hv1/guest web99' [count]='hv1/guests running' [v3]='hv1-v3/guest sh-running' [refused]=hv1-refused/guests)
    icinga_status "${names[$1]}"
}

install_plugin
start_hypervisor
mkdir -p "$I"
icinga_hosts > "$I/hosts.conf"
configure_icinga
check_icinga 8
start_icinga
play_all_verdicts
OK
