#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A configuration file of any bytes is read, or refused with printable lines.
. "$(dirname "$0")/lib.sh"

fuzz config_file 20000 -max_len=3000
