#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A text of any bytes becomes one that SNMP, terminals, logs and JSON can carry.
. "$(dirname "$0")/lib.sh"

fuzz text 100000 -max_len=600
