#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A collectd under valgrind, with domains coming and going, libvirtd gone and back, and an end in the middle of it: no
# memory of ours is lost, none is read after it was freed, and no thread is left.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/collectd.sh"
need collectd virsh libvirtd valgrind
need_root
need_plugin
case ${SANITIZERS:-no} in no) ;; *) SKIP "valgrind and sanitizers do not go together" ;; esac

start_libvirtd
fill_shared_test_driver
# An address that is not ours is not of interest: that collectd and libvirt keep memory until they end is theirs.
COLLECTD_WRAPPER="valgrind --quiet --leak-check=full --show-leak-kinds=definite,indirect,possible --num-callers=30 --log-file=$T/valgrind"
configure_collectd "$(hypervisor kvm "$SHARED_URI" 'Notifications true')" \
    "$(hypervisor nova "$SHARED_URI" 'HostnameFormat "metadata"' 'Domain "/^sh/"' 'Notifications true')" \
    "$(hypervisor away "test+unix:///default?socket=$T/none")" "$(hypervisor bad "$SHARED_URI" 'Filter x')" \
    "$(hypervisor kvm "$SHARED_URI" 'Domain "/x/"' 'PluginInstanceFormat metadata')"
start_collectd
wait_for 60 'csv guestlist-sh-running/domain_state && csv guestlist-nova/count-total'
for _ in 1 2 3; do
    on_shared "destroy sh-running; start sh-running; undefine sh-shutoff; define $T/sh-shutoff.xml; start sh-waiting; destroy sh-waiting" > "$T/out" ||
        FAIL "$(cat "$T/out")"
    next_value guestlist-kvm/count-total
done
restart_libvirtd KILL
fill_shared_test_driver
wait_for 60 '[ "$(csv guestlist-kvm/count-running)" = 3 ] && [ "$(csv guestlist-nova/count-total)" = 9 ]'
stop_collectd 30 || FAIL "collectd ended with status $?"
! logged 'thread is abandoned' || FAIL "collectd's end waited for a thread in vain"
# Each report is a paragraph; those with a frame of ours are ours.
sources=$(cd "$top_srcdir" && printf '%s\n' lib/*/*.c collectd-plugin/*.c | sed 's|.*/||; s/\./\\./' | paste -sd '|')
sed -E 's/^==[0-9]+== ?//' "$T/valgrind" | awk -v ours="\\((${sources//\\/\\\\}):[0-9]+\\)" '
    BEGIN { RS = "" } $0 ~ ours { print; print "" }' > "$T/ours"
[ ! -s "$T/ours" ] || FAIL "$(cat "$T/ours")"
step "valgrind says nothing of ours ($(grep -c 'are definitely lost\|are possibly lost' "$T/valgrind") reports of others)"
OK
