#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Whatever events and rows come, no change is reported twice, and at last the reports are what the rows show.
. "$(dirname "$0")/lib.sh"

fuzz transitions 8000 -max_len=1500 -len_control=0
