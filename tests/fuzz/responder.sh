#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Each request of a master gets an answer that fits it.
. "$(dirname "$0")/lib.sh"

fuzz responder 8000 -max_len=3000 -len_control=0
