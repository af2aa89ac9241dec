#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Makes ./configure. Needs autoconf >= 2.69, automake >= 1.16, libtool and pkg-config.
set -e
cd "$(dirname "$0")"
exec autoreconf -fi
