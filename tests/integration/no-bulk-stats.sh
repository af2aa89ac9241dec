#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# With a driver without bulk statistics (LXC), the agent reads each domain separately.
# It does so on this connection only, and reports it once.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpget snmpwalk libvirtd
need_root

start_libvirtd -c
start_snmpd
on_lxc version > "$T/out" 2>&1 || SKIP "libvirt's LXC driver does not run here: $(tail -n 1 "$T/out")"
for name in first second third; do
    lxc_domain $name > "$T/$name.xml"
    on_lxc define "$T/$name.xml" > "$T/out" || FAIL "$(cat "$T/out")"
done
on_lxc autostart second > "$T/out"
started=no
on_lxc start first > "$T/out" 2>&1 && started=yes
configure_agent 'interval 1'
start_agent -u "$LXC_URI"
wait_for 30 "[ \"\$(row_count)\" = 3 ]"
next_listing
equal LXC "$(value $vm_mib.1.1.1.0)" vmHvSoftware
equal 2 "$(vm $vm_autostart second)" "vmAutoStart of second"
equal 3 "$(vm $vm_autostart third)" "vmAutoStart of third"
equal 2 "$(vm $vm_persistent third)" "vmPersistent of third"
equal "$(on_lxc dominfo third | awk '/Max memory/ { print $3 }')" "$(vm $vm_mem_maximum third)" "vmMaxMem of third"
if [ $started = yes ]; then
    equal 4 "$(vm $vm_oper_state first)" "vmOperState of a running container"
    # If libvirt cannot reach the freezer of the container, it cannot suspend the container, and this step is left out.
    if on_lxc suspend first > "$T/out" 2>&1; then
        wait_for 20 "[ \"\$(vm $vm_oper_state first)\" = 8 ]"
        on_lxc resume first > "$T/out"
    fi
    on_lxc destroy first > "$T/out"
    wait_for 20 "[ \"\$(vm $vm_oper_state first)\" = 11 ]"
fi
equal 1 "$(grep -c 'no bulk statistics' "$AGENT_LOG")" "messages in the log"
OK "container started: $started"
