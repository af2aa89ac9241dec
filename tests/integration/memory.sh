#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The agent keeps at most 10 MiB of memory of its own, and 1 KiB more for each domain.
# Between two listings it holds nothing of libvirt's replies, which are far larger.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh libvirtd snmpbulkwalk
need_root
[ "${SANITIZERS:-no}" = no ] || SKIP "sanitizers need memory of their own"

domains=10000
define_many_qemu $domains
start_libvirtd
start_snmpd
configure_agent 'interval 1'
start_agent -u "$QEMU_URI"
# libvirtd needs some time for the first statistics and the XML of so many domains.
wait_for 120 "[ \"\$(value $vm_mib.1.2.0)\" = $domains ] && value $vm_entry.$vm_os_type.$domains"
next_listing 60
step "all rows, statistics and XML are there"

# At rest: no listing takes place, and everything that was asked has been answered.
configure_agent 'interval 3600'
serial=$(gl "$gl_serial")
kill -s HUP "$AGENT_PID"
wait_for 60 "[ \$(gl $gl_serial) -gt $serial ]"
own_kib() { awk '$1 == "RssAnon:" { print $2 }' "/proc/$AGENT_PID/status"; }
wait_for 30 "[ \$(own_kib) -le $((10 * 1024 + domains)) ]"
step "$(own_kib) KiB with $domains domains"

# Statistics can arrive during the walk. Then the walk keeps the older rows until a listing after its end.
configure_agent 'interval 10'
kill -s HUP "$AGENT_PID"
bulkwalk "$vm_entry" > "$T/walk"
wait_for 60 "[ \$(own_kib) -le $((10 * 1024 + domains)) ]"
OK "$(own_kib) KiB after a walk"
