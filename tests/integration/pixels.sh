# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced after lib.sh by the tests of guestlist-graph: what a picture shows, in words. Needs pngtopnm and pnmtoplainpnm.

size_of() { pngtopnm "$1" 2> /dev/null | sed -n 2p; } # FILE

declare -A word=([f0e442]=no-state [009e73]=running [56b4e9]=blocked [e69f00]=paused [0072b2]=shutting-down [b3b3b3]=off
    [d55e00]=crashed [cc79a7]=suspended [404040]=changed [ececec]=nothing [000000]=should-run [d3d3d3]=away)

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

# Each row of a picture as what it shows from left to right. What is not as wide as 16 pixels is a letter or a legend.
rows_of() { # FILE
    pngtopnm "$1" | pnmtoplainpnm | tr -s ' ' '\n' | awk -v known="$(known_colours)" '
        function end_run() { if (run >= 16 && last in name && name[last] != shown) text = text " " (shown = name[last]) }
        BEGIN { n = split(known, pair, "\n"); for (i = 1; i <= n; i++) { split(pair[i], kv, "="); name[kv[1]] = kv[2] } }
        $0 == "" { next }
        ++field == 2 { width = $0 }
        field <= 4 { next }
        { pixel = pixel sprintf("%02x", $0) }
        (field - 4) % 3 == 0 {
            if (pixel == last) run++; else { end_run(); last = pixel; run = 1 }
            pixel = ""
            if (++x == width) { end_run(); print text; text = shown = last = ""; run = x = 0 }
        }' | sed 's/^ //'
}

# What the bar of each domain shows, from the top: the row in its middle. A bar is 18 pixels below the one before.
bars_of() { # FILE
    rows_of "$1" | awk '/./ { first = first ? first : NR } first && (NR - first) % 18 == 5 && /[^ ]/'
}
