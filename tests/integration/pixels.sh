# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced after lib.sh by the tests of guestlist-graph: files as collectd's plugin rrdtool writes them, and what a picture shows,
# in words. Needs rrdtool, pngtopnm and pnmtoplainpnm.
#
# shellcheck disable=SC2034,SC2154  # variables are for the tests, or lib.sh has them

graph=$top_srcdir/scripts/guestlist-graph
data=$T/rrd

# What collectd makes for an interval of 10 seconds.
heartbeat=20 archives=()
for function in AVERAGE MIN MAX; do
    for rows in 1:360 7:1234 50:1209 223:1201 2635:1200; do archives+=("RRA:$function:0.1:$rows"); done
done

# Stores values in $data/FILE, one each 10 seconds from TIME on, which is not the end of a row. U stores nothing.
store() { # FILE TIME VALUE=COUNT...
    local file=$data/$1 at=$2 part i sources=("DS:value:GAUGE:$heartbeat:U:U") more='' updates=()
    [[ $1 != *domain_state.rrd ]] || sources=(DS:{state,reason}:"GAUGE:$heartbeat:0:U") more=:0
    mkdir -p "${file%/*}"
    for part in "${@:3}"; do
        for ((i = 0; i < ${part#*=}; i++, at += 10)); do
            [ "${part%=*}" = U ] || updates+=("$at:${part%=*}$more")
        done
    done
    rrdtool create "$file" --start $(($2 - 10)) --step 10 "${sources[@]}" "${archives[@]}" &&
        rrdtool update "$file" "${updates[@]}" || FAIL "rrdtool cannot store $1"
}

size_of() { pngtopnm "$1" 2> /dev/null | sed -n 2p; } # FILE

declare -A word=([ffdf10]=no-state [009960]=running [58c8ff]=blocked [dc9400]=paused [0056b4]=shutting-down [b2b2b2]=off
    [b8460a]=crashed [b06eb0]=suspended [404040]=changed [606068]=no-value [000000]=should-run [303038]=no-answer)

known_colours() {
    local colour
    for colour in "${!word[@]}"; do echo "$colour=${word[$colour]}"; done
}

# Every colour that occurs, be it in one pixel, as its word or as it is.
colours_of() { # FILE
    pngtopnm "$1" | pnmtoplainpnm | tail -n +4 | tr -s ' ' '\n' | awk -v known="$(known_colours)" '
        BEGIN { n = split(known, pair, "\n"); for (i = 1; i <= n; i++) { split(pair[i], kv, "="); name[kv[1]] = kv[2] } }
        $0 == "" { next }
        { pixel = pixel sprintf("%02x", $0) }
        length(pixel) == 6 { seen[pixel]; pixel = "" }
        END { for (pixel in seen) print pixel in name ? name[pixel] : pixel }'
}

# Each row of a picture as what it shows from left to right. What is not as wide as 16 pixels is a letter or a legend. The white
# between two dashes belongs to the dashed line.
rows_of() { # FILE
    pngtopnm "$1" | pnmtoplainpnm | tr -s ' ' '\n' | awk -v known="$(known_colours)" '
        function end_run() { if (run >= 16 && last in name && name[last] != shown) text = text " " (shown = name[last]) }
        BEGIN { n = split(known, pair, "\n"); for (i = 1; i <= n; i++) { split(pair[i], kv, "="); name[kv[1]] = kv[2] } }
        $0 == "" { next }
        ++field == 2 { width = $0 }
        field <= 4 { next }
        { pixel = pixel sprintf("%02x", $0) }
        (field - 4) % 3 == 0 {
            if (pixel in name && name[pixel] == "no-value") dashed = 6
            else if (pixel == "ffffff" && dashed-- > 0) pixel = last
            if (pixel == last) run++; else { end_run(); last = pixel; run = 1 }
            pixel = ""
            if (++x == width) { end_run(); print text; text = shown = last = ""; run = x = dashed = 0 }
        }' | sed 's/^ //'
}

# What the bar of each domain shows, from the top: the row in its middle. A bar is 18 pixels below the one before.
bars_of() { # FILE
    rows_of "$1" | awk '/./ { first = first ? first : NR } first && (NR - first) % 18 == 6 && /[^ ]/'
}
