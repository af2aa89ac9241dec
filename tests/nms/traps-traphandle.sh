#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# snmptrapd with integrations/traps/snmptrapd.conf passes each notification to guestlist-traphandle, which makes one sentence
# of it.
# The notifications are about single guests, several guests, the hypervisor, and those of libvirt-snmp.
. "$(dirname "$0")/../integration/lib.sh"
. "$(dirname "$0")/../integration/agent.sh"
. "$(dirname "$0")/../integration/traps.sh"
. "$(dirname "$0")/../integration/full-disk.sh"
need virsh libvirtd snmptrapd snmpget qemu-system-x86_64 awk
need_root

handled=$T/handled
# This script replaces the log. It writes a line "SEVERITY SENTENCE" for each notification.
printf '%s\n' '#!/bin/sh' "echo \"\$1 \$2\" >> '$handled'" > "$T/write-down"
chmod 755 "$T/write-down"
: > "$handled"

start_libvirtd
start_snmptrapd
end_process "$SNMPTRAPD_PID" TERM 5
sed "s|/usr/local/sbin/guestlist-traphandle|$top_srcdir/integrations/traps/guestlist-traphandle $T/write-down|" \
    "$top_srcdir/integrations/traps/snmptrapd.conf" > "$T/snmptrapd/snmptrapd.conf"
echo "snmpTrapdAddr udp:127.0.0.1:$TRAP_PORT" >> "$T/snmptrapd/snmptrapd.conf"
launch_traphandle() { # [OPTION...]
    must_be_main_shell
    (SNMP_PERSISTENT_DIR=$T/snmptrapd/persistent SNMPCONFPATH=$T/snmptrapd tied snmptrapd -f -Lf "$TRAP_LOG" -C \
        -c "$T/snmptrapd/snmptrapd.conf" -n "$@" < /dev/null > "$T/snmptrapd.out" 2>&1) &
    SNMPTRAPD_PID=$!
    disown "$SNMPTRAPD_PID"
    wait_for 20 "snmpinform -v2c -c public -r 0 -t 1 127.0.0.1:$TRAP_PORT '' 1.3.6.1.6.3.1.1.5.1"
}
trap 'status=$?; end_process "$SNMPTRAPD_PID" TERM 5; (exit $status); clean_up' EXIT

# Waits until this line is present exactly once.
expect_line() { # SEVERITY SENTENCE
    printf '%s 127.0.0.1: %s\n' "$1" "$2" > "$T/wanted"
    wait_for 30 "[ \$(grep -cFxf $T/wanted $handled) = 1 ] || { cat $T/wanted $handled; false; }"
}

launch_traphandle
start_snmpd "$(trapsink)"
define_qemu one
define_qemu 'é "x" \y'
define_qemu 'AB CD'
configure_agent 'notifications both' 'libvirtMibNotifications yes' 'interval 1'
start_agent -u "$QEMU_URI"
wait_for 30 'row_of "AB CD"'

one="guest one ($(uuid_of one))"
act start one
expect_line info "$one is running; it was shut down"
expect_line info "$one is running"
expect_line info "guests with vmIndex $(row_of one) are running"
act suspend one
expect_line info "$one is paused; it was running"
kill -s KILL "$(qemu_pid one)"
expect_line err "$one has crashed; it was paused"
expect_line err "guests with vmIndex $(row_of one) have crashed"
act start 'AB CD'
expect_line info "guest AB CD ($(uuid_of 'AB CD')) is running; it was shut down"
name='é "x" \y'
act start "$name"
expect_line info "guest $name ($(uuid_of "$name")) is running; it was shut down"
act autostart one
expect_line info "$one is new or was changed: persistent yes, autostart yes"
pause "$(qemu_pid 'AB CD')"
wait_for 40 "grep -E '^err .* guest AB CD .* does not answer the hypervisor: occupied for [0-9]+ s\$' $handled"
resume "$(qemu_pid 'AB CD')"
expect_line info "guest AB CD ($(uuid_of 'AB CD')) answers the hypervisor again"
make_small_file_system
define_writer full
act start full
wait_for 30 "grep -qE '^err .*guest full .* is paused by an error: I/O error(: .*No space left on device.*)?; it was running\$' $handled"
act undefine one
expect_line info "$one is gone from the hypervisor"
stop_libvirtd
wait_for 30 "grep -F 'the hypervisor ${QEMU_URI}-ro does not answer: cannot connect' $handled | grep '^err '"
launch_libvirtd main
wait_for 30 "grep -q '^info .* answers again\$' $handled"
step "each notification is a sentence"

# With -Ox, strings are hexadecimal digits.
end_process "$SNMPTRAPD_PID" TERM 5
: > "$handled"
launch_traphandle -Ox
wait_for 20 'row_of "AB CD"'
act suspend 'AB CD'
expect_line info "guest AB CD ($(uuid_of 'AB CD')) is paused; it was running"
expect_line info "guests with vmIndex $(row_of 'AB CD') are paused"

# This notification is of another MIB.
lines=$(wc -l < "$handled")
printf '%s\n' hv1 'UDP: [192.0.2.1]:1->[192.0.2.2]:162' '.1.3.6.1.6.3.1.1.4.1.0 .1.3.6.1.6.3.1.1.5.3' |
    "$top_srcdir/integrations/traps/guestlist-traphandle" "$T/write-down" || FAIL "status $? for a notification of another MIB"
# A name cannot break the line, and a notification from a host without a name is not lost.
printf '%s\n' '<UNKNOWN>' 'UDP: [192.0.2.1]:1->[192.0.2.2]:162' '.1.3.6.1.6.3.1.1.4.1.0 .1.3.6.1.2.1.236.0.9' \
    '.1.3.6.1.2.1.236.1.4.1.2.7 "two' 'lines"' '.1.3.6.1.2.1.236.1.4.1.3.7 "abcdefghijklmnop"' '.1.3.6.1.2.1.236.1.4.1.6.7 4' |
    "$top_srcdir/integrations/traps/guestlist-traphandle" "$T/write-down"
equal "err 192.0.2.1: guest two?lines (61626364-6566-6768-696a-6b6c6d6e6f70) has crashed; it was running" \
    "$(tail -n "+$((lines + 1))" "$handled")" "a name with a line break"
OK
