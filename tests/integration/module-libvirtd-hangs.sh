#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The module inside snmpd passes the same test as guestlistd: libvirtd-hangs.sh.
AGENT_IN_SNMPD=yes
. "$(dirname "$0")/libvirtd-hangs.sh"
