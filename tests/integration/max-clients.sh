#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# If libvirtd accepts only one more client (max_clients), the agent lists and reports once what is missing.
# The connections for statistics and XML cannot open. The log, glHypervisorLastError, --once and --check report which setting
# to raise. When there is room, all is read and the error is cleared.
# It mostly waits.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpget snmpwalk libvirtd qemu-system-x86_64 timeout
need_root

lacking='no further connection for statistics and XML: no answer within 15 s: libvirt hangs, or all of its client connections'
log_count() { grep -cF -- "$1" "$AGENT_LOG"; } # TEXT
checked() { SNMPCONFPATH=$T/none timeout 60 "$GUESTLISTD" -C --check -x "$AGENTX" --state-dir "$T/state" -u "$QEMU_URI" > "$T/check" 2>&1; }
check_prints() { grep -qF -- "$1" "$T/check" || FAIL "no '$1' in: $(cat "$T/check")"; } # TEXT

start_libvirtd 'max_clients = 7' 'max_anonymous_clients = 7'
start_snmpd
define_qemu one
act start one

# Other clients hold all connections but one. A client is connected when it receives an event.
holders=()
for i in {1..6}; do
    (tied virsh -c "$QEMU_URI" event --all --loop > "$T/holder.$i" 2>&1 < /dev/null) &
    holders+=($!)
    disown $!
    wait_for 20 "on_qemu suspend one; on_qemu resume one; grep 'domain .one.' $T/holder.$i"
done

configure_agent 'interval 1'
start_agent -u "$QEMU_URI"
wait_for 20 'row_of one'
wait_for 40 "gl $gl_last_error | grep -F '$lacking'"
equal $connected "$(gl $gl_status)" "glHypervisorStatus while rows come"
equal 0 "$(gl $gl_failures)" "glListingFailures while rows come"
! vm $vm_cpu_time one > "$T/early" || FAIL "statistics came: $(cat "$T/early")"
step "reported: $(gl $gl_last_error)"
next_listing
equal 1 "$(log_count "$lacking")" "messages in the log"

began=$(now)
timeout 40 "$GUESTLISTD" -C --once -u "$QEMU_URI" > "$T/once" 2>&1
equal 1 $? "the status of --once without a connection"
grep -qF 'no answer within 15 s: libvirt hangs, or all of its client connections are taken (max_clients' "$T/once" ||
    FAIL "--once prints: $(cat "$T/once")"
checked
equal 1 $? "the status of --check without a connection"
check_prints 'all of its client connections are taken (max_clients in libvirtd.conf): raise it'
step "--once and --check report it $(since "$began") s later"

for holder in "${holders[@]}"; do end_process "$holder" TERM 5; done
wait_for 40 "[ \"\$(vm $vm_cpu_time one)\" -gt 0 ]"
wait_for 40 "[ \"\$(vm $vm_os_type one)\" ]"
step "statistics and XML are read when there is room"
wait_for 60 "[ -z \"\$(gl $gl_last_error)\" ]"
equal 1 "$(log_count 'connections for statistics and XML are open again')" "messages about the recovery"
step "the error is cleared"
stop_agent || FAIL "SIGTERM ended the agent with status $?"

# Without other clients, --check detects a limit that is too low.
checked
check_prints "ok  connections      $QEMU_URI gives 4 at once"
echo 'max_clients = 1' > "$LIBVIRT_DIR/etc/libvirtd.conf.new"
sed 's/^max_.*/max_anonymous_clients = 1/' "$LIBVIRT_DIR/etc/libvirtd.conf" >> "$LIBVIRT_DIR/etc/libvirtd.conf.new"
cp "$LIBVIRT_DIR/etc/libvirtd.conf.new" "$LIBVIRT_DIR/etc/libvirtd.conf"
restart_libvirtd
checked
equal 1 $? "the status of --check with max_clients = 1"
check_prints 'ok  libvirt'
check_prints "!!  connections      $QEMU_URI gives only 1 of 4 at once: statistics and XML may be missing: no answer in time"
check_prints '    -> raise max_clients and max_anonymous_clients in libvirtd.conf'
timeout 40 "$GUESTLISTD" -C --once -u "$QEMU_URI" > "$T/once" 2>&1 || FAIL "--once needs more than one connection: $(cat "$T/once")"
OK
