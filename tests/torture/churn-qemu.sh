#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/integration/churn-qemu.sh for longer. The environment may say: CHURN_SECONDS (600).
CHURN_SECONDS=${CHURN_SECONDS:-600} exec "$(dirname "$0")/../integration/churn-qemu.sh"
