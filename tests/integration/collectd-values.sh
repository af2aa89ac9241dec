#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# collectd writes for each domain what virsh reports.
# Domains are in every state, transient, marked for autostart, saved, with a snapshot. The totals are the sums. Three
# hypervisors in one collectd do not affect each other.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/collectd.sh"
need collectd virsh libvirtd
need_root
need_plugin

start_libvirtd
make_test_file "$T/states.xml"
make_flags_test_file "$T/flags.xml"
test_domains "$T/states.xml"
STATES_URI=$TEST_URI
test_domains "$T/flags.xml"
FLAGS_URI=$TEST_URI
fill_shared_test_driver
configure_collectd "$(hypervisor states "$STATES_URI")" "$(hypervisor flags "$FLAGS_URI")" \
    "$(hypervisor shared "$SHARED_URI")"
start_collectd
first_values guestlist-st-transient/uptime guestlist-fl-both/uptime guestlist-sh-transient/uptime
step "there are values"

truth() { case $1 in yes | enable) echo 1 ;; no | disable) echo 0 ;; *) FAIL "virsh reported '$1'" ;; esac; }

# Compares each value of a domain with virsh.
compare() { # URI NAME
    local info state reason wanted
    info=$(virsh -q -c "$1" dominfo "$2")
    info() { awk -F': *' -v key="$1" '$1 == key { print $2 }' <<< "$info"; }
    virsh -q -c "$1" domstats --state "$2" > "$T/stats"
    state=$(sed -n 's/.*state.state=//p' "$T/stats") reason=$(sed -n 's/.*state.reason=//p' "$T/stats")
    equal "$state" "$(csv "guestlist-$2/domain_state" 1)" "state of $2"
    equal "$reason" "$(csv "guestlist-$2/domain_state" 2)" "reason of $2"
    equal "$(truth "$(info Persistent)")" "$(csv "guestlist-$2/bool-persistent")" "bool-persistent of $2"
    equal "$(truth "$(info Autostart)")" "$(csv "guestlist-$2/bool-autostart")" "bool-autostart of $2"
    case "$(info Persistent) $(info Autostart) $(info 'Autostart Once')" in
        'yes enable '* | 'yes '*' enable') wanted=1 ;;
        *) wanted=0 ;;
    esac
    equal "$wanted" "$(csv "guestlist-$2/bool-starts_at_boot")" "bool-starts_at_boot of $2"
    equal "$(truth "$(info 'Managed save')")" "$(csv "guestlist-$2/bool-managed_save")" "bool-managed_save of $2"
    equal "$(virsh -q -c "$1" snapshot-list --name "$2" | grep -c .)" "$(csv "guestlist-$2/bool-snapshot")" \
        "bool-snapshot of $2"
    if [ "$(virsh -q -c "$1" domid "$2" | xargs)" = - ]; then
        equal 0 "$(csv "guestlist-$2/uptime")" "uptime of $2, which is off"
    else
        awk -v up="$(csv "guestlist-$2/uptime")" 'BEGIN { exit !(up > 0 && up < 600) }' ||
            FAIL "uptime of $2, which runs, is $(csv "guestlist-$2/uptime")"
    fi
}

for name in st-{nostate,running,blocked,paused,shutdown,shutoff,crashed,pmsuspended,transient}; do
    compare "$STATES_URI" "$name"
done
for name in fl-{plain,saved,snapshot,both}; do compare "$FLAGS_URI" "$name"; done
for name in sh-{running,paused,shutoff,crashed,saved,snapshot,autostart,waiting,transient}; do
    compare "$SHARED_URI" "$name"
done
step "each value of 22 domains agrees with virsh"

# HYPERVISOR METRIC VALUE, counted by hand from the states in lib.sh.
while read -r name metric wanted; do
    equal "$wanted" "$(csv "guestlist-$name/$metric")" "$metric of $name"
done << 'TOTALS'
states count-running 2
states count-paused 1
states count-shutoff 1
states count-other 5
states count-total 9
states count-persistent 8
states count-transient 1
states count-autostart 0
states count-autostart_inactive 0
states count-active_no_autostart 8
states bool-connected 1
flags count-shutoff 4
flags count-total 4
shared count-running 3
shared count-paused 1
shared count-shutoff 5
shared count-other 0
shared count-total 9
shared count-persistent 8
shared count-transient 1
shared count-autostart 2
shared count-autostart_inactive 1
shared count-active_no_autostart 3
shared bool-connected 1
TOTALS
for age in $(cut -d, -f 2 "$C"/csv/hv1/guestlist-shared/duration-listing_age-20*); do
    case $age in
        seconds | nan) ;;
        *) is_fresh "$age" || FAIL "a listing was $age s old when it was reported" ;;
    esac
done
step "totals are the sums, and listings are fresh"

# A change is in the next value. A domain that is gone has no further values, a new domain has some.
on_shared "destroy sh-transient; start sh-waiting; autostart --disable sh-autostart; create $T/sh-transient.xml; destroy sh-transient; define $T/sh-transient.xml" > "$T/out" || FAIL "$(cat "$T/out")"
wait_for 30 '[ "$(csv guestlist-sh-transient/bool-persistent)" = 1 ] && [ "$(csv guestlist-shared/count-transient)" = 0 ]'
equal 0 "$(csv guestlist-sh-autostart/bool-autostart)" "bool-autostart after it was taken off"
equal 0 "$(csv guestlist-sh-autostart/bool-starts_at_boot)" "bool-starts_at_boot after it was taken off"
equal 0 "$(csv guestlist-shared/count-autostart_inactive)" "count-autostart_inactive after it was started"
equal 3 "$(csv guestlist-shared/count-active_no_autostart)" "count-active_no_autostart after that"
on_shared "undefine sh-shutoff" > "$T/out" || FAIL "$(cat "$T/out")"
next_value guestlist-shared/count-total
rows=$(csv_rows guestlist-sh-shutoff/uptime)
next_value guestlist-shared/count-total
equal "$rows" "$(csv_rows guestlist-sh-shutoff/uptime)" "values of a domain that is gone"
equal 8 "$(csv guestlist-shared/count-total)" "count-total without it"
! grep -E 'WARN|ERROR|guestlist plugin' "$COLLECTD_LOG" || FAIL "messages in the log without a reason"
stop_collectd || FAIL "collectd ended with status $?"
equal '' "$(cat "$C/out" | grep -v 'plugin_load: plugin "logfile"')" "what collectd prints"
OK
