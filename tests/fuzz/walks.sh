#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Whatever managers ask and whenever rows are published, a walk sees one set of rows, and no rows are too old.
. "$(dirname "$0")/lib.sh"

fuzz walks 8000 -max_len=1500 -len_control=0
