#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A file of device indexes of any bytes is refused with a message, or each device of a domain has an index of its own.
. "$(dirname "$0")/lib.sh"

fuzz deviceindex_file 15000 -max_len=2000
