#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# guestlist-graph shows times in the reader's time zone, by --time-zone or TZ, and reads --start and --end in it.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/pixels.sh"
need rrdtool pngtopnm pnmtoplainpnm pnmcut
[ -f /usr/share/zoneinfo/Asia/Tokyo ] || SKIP "needs tzdata"

began=1700000000
picture=hv1-domains.png
unset TZ

pictures() { # OPTION...
    rm -f "$T"/*.png
    "$graph" --output "$T" "$@" > "$T/out" 2>&1 || FAIL "$*: $(cat "$T/out")"
}

sum() { pngtopnm "$T/$picture" | md5sum; }

# Of all but the last line, which names the time zone.
sum_above_zone() { pngtopnm "$T/$picture" | pnmcut -bottom -26 | md5sum; }

# The same values an hour later, which is the hour that UTC+1 has at the time of the first ones.
store hv1/guestlist-web/domain_state.rrd $((began + 5)) 1=180 5=180
data=$T/hour-later
store hv1/guestlist-web/domain_state.rrd $((began + 3605)) 1=180 5=180
pictures --data "$data" --start $((began + 3600)) --end $((began + 7200)) --time-zone UTC
utc_an_hour_later=$(sum_above_zone) utc_with_its_name=$(sum)
data=$T/rrd
pictures --data "$data" --start $began --end $((began + 3600)) --time-zone Etc/GMT-1
equal "$utc_an_hour_later" "$(sum_above_zone)" "the axis in UTC+1, and in UTC an hour later"
[ "$(sum)" != "$utc_with_its_name" ] || FAIL "the picture does not name its time zone"
by_option=$(sum)
pictures --data "$data" --start $began --end $((began + 3600)) -t UTC
[ "$(sum_above_zone)" != "$utc_an_hour_later" ] || FAIL "two hours with the same axis: this test cannot see"
TZ=Etc/GMT-1 pictures --data "$data" --start $began --end $((began + 3600))
equal "$by_option" "$(sum)" "the picture with TZ"
TZ=UTC pictures --data "$data" --start $began --end $((began + 3600)) -t Etc/GMT-1
equal "$by_option" "$(sum)" "the picture with an option against TZ"
step "the axis has the time of the zone"

# Off from midnight in Tokyo, nine hours before midnight in Greenwich.
midnight=$(TZ=Asia/Tokyo date -d 2023-11-16 +%s)
data=$T/tokyo
store hv1/guestlist-web/domain_state.rrd $((midnight - 2 * 86400 + 5)) 1=17280 5=17280
pictures --data "$data" --start 20231116 --end 20231117 --time-zone Asia/Tokyo
equal off "$(bars_of "$T/$picture")" "the day in Tokyo"
pictures --data "$data" --start 20231116 --end 20231117 --time-zone UTC
equal off "$(bars_of "$T/$picture")" "the day in Greenwich"
pictures --data "$data" --start 20231115 --end 20231116 --time-zone Asia/Tokyo
equal running "$(bars_of "$T/$picture")" "the day before in Tokyo"
pictures --data "$data" --start 20231115 --end 20231116 --time-zone UTC
equal 'running off' "$(bars_of "$T/$picture" | sed 's/ changed//')" "the day before in Greenwich"
step "--start and --end are times of the zone"

for zone in Nowhere/Land tzdata.zi ../../../etc/passwd Asia ''; do
    ! "$graph" --data "$data" --output "$T" --time-zone "$zone" > "$T/out" 2>&1 || FAIL "--time-zone '$zone': taken"
    grep -q -- "--time-zone $zone: no such time zone; expected" "$T/out" || FAIL "--time-zone '$zone': $(cat "$T/out")"
done
OK
