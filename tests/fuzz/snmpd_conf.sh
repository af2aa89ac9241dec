#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# --check reads any snmpd.conf.
. "$(dirname "$0")/lib.sh"

fuzz snmpd_conf 20000 -max_len=3000
