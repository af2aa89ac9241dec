#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A URI is accepted or refused with a sentence. No text shows a secret in it, whatever characters the secret has.
. "$(dirname "$0")/lib.sh"

fuzz uri 40000 -max_len=300
