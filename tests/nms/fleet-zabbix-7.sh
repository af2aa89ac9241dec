#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A real Zabbix 7.0 imports the hosts that guestlist-fleet writes and asks them, each hypervisor by its own community or context. The same
# import twice changes nothing, and a host keeps its items when its address changes.
. "$(dirname "$0")/fleet-zabbix-play.sh"

start_zabbix 7.0 trixie
play_fleet 7.0 host_groups
OK
