#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Filter words are refused with a sentence, or they are a filter that can be written and read again.
. "$(dirname "$0")/lib.sh"

fuzz filter 60000 -max_len=300
