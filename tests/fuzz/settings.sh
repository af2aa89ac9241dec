#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A directive is refused with a sentence and changes nothing, or the settings stay within their limits.
. "$(dirname "$0")/lib.sh"

fuzz settings 60000 -max_len=1500
