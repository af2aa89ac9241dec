#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# An option of the collectd plugin is taken, or refused with a message.
. "$(dirname "$0")/lib.sh"

fuzz instance_options 15000 -max_len=1000
