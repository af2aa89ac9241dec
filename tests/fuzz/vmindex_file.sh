#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A vmindex file of any bytes is refused with a message, or each of its domains has an index of its own.
. "$(dirname "$0")/lib.sh"

fuzz vmindex_file 15000 -max_len=2000
