#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Guests go through their states, libvirtd and then collectd stop and start again, and a test driver has the states that guests
# cannot be put into. collectd's rrdtool stores what our plugin reports: the files hold what virsh says, and the pictures that
# guestlist-graph draws from them show these states in this order. KEEP_GRAPHS=DIR keeps the pictures; with GRAPH_PHASE=20 they are
# those of docs/graphs.md.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/collectd.sh"
. "$(dirname "$0")/pixels.sh"
need collectd virsh libvirtd qemu-system-x86_64 rrdtool pngtopnm pnmtoplainpnm
need_root
need_plugin

rrd=$C/rrd/hv1
odd='a: 50% "b" $c'
phase=${GRAPH_PHASE:-5} # values of each state

# Until so many more seconds are told of.
values() { # N
    local rows
    rows=$(csv_rows guestlist-kvm/bool-connected)
    wait_for 60 "[ \$(csv_rows guestlist-kvm/bool-connected) -ge $((rows + $1)) ]"
}

do_qemu() { on_qemu "$@" > "$T/virsh.out" 2>&1 || FAIL "$*: $(cat "$T/virsh.out")"; }

# The last value in a file.
stored() { # FOLDER/FILE DATA-SOURCE
    rrdtool fetch "$rrd/$1.rrd" MAX -s end-8 -e now | awk -v ds="$2" '
        NR == 1 { for (i = 1; i <= NF; i++) if ($i == ds) column = i + 1 }
        NR > 2 && $column !~ /nan/ { value = $column } END { printf "%.0f\n", value }'
}

# ---- The run ------------------------------------------------------------------------------------

make_test_file "$T/lab.xml"
sed -i '$d' "$T/lab.xml"
echo "$(test_domain "$odd" "$(uuid_of odd)" '<test:runstate>5</test:runstate>')</node>" >> "$T/lab.xml"
start_libvirtd -n lab
test_domains "$T/lab.xml"
start_libvirtd
for name in db1 mail web1 web2; do define_qemu $name; done
create_qemu scratch
do_qemu 'autostart db1; autostart web1; start mail; start web1; start web2'

configure_collectd "$(hypervisor kvm "$QEMU_URI")" "$(hypervisor lab "$TEST_URI")"
load_plugin rrdtool "DataDir \"$C/rrd\"" 'RRATimespan 1200'
start_collectd
wait_for 30 'csv guestlist-web1/domain_state && csv guestlist-st-crashed/domain_state'
values 2
started=$(date +%s)
values "$phase"
do_qemu 'start db1; suspend web2'
values "$phase"
do_qemu 'resume web2; destroy scratch'
values "$phase"
stop_libvirtd
values "$phase"
restart_libvirtd
wait_for 30 '[ "$(csv guestlist-kvm/bool-connected)" = 1 ]'
qemu_domain new | on_qemu define /dev/stdin > "$T/virsh.out" || FAIL "$(cat "$T/virsh.out")"
do_qemu 'start new; destroy web1; suspend mail'
values "$phase"
stop_collectd || FAIL "collectd ended with status $?"
silent_until=$(($(date +%s) + phase))
wait_for $((phase + 10)) "[ \$(date +%s) -ge $silent_until ]"
start_collectd
values "$phase"

for name in db1 mail new web1 web2; do
    state=$(on_qemu domstats --state "$name" | sed -n 's/.*state.state=//p')
    wait_for 30 "[ \"\$(stored guestlist-$name/domain_state state)\" = $state ]"
done
for count in running=3 paused=1 shutoff=1 other=0 autostart=2 autostart_inactive=1 total=5; do
    wait_for 30 "[ \"\$(stored guestlist-kvm/count-${count%=*} value)\" = ${count#*=} ]"
done
equal 1 "$(stored guestlist-kvm/bool-connected value)" "bool-connected"
step "the files hold what virsh says"
ended=$(($(date +%s) - 2))
values 3
stop_collectd || FAIL "collectd ended with status $?"

# ---- The pictures -------------------------------------------------------------------------------

mkdir "$T/pictures"
"$graph" --data "$C/rrd" --output "$T/pictures" --start "$started" --end "$ended" --size 700x280 > "$T/out" 2>&1 ||
    FAIL "guestlist-graph: $(cat "$T/out")"
[ -z "${KEEP_GRAPHS-}" ] || { mkdir -p "$KEEP_GRAPHS" && cp "$T"/pictures/*.png "$KEEP_GRAPHS/"; }
equal "$(printf '%s\n' "$T"/pictures/hv1-{kvm-totals,lab-totals,domains}.png)" "$(cat "$T/out")" "the files that it names"
equal "700 280" "$(size_of "$T/pictures/hv1-kvm-totals.png")" "the size of totals"
! rows_of "$T/pictures/hv1-domains.png" | grep -q no-answer || FAIL "stripes over the bars of two hypervisors"
equal 700 "$(size_of "$T/pictures/hv1-domains.png" | cut -d' ' -f1)" "the width of domains"

rows_of "$T/pictures/hv1-kvm-totals.png" | tr ' ' '\n' | sort -u | xargs > "$T/shown"
equal 'no-answer no-value off paused running should-run' "$(cat "$T/shown")" "what the totals of kvm show"
rows_of "$T/pictures/hv1-lab-totals.png" | grep -v should-run | tr ' ' '\n' | sort -u | xargs > "$T/shown"
equal 'no-value off paused running suspended' "$(cat "$T/shown")" "what the totals of lab show"

# On a slow host, a listing can come while libvirtd starts the domain, which is paused until then.
bars_of "$T/pictures/hv1-domains.png" |
    sed 's/ *changed//g; s/^ //; s/^paused \(running no-value running\)$/\1/' > "$T/bars"
paste -d'|' - "$T/bars" << 'DOMAINS' > "$T/got"
a: 50% "b" $c
db1
mail
new
scratch
st-blocked
st-crashed
st-nostate
st-paused
st-pmsuspended
st-running
st-shutdown
st-shutoff
st-transient
web1
web2
DOMAINS
diff "$T/got" - << 'BARS' || FAIL "the bars show something else"
a: 50% "b" $c|off no-value off
db1|off running no-value running
mail|running paused no-value paused
new|running no-value running
scratch|running no-value
st-blocked|blocked no-value blocked
st-crashed|crashed no-value crashed
st-nostate|no-state no-value no-state
st-paused|paused no-value paused
st-pmsuspended|suspended no-value suspended
st-running|running no-value running
st-shutdown|shutting-down no-value shutting-down
st-shutoff|off no-value off
st-transient|running no-value running
web1|running off no-value off
web2|running paused running no-value running
BARS

# Where a host has one hypervisor, the bars have its stripes as well.
mkdir -p "$C/kvm/hv1"
ln -s "$rrd"/guestlist-{kvm,db1,mail,new,scratch,web1,web2} "$C/kvm/hv1/"
"$graph" -d "$C/kvm" -o "$T/pictures" -s "$started" -e "$ended" --size 700x280 > "$T/out" 2>&1 || FAIL "guestlist-graph: $(cat "$T/out")"
[ -z "${KEEP_GRAPHS-}" ] || cp "$T/pictures/hv1-domains.png" "$KEEP_GRAPHS/hv1-kvm-domains.png"
rows_of "$T/pictures/hv1-domains.png" | grep -q 'running no-answer running' || FAIL "no stripes over the bars"
"$graph" -d "$C/kvm" -o "$T/pictures" -s "$started" -e "$ended" --host 'hv[1-9]' -m 'web*' > "$T/out" 2>&1 ||
    FAIL "guestlist-graph: $(cat "$T/out")"
equal 800 "$(size_of "$T/pictures/hv1-domains.png" | cut -d' ' -f1)" "the width without --size"
equal 2 "$(bars_of "$T/pictures/hv1-domains.png" | grep -c running)" "the bars of two domains"
step "each bar shows what its domain did"
OK
