#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# collectd writes a file at seconds that are not those of its rows, so rrdtool mixes two states to a third: between 1, running,
# and 5, shut off, stands 3, in MIN and MAX alike. guestlist-graph shows no state that never was, in rows of one value as in
# rows of many; and it says what it cannot draw.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/pixels.sh"
need rrdtool pngtopnm pnmtoplainpnm

graph=$top_srcdir/scripts/guestlist-graph
data=$T/rrd
began=1700000000

# A file as collectd makes it for an interval of 10 seconds, its values in the middle between two rows.
domain() { # NAME STATE=COUNT...
    local file=$data/hv1/guestlist-$1/domain_state.rrd at=$((began + 5)) part i function archives=() updates=()
    mkdir -p "${file%/*}"
    for function in AVERAGE MIN MAX; do archives+=("RRA:$function:0.1:1:1200" "RRA:$function:0.1:7:1235"); done
    rrdtool create "$file" --start $((began - 10)) --step 10 DS:state:GAUGE:20:0:U DS:reason:GAUGE:20:0:U "${archives[@]}"
    for part in "${@:2}"; do
        for ((i = 0; i < ${part#*=}; i++, at += 10)); do updates+=("$at:${part%=*}:0"); done
    done
    rrdtool update "$file" "${updates[@]}"
}

# No colour of a state that no domain had for longer than one value.
only_what_was() {
    colours_of "$T/hv1-domains.png" > "$T/colours"
    grep -qx running "$T/colours" || FAIL "no colour that is known: $(head -n 20 "$T/colours" | xargs)"
    ! grep -xE 'blocked|paused|shutting-down|crashed' "$T/colours" || FAIL "the picture shows what no domain ever was"
}

pictures() { "$graph" --data "$data" --output "$T" --start $began --size 800x250 "$@" > "$T/out" 2>&1; } # OPTION...

mkdir -p "$data"
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
step "no state that never was"

refused() { # WHAT OPTION...
    ! pictures "${@:2}" || FAIL "${*:2}: taken"
    grep -q -- "$1" "$T/out" || FAIL "${*:2}: $(cat "$T/out")"
}
refused 'unparsable time.*expected times' --start nonsense
refused 'expected WIDTHxHEIGHT' --size 12
refused 'unknown option --nonsense' --nonsense
refused 'no such folder; expected the DataDir' --data "$T/none"
refused 'nothing to draw; expected HOST/guestlist-NAME' --host nobody
refused 'needs a value' --end
echo nonsense > "$data/hv1/guestlist-steady/domain_state.rrd"
refused "guestlist-steady/domain_state.rrd: .*expected a file of collectd's plugin rrdtool" --end $((began + 11900))
grep -q "^$T/hv1-domains.png$" "$T/out" || FAIL "one bad file, and no picture of the others"
OK
