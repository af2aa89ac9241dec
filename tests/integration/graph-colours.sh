#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The colour-blind can tell the colours of guestlist-graph apart, too: every two of them differ enough when they are seen normally,
# and without the cones for red, green or blue. The colours are those of a real picture.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/pixels.sh"
need rrdtool pngtopnm pnmtoplainpnm

began=1700000005
enough=20 # CIELAB's distance; two colours that are side by side differ visibly from 2 or 3 on

# Lines "NAME RRGGBB": each colour that the picture has in a run of 16 pixels and more, and the white beside them.
colours_in() { # FILE
    local colour
    rows_of "$1" | tr ' ' '\n' | sort -u > "$T/words"
    for colour in "${!word[@]}"; do
        ! grep -qx "${word[$colour]}" "$T/words" || echo "${word[$colour]} $colour"
    done
    echo "white ffffff"
}

# Reads lines "NAME RRGGBB", and prints lines "DISTANCE VISION NAME NAME". How colours look without one kind of cones is simulated
# by the matrices of Machado, Oliveira and Fernandes (2009) for its full lack.
distances() {
    awk '
        function linear(c) { c /= 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ^ 2.4 }
        function hex(s,   i, n) { for (i = 1; i <= 2; i++) n = n * 16 + index("0123456789abcdef", substr(s, i, 1)) - 1; return n }
        function clip(x) { return x < 0 ? 0 : x > 1 ? 1 : x }
        function curve(t) { return t > 216 / 24389 ? t ^ (1 / 3) : (24389 / 27 * t + 16) / 116 }
        function see(k, v, r, g, b,   m, x, y, z, R, G, B) {
            split(matrix[v], m, " ")
            R = clip(m[1] * r + m[2] * g + m[3] * b)
            G = clip(m[4] * r + m[5] * g + m[6] * b)
            B = clip(m[7] * r + m[8] * g + m[9] * b)
            x = curve((0.4124564 * R + 0.3575761 * G + 0.1804375 * B) / 0.95047)
            y = curve(0.2126729 * R + 0.7151522 * G + 0.0721750 * B)
            z = curve((0.0193339 * R + 0.1191920 * G + 0.9503041 * B) / 1.08883)
            L[v, k] = 116 * y - 16; A[v, k] = 500 * (x - y); C[v, k] = 200 * (y - z)
        }
        BEGIN {
            matrix["normal"] = "1 0 0 0 1 0 0 0 1"
            matrix["no-red"] = "0.152286 1.052583 -0.204868 0.114503 0.786281 0.099216 -0.003882 -0.048116 1.051998"
            matrix["no-green"] = "0.367322 0.860646 -0.227968 0.280085 0.672501 0.047413 -0.011820 0.042940 0.968881"
            matrix["no-blue"] = "1.255528 -0.076749 -0.178779 -0.078411 0.930809 0.147602 0.004733 0.691367 0.303900"
        }
        {
            name[NR] = $1
            for (v in matrix) see(NR, v, linear(hex(substr($2, 1, 2))), linear(hex(substr($2, 3, 2))), linear(hex(substr($2, 5, 2))))
        }
        END {
            for (v in matrix) for (i = 1; i <= NR; i++) for (j = 1; j < i; j++)
                printf "%.1f %s %s %s\n", sqrt((L[v, i] - L[v, j]) ^ 2 + (A[v, i] - A[v, j]) ^ 2 + (C[v, i] - C[v, j]) ^ 2),
                    v, name[i], name[j]
        }'
}

# What the distances are of two colours is known: to those who see no green, these are nearly one.
printf '%s\n' 'grey b3b3b3' 'pink cc79a7' | distances | sort -n > "$T/distances"
equal '12.1 no-green 41.7 normal' "$(awk '{ print $1, $2 }' "$T/distances" | grep -E 'no-green|normal' | xargs)" "grey and pink"

for state in 0 1 2 3 4 5 6 7; do store hv1/guestlist-st-$state/domain_state.rrd $began $state=120; done
store hv1/guestlist-flips/domain_state.rrd $began $(for _ in {1..30}; do echo 1=1 5=1 3=1 6=1; done)
store hv1/guestlist-waits/domain_state.rrd $began 5=120
store hv1/guestlist-waits/bool-starts_at_boot.rrd $began 1=120
store hv1/guestlist-waits/uptime.rrd $began 0=120
"$graph" -d "$data" -o "$T" -s $began -e $((began + 1180)) > "$T/out" 2>&1 || FAIL "$(cat "$T/out")"
colours_in "$T/hv1-domains.png" > "$T/colours"
equal 'blocked changed crashed no-state off paused running should-run shutting-down suspended white' \
    "$(cut -d' ' -f1 "$T/colours" | sort | xargs)" "the colours of the picture"
distances < "$T/colours" | sort -n > "$T/distances"
equal 220 "$(wc -l < "$T/distances")" "how many pairs there are"
step "nearest: $(head -n 3 "$T/distances" | xargs)"
awk -v enough=$enough '$1 < enough { print; bad = 1 } END { exit bad }' "$T/distances" > "$T/near" ||
    FAIL "not easy to tell apart:"$'\n'"$(cat "$T/near")"
OK
