#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# GET and GETNEXT of any names, on tables of any domains, find the same as a search through all instances.
. "$(dirname "$0")/lib.sh"

fuzz mib 6000 -max_len=2000 -len_control=0
