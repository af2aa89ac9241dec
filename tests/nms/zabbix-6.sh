#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A real Zabbix 6.0 with integrations/zabbix/guestlist-6.0.yaml: every item has a value, each trigger fires and resolves, one cause
# is one alarm, and no restart disables an item.
. "$(dirname "$0")/../integration/lib.sh"
. "$(dirname "$0")/../integration/agent.sh"
. "$(dirname "$0")/../integration/traps.sh"
. "$(dirname "$0")/zabbix-lib.sh"
. "$(dirname "$0")/zabbix-play.sh"
need curl jq virsh libvirtd snmpget snmptrapd qemu-system-x86_64 qemu-img
need_root

start_zabbix 6.0
start_guests
log_in
import_template "$zabbix_files/guestlist-6.0.yaml"
play_host
play_fleet guestlist-fleet-6.0.yaml
play_guests
play_quick_restarts
play_hypervisor
play_agent
play_vm_mib_alone
play_notifications
OK
