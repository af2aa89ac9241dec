#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# collectd writes a file at seconds that are not those of its rows, so rrdtool mixes two states to a third: between 1, running,
# and 5, shut off, stands 3, in MIN and MAX alike. guestlist-graph shows no state that never was, in rows of one value as in
# rows of many.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/pixels.sh"
need rrdtool pngtopnm pnmtoplainpnm

began=1700000000

# The values are in the middle between two rows.
domain() { store "hv1/guestlist-$1/domain_state.rrd" $((began + 5)) "${@:2}"; } # NAME STATE=COUNT...

# No colour of a state that no domain had for longer than one value.
only_what_was() {
    colours_of "$T/hv1-domains.png" > "$T/colours"
    grep -qx running "$T/colours" || FAIL "no colour that is known: $(head -n 20 "$T/colours" | xargs)"
    ! grep -xE 'blocked|paused|shutting-down|crashed' "$T/colours" || FAIL "the picture shows what no domain ever was"
}

pictures() { "$graph" --data "$data" --output "$T" --start $began --size 800x250 "$@" > "$T/out" 2>&1; } # OPTION...

domain half 1=60 5=60
domain once 1=60 3=1 5=59
domain steady 5=120
[ "$(rrdtool fetch "$data/hv1/guestlist-half/domain_state.rrd" MIN -s $((began + 590)) -e $((began + 610)) |
    awk '$2 == 3 && /^[0-9]/' | wc -l)" = 1 ] || FAIL "rrdtool did not mix two states: this test shows nothing"
pictures --end $((began + 1180)) || FAIL "$(cat "$T/out")"
bars_of "$T/hv1-domains.png" > "$T/bars"
equal $'running off\nrunning off\noff' "$(cat "$T/bars")" "the bars of twenty minutes"
only_what_was

domain half 1=600 5=600
domain once 1=600 3=1 5=599
domain steady 5=1200
domain flips $(for i in {1..300}; do echo 1=2 5=2; done)
pictures --end $((began + 11900)) || FAIL "$(cat "$T/out")"
bars_of "$T/hv1-domains.png" > "$T/bars"
equal $'changed\nrunning off\nrunning off\noff' "$(cat "$T/bars")" "the bars of three hours"
only_what_was
OK "no state that never was"
