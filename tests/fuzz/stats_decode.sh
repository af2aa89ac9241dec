#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Typed parameters of any names, types and values become numbers with which the tables can be walked.
. "$(dirname "$0")/lib.sh"

fuzz stats_decode 8000 -max_len=3000 -len_control=0
