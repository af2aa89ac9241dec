# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Names and verbs for the tests of the agent. Source this file after lib.sh.
# shellcheck disable=SC2034  # for the tests

vm_mib=1.3.6.1.2.1.236
vm_entry=$vm_mib.1.4.1
guestlist_mib=1.3.6.1.4.1.8072.9999.9999.2512
scalars=$guestlist_mib.1.1

vm_name=2 vm_uuid=3 vm_os_type=4 vm_admin_state=5 vm_oper_state=6 vm_autostart=7 vm_persistent=8 vm_cpus=9
vm_cpus_minimum=10 vm_cpus_maximum=11 vm_mem_unit=12 vm_mem=13 vm_mem_minimum=14 vm_mem_maximum=15 vm_up_time=16
vm_cpu_time=17

gl_uri=1 gl_status=2 gl_last_error=3 gl_filter=4 gl_serial=5 gl_time=6 gl_age=7 gl_duration=8 gl_calls=9 gl_domains=10
gl_failures=11 gl_reconnects=12 gl_events=13 gl_autostart_inactive=16 gl_active_no_autostart=17 gl_not_answering=18
connecting=1 connected=2 stale=3 disconnected=4

# Writes the configuration for the next start_agent, one directive per line.
configure_agent() { # [LINE...]
    mkdir -p "$T/agent"
    printf '%s\n' "$@" > "$T/agent/guestlistd.conf"
}

# Prints a scalar of GUESTLIST-MIB.
gl() { value "$scalars.$1.0"; }

# Prints a column of the row with this name.
vm() { value "$vm_entry.$1.$(row_of "$2")"; } # COLUMN NAME

row_count() { walk "$vm_entry.$vm_uuid" | grep -Fc ".$vm_entry.$vm_uuid."; }

# Waits for a listing that began after this call.
next_listing() {
    local serial
    wait_for "${1:-20}" "gl $gl_serial" # snmpd may have started just now, without the objects of the agent
    serial=$(gl $gl_serial)
    wait_for "${1:-20}" "[ \$(gl $gl_serial) -gt $serial ]"
    serial=$(gl $gl_serial)
    wait_for "${1:-20}" "[ \$(gl $gl_serial) -gt $serial ]"
}

log_lines() { grep -cv -e '^NET-SNMP version' -e '^Turning on AgentX' -e '^Created directory' -e '^$' "$AGENT_LOG"; }

# Waits until the agent serves statistics that it requested after this call.
next_statistics() {
    local start
    start=$(now)
    # glStatisticsAge is in whole hundredths of a second: the statistics can be one hundredth older.
    wait_for "${1:-20}" "awk -v age=\"\$(gl 14)\" -v t=\"\$(since $start)\" 'BEGIN { exit !(age != \"\" && (age + 1) / 100 < t) }'"
}

# With AGENT_IN_SNMPD=yes, a test of guestlistd becomes a test of the module for snmpd.
# shellcheck source=tests/integration/module.sh
[ "${AGENT_IN_SNMPD-no}" = no ] || . "$lib_dir/module.sh"
