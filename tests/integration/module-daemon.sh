#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The module works in an snmpd that is started as Debian starts it: as root, with -u and -g, in the foreground or background.
# snmpd reads its configuration before it goes to the background and gives up root's rights. The module starts its threads and
# makes its state directory after that.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpget libvirtd
need_root
[ "${SANITIZERS:-no}" = no ] || SKIP "snmpd itself has no sanitizers, and this test starts it without their library"

module=${GUESTLIST_SNMPD:-$top_builddir/.libs/guestlist-snmpd.so}
user=nobody
! id -u Debian-snmp > "$T/out" 2>&1 || user=Debian-snmp
group=$(id -gn "$user")

start_libvirtd
define_qemu one
mkdir -p "$T/snmpd/persistent" "$T/program"
cp "$module" "$T/program/guestlist-snmpd.so"
chmod 755 "$T/snmpd" "$T/program"
chown "$user" "$T/snmpd/persistent"

# Starts snmpd with these options, and waits for the row of the domain.
start_as_debian() { # OPTION...
    local try
    for try in {1..20}; do
        SNMP_PORT=$((20000 + RANDOM % 10000))
        printf '%s\n' "agentAddress udp:127.0.0.1:$SNMP_PORT" 'rocommunity public 127.0.0.1' \
            "dlmod guestlist $T/program/guestlist-snmpd.so" "guestlistHypervisor $(read_only "$QEMU_URI")" > "$T/snmpd/snmpd.conf"
        rm -f "$T/snmpd/pid"
        SNMP_PERSISTENT_DIR=$T/snmpd/persistent SNMPCONFPATH=$T/snmpd snmpd "$@" -Lf "$T/snmpd.log" -C -c "$T/snmpd/snmpd.conf" \
            -u "$user" -g "$group" -p "$T/snmpd/pid" -I -smux,mteTrigger,mteTriggerConf < /dev/null > "$T/snmpd.out" 2>&1 &
        local started=$!
        wait_for 20 "[ -s $T/snmpd/pid ] || ! alive $started"
        SNMPD_PID=$(cat "$T/snmpd/pid" 2> "$T/out") || continue
        wait_for 20 "! alive $SNMPD_PID || value 1.3.6.1.2.1.1.3.0"
        ! alive "$SNMPD_PID" || return 0
    done
    FAIL "snmpd found no free port in $try tries, or does not start"
}

# True if the thread takes none of the signals that snmpd's own thread has to get: HUP 1, TERM 15 and CHLD 17.
blocks_signals() { # DIRECTORY
    local mask wanted=$((1 << 0 | 1 << 14 | 1 << 16))
    mask=$(awk '$1 == "SigBlk:" { print $2 }' "$1/status")
    [ $((16#$mask & wanted)) = $wanted ]
}

for way in -f ''; do
    # shellcheck disable=SC2086  # no word for the background
    start_as_debian $way
    wait_for 30 'row_of one'
    equal "$user" "$(ps -o user:20= -p "$SNMPD_PID" | tr -d ' ')" "the user of snmpd"
    [ "$(find "/proc/$SNMPD_PID/task" -mindepth 1 -maxdepth 1 | wc -l)" -gt 1 ] || FAIL "snmpd has no other thread"
    equal "$user" "$(stat -c %U "$T/snmpd/persistent/guestlist")" "the owner of the state directory"
    [ -s "$T/snmpd/persistent/guestlist/vmindex" ] || FAIL "indexes are not saved"
    for task in "/proc/$SNMPD_PID/task"/*; do
        [ "${task##*/}" = "$SNMPD_PID" ] || blocks_signals "$task" || FAIL "a thread takes snmpd's signals: $(grep Sig "$task/status")"
    done
    end_process "$SNMPD_PID" TERM 5 || FAIL "snmpd did not end"
    SNMPD_PID=
    step "snmpd ${way:-in the background}, as $user"
done
OK
