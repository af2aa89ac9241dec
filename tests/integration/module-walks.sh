#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The module inside snmpd passes the same test as guestlistd: walks.sh.
AGENT_IN_SNMPD=yes
. "$(dirname "$0")/walks.sh"
