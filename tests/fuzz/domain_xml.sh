#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# XML of any bytes is refused, or the tables can be walked with the facts in it.
. "$(dirname "$0")/lib.sh"

fuzz domain_xml 30000 -max_len=6000
