#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# guestlist-graph says what it cannot read, and draws the rest; and it refuses wrong options.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/pixels.sh"
need rrdtool pngtopnm pnmtoplainpnm setpriv
need_root

began=1700000000
mkdir "$T/pictures"
chown 65534:65534 "$T/pictures"
cp "$graph" "$T/graph"

# Draws as a user who may not read everything, and sets code to the exit status.
draw() { # OPTION...
    find "$T/pictures" -type f -delete
    setpriv --reuid 65534 --regid 65534 --clear-groups bash "$T/graph" --data "$data" --output "$T/pictures" --start $began \
        --end $((began + 1190)) "$@" > "$T/out" 2> "$T/errors"
    code=$?
}

says() { grep -q -- "^guestlist-graph: .*$1" "$T/errors" || FAIL "wanted '$1', got: $(cat "$T/errors")"; } # PATTERN

refuses() { # PATTERN OPTION...
    draw "${@:2}"
    equal 2 $code "the exit status of ${*:2}"
    says "$1"
}

draws() { # PICTURE...
    equal "$(printf '%s\n' "$@")" "$(sed 's/.*pictures.//' "$T/out")" "the pictures, with $(cat "$T/errors")"
}

hypervisor() { # HOST NAME
    local metric
    store "$1/guestlist-$2/bool-connected.rrd" $((began + 5)) 1=60 0=60
    for metric in running paused shutoff other autostart_inactive total; do
        store "$1/guestlist-$2/count-$metric.rrd" $((began + 5)) 1=120
    done
}

domain() { store "$1/guestlist-$2/domain_state.rrd" $((began + 5)) 1=120; } # HOST NAME

domain hv1 web
domain hv1 mail
hypervisor hv1 kvm
draw
equal 0 $code "the exit status, if all is well"
draws hv1-kvm-totals.png hv1-domains.png
rows_of "$T/pictures/hv1-domains.png" | grep -q 'running no-answer' || FAIL "no stripes"

# ---- Options ------------------------------------------------------------------------------------

refuses 'unparsable time.*expected times' --start nonsense
refuses 'expected times' --start $((began + 2000))
refuses 'expected WIDTHxHEIGHT' --size 12
refuses 'expected seconds' --cache 1h
refuses 'unknown option --nonsense' --nonsense
refuses 'no such folder; expected the DataDir' --data "$T/none"
refuses 'no such folder; expected the DataDir' --data ''
refuses 'expected a folder that .* may write to' --output "$T/none"
refuses 'expected a folder that .* may write to' --output ''
refuses 'expected a folder that .* may write to' --output "$T"
refuses 'needs a value' --end
draw --host nobody
equal 1 $code "the exit status, if there is no such host"
says 'nothing to draw; expected HOST/guestlist-NAME'
step "wrong options are refused"

# ---- Files that cannot be read --------------------------------------------------------------------

chmod 000 "$data/hv1/guestlist-mail"
draw
equal 1 $code "the exit status with a folder that may not be read"
says 'hv1/guestlist-mail: cannot be read; expected a folder that'
draws hv1-kvm-totals.png hv1-domains.png
equal 1 "$(bars_of "$T/pictures/hv1-domains.png" | grep -c running)" "how many bars there are"
chmod 755 "$data/hv1/guestlist-mail"

chmod 000 "$data/hv1/guestlist-mail/domain_state.rrd"
draw
equal 1 $code "the exit status with a file that may not be read"
says "hv1/guestlist-mail/domain_state.rrd.*Permission denied"
draws hv1-kvm-totals.png hv1-domains.png

for nonsense in 'echo nonsense' "head -c 600 $data/hv1/guestlist-web/domain_state.rrd" true; do
    rm "$data/hv1/guestlist-mail/domain_state.rrd"
    $nonsense > "$data/hv1/guestlist-mail/domain_state.rrd"
    draw
    equal 1 $code "the exit status with a file from $nonsense"
    says "guestlist-mail/domain_state.rrd: .*expected a file of collectd's plugin rrdtool"
    draws hv1-kvm-totals.png hv1-domains.png
done

cp "$data/hv1/guestlist-kvm/count-total.rrd" "$data/hv1/guestlist-mail/domain_state.rrd"
draw
says "guestlist-mail/domain_state.rrd: has no data source 'state'; expected"
draws hv1-kvm-totals.png hv1-domains.png
rm -r "$data/hv1/guestlist-mail"

# What only adds to a bar: without it there is the bar, and all of the others.
domain hv1 off
store hv1/guestlist-off/bool-starts_at_boot.rrd $((began + 5)) 1=120
store hv1/guestlist-off/uptime.rrd $((began + 5)) 0=120
echo nonsense > "$data/hv1/guestlist-web/bool-starts_at_boot.rrd"
store hv1/guestlist-web/uptime.rrd $((began + 5)) 0=120
draw
equal 1 $code "the exit status with a mark that cannot be read"
says "guestlist-web/bool-starts_at_boot.rrd: .*expected a file of collectd's plugin rrdtool"
draws hv1-kvm-totals.png hv1-domains.png
rows_of "$T/pictures/hv1-domains.png" | grep -qx should-run || FAIL "no mark where one can be read"
rm "$data/hv1/guestlist-web/bool-starts_at_boot.rrd"

echo nonsense > "$data/hv1/guestlist-kvm/bool-connected.rrd"
draw
equal 1 $code "the exit status if nobody knows whether libvirt answered"
says 'guestlist-kvm/bool-connected.rrd'
draws hv1-domains.png
hypervisor hv1 kvm
rm "$data/hv1/guestlist-kvm/count-paused.rrd"
draw
equal 1 $code "the exit status without one of the counts"
says 'guestlist-kvm/count-paused.rrd'
draws hv1-domains.png
hypervisor hv1 kvm

domain hv2 web
chmod 000 "$data/hv1"
draw
equal 1 $code "the exit status with a host that may not be read"
says "$data/hv1: cannot be read"
draws hv2-domains.png
draw --host hv2
equal 0 $code "the exit status, if only another host is wanted"
chmod 000 "$data"
refuses "$data: cannot be read"
chmod 755 "$data" "$data/hv1"
step "the rest is drawn"

# Two hypervisors whose pictures would have one name.
hypervisor hv1-kvm lab
hypervisor hv1 kvm-lab
draw
equal 1 $code "the exit status with two pictures of one name"
says 'hv1-kvm-lab-totals.png: two pictures have this name'
draws hv1-kvm-lab-totals.png hv1-kvm-totals.png hv1-domains.png hv2-domains.png
draw --host hv1-kvm
equal 0 $code "the exit status with one of these pictures"
draws hv1-kvm-lab-totals.png

# A picture that cannot be put in its place.
mkdir "$T/pictures/hv2-domains.png"
draw
equal 1 $code "the exit status with a folder in the place of a picture"
grep -q 'hv2-domains.png.*directory' "$T/errors" || FAIL "a folder in the place of a picture: $(cat "$T/errors")"
draws hv1-kvm-lab-totals.png hv1-kvm-totals.png hv1-domains.png
equal '' "$(find "$T/pictures" -name '.*' -type f)" "what is left of pictures"
OK
