#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The modules for snmp_exporter in integrations/prometheus are what the real generator makes of the current MIB modules.
. "$(dirname "$0")/../integration/lib.sh"
need prometheus-snmp-generator

base=
for folder in /usr/share/mibs/ietf /usr/share/snmp/mibs/ietf /var/lib/mibs/ietf /usr/lib*/erlang/lib/snmp-*/mibs; do
    ! compgen -G "$folder/SNMPv2-SMI*" > "$T/need" || base=$folder
done
[ -n "$base" ] || SKIP "the IETF's base modules are not installed (package erlang-snmp has them)"
[ "$("$GUESTLISTD" -V 2>&1 | grep -c 1.3.6.1.4.1.8072.9999.9999.2512)" = 1 ] || SKIP "GUESTLIST-MIB has another root here"

mkdir "$T/made"
made=$("$top_srcdir/integrations/prometheus/generate" "$T/made" "$top_srcdir/mib" "$top_builddir/mib" \
    "$top_srcdir/mib/base" "$base") || FAIL "the generator made nothing"
diff -u "$top_srcdir/integrations/prometheus/${made##*/}" "$made" ||
    FAIL "integrations/prometheus/generate makes another ${made##*/} than the one in the tree"
OK "${made##*/} is what the generator makes"
