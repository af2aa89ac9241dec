#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A command line is accepted, or refused with a sentence.
. "$(dirname "$0")/lib.sh"

fuzz options 150000 -max_len=1000
