#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Valgrind finds no memory error and no remaining thread of the plugin in a collectd.
# Domains come and go, libvirtd stops and starts again, and collectd ends in the middle of it.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/collectd.sh"
need collectd virsh libvirtd valgrind qemu-system-x86_64 qemu-img
need_root
need_plugin
case ${SANITIZERS:-no} in no) ;; *) SKIP "valgrind and sanitizers do not go together" ;; esac

start_libvirtd
fill_shared_test_driver
# Only reports with a frame of the plugin count. Memory that collectd and libvirt keep until they end is theirs.
COLLECTD_WRAPPER="valgrind --quiet --leak-check=full --show-leak-kinds=definite,indirect,possible --num-callers=30 --log-file=$T/valgrind"
on_shared metadata sh-running urn:x --key x --set '<x>value</x>' --config --live > "$T/out" || FAIL "$(cat "$T/out")"
configure_collectd "$(hypervisor kvm "$SHARED_URI" 'Notifications true' 'Metadata "urn:x" "/x" "x"')" \
    "$(hypervisor nova "$SHARED_URI" 'HostnameFormat "metadata"' 'Domain "/^sh/"' 'Notifications true')" \
    "$(hypervisor away "test+unix:///default?socket=$T/none")" "$(hypervisor bad "$SHARED_URI" 'Filter x')" \
    "$(hypervisor kvm "$SHARED_URI" 'Domain "/x/"' 'PluginInstanceFormat metadata')" \
    "$(hypervisor qemu "$QEMU_URI" 'Statistics cpu vcpu memory disk interface' 'Domain "/^l{3,5}/"' 'InterfaceFormat address')"
create_qemu lll-stats disk="$T/stats.qcow2"
start_collectd
wait_for 60 'csv guestlist-sh-running/domain_state && csv guestlist-nova/count-total && csv guestlist-lll-stats/disk_ops-vda'
for _ in 1 2 3; do
    on_shared "destroy sh-running; start sh-running; undefine sh-shutoff; define $T/sh-shutoff.xml; start sh-waiting; destroy sh-waiting" > "$T/out" ||
        FAIL "$(cat "$T/out")"
    next_value guestlist-kvm/count-total
done
restart_libvirtd KILL
fill_shared_test_driver
wait_for 60 '[ "$(csv guestlist-kvm/count-running)" = 3 ] && [ "$(csv guestlist-nova/count-total)" = 9 ]'
next_value guestlist-lll-stats/disk_ops-vda
stop_collectd 30 || FAIL "collectd ended with status $?"
! logged 'thread is abandoned' || FAIL "collectd's end waited for a thread in vain"
# Each report is a paragraph. Keep those with a frame of the plugin.
sources=$(cd "$top_srcdir" && printf '%s\n' lib/*/*.c collectd-plugin/*.c | sed 's|.*/||; s/\./\\./' | paste -sd '|')
sed -E 's/^==[0-9]+== ?//' "$T/valgrind" | awk -v ours="\\((${sources//\\/\\\\}):[0-9]+\\)" '
    BEGIN { RS = "" } $0 ~ ours { print; print "" }' > "$T/ours"
[ ! -s "$T/ours" ] || FAIL "$(cat "$T/ours")"
step "valgrind reports nothing of the plugin ($(grep -c 'are definitely lost\|are possibly lost' "$T/valgrind") reports of others)"
OK
