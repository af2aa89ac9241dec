#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/integration/churn.sh with many listings. The environment may say: CHURN_LISTINGS (10000).
CHURN_LISTINGS=${CHURN_LISTINGS:-10000} exec "$(dirname "$0")/../integration/churn.sh"
