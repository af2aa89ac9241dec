#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Names of any characters get their bar, their label and their pictures from guestlist-graph.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/pixels.sh"
need rrdtool pngtopnm pnmtoplainpnm pnmcut

began=1700000005
mkdir "$T/pictures"

pictures() { # OPTION...
    rm -f "$T"/pictures/*
    "$graph" --data "$data" --output "$T/pictures" --start $began --end $((began + 1180)) "$@" > "$T/out" 2>&1 ||
        FAIL "$*: $(cat "$T/out")"
    ! grep -v "^$T/pictures/" "$T/out" || FAIL "$*: words that are no names of pictures"
}

domain() { store "hv1/guestlist-$1/domain_state.rrd" $began 1=120; } # NAME

sum() { pngtopnm "$T/pictures/hv1-domains.png" | md5sum; }

names=('back\slash' 'end\' 'a\l' 'a:b' 'a\:b' '%lf %s %' "quote ' and \"" '$(id) `id` $HOME' '*' '[ab]?' '-s' ' blank ' 'a=b,c' '<b>'
    'Größe' '仮想マシン' $'no\xffUTF-8' $'tab\tbell\a' $'new\nline' '#000000' "$(printf 'long%.0s' {1..50})")
for name in "${names[@]}"; do domain "$name"; done
pictures
equal ${#names[@]} "$(bars_of "$T/pictures/hv1-domains.png" | grep -cx running)" "how many bars there are"
equal "$T/pictures/hv1-domains.png" "$(cat "$T/out")" "the only picture"

# Two names with the same label give the same picture, and two with other labels do not.
rm -r "$data"
for name in 'a\l' 'a' 'a\' 'a_l' $'a\nl' $'a\tl'; do
    domain "$name"
    pictures
    sums[${#sums[@]}]=$(sum)
    rm -r "$data"
done
equal 4 "$(printf '%s\n' "${sums[@]}" | sort -u | wc -l)" "how many of these six labels differ"
equal "${sums[3]} ${sums[3]}" "${sums[4]} ${sums[5]}" "control characters as underscores"
step "domains"

for name in 'back\slash:' '%lf' $'new\nline' '-s'; do
    for metric in running paused shutoff other autostart_inactive total; do
        store "-host/guestlist-$name/count-$metric.rrd" $began 1=120
    done
    store "-host/guestlist-$name/bool-connected.rrd" $began 1=60 0=60
    name=${name/$'\n'/_}
    pictures --hypervisor "${name/\\/?}"
    [ -s "$T/pictures/-host-$name-totals.png" ] || FAIL "no totals of $name: $(cat "$T/out")"
done
step "hypervisors"

# Folders that look like options.
cd "$T" || exit 99
mv rrd ./-d
mkdir ./-o
"$graph" -d -d -o -o -s $began -e $((began + 1180)) -y -s > out 2>&1 || FAIL "folders that look like options: $(cat out)"
equal './-o/-host--s-totals.png' "$(cat out)" "the name of the picture"
OK
