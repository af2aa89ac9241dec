#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# guestlist-graph puts forty domains into a picture, and the next ones into further pictures of the same width.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/pixels.sh"
need rrdtool pngtopnm pnmtoplainpnm

began=1700000005

store hv1/guestlist-d00/domain_state.rrd $began 1=120
for i in {01..79}; do
    mkdir "$data/hv1/guestlist-d$i"
    cp "$data/hv1/guestlist-d00/domain_state.rrd" "$data/hv1/guestlist-d$i/"
done
store hv1/guestlist-with-the-longest-name/domain_state.rrd $began 5=120
"$graph" --data "$data" --output "$T" --start $began --end $((began + 1180)) > "$T/out" 2>&1 || FAIL "$(cat "$T/out")"
equal "$(printf '%s\n' "$T"/hv1-domains{,-2,-3}.png)" "$(cat "$T/out")" "the pictures"
for page in '' -2 -3; do bars_of "$T/hv1-domains$page.png" | sort | uniq -c | xargs; done > "$T/bars"
equal $'40 running\n40 running\n1 off' "$(cat "$T/bars")" "the bars of each picture"
for page in '' -2 -3; do size_of "$T/hv1-domains$page.png" | cut -d' ' -f1; done > "$T/widths"
equal $'800\n800\n800' "$(cat "$T/widths")" "the widths"
OK
