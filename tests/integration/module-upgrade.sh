#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# An upgrade replaces the file of the module while snmpd runs, as dpkg does: a new file is renamed to the old name.
# snmpd serves the same rows with the old code, also during a walk, and after SIGHUP, even if the new file is damaged or gone.
# The next start of snmpd takes the new file. With a file that cannot be loaded, snmpd starts without these objects.
AGENT_IN_SNMPD=yes
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need snmpget snmpwalk
need_root

module=$T/program/guestlist-snmpd.so

# Puts standard input in place of the module, as dpkg does.
replace_module() {
    cat > "$module.dpkg-new"
    chmod 644 "$module.dpkg-new"
    mv "$module.dpkg-new" "$module"
}

loaded_file() { awk -v path="$module" '$6 == path { print $5, $7; exit }' "/proc/$SNMPD_PID/maps"; }

# Sends SIGHUP to snmpd. The module must keep its collector, rows and code.
reload_keeps_rows() { # WHAT
    local serial
    serial=$(gl $gl_serial)
    : > "$AGENT_LOG"
    kill -HUP "$SNMPD_PID"
    wait_for 10 'grep -q "guestlist: reload: done" "$AGENT_LOG"'
    wait_for 20 "[ \"\$(gl $gl_serial)\" -gt $((serial + 1)) ]" # the collector still lists
    row_of test > "$T/out" || FAIL "the row is gone: $1"
    equal 0 "$(gl $gl_reconnects)" "reconnects: $1"
    equal "$old" "$(loaded_file | cut -d ' ' -f 1)" "the loaded file: $1"
}

# snmpd starts without the module's objects, and the log has the reason.
starts_without_rows() { # REASON
    : > "$AGENT_LOG"
    restart_snmpd
    grep -q "dlopen.*guestlist-snmpd.so.*$1" "$AGENT_LOG" || FAIL "no reason '$1' in: $(cat "$AGENT_LOG")"
    value 1.3.6.1.2.1.1.3.0 > "$T/out" || FAIL "snmpd does not answer"
    ! gl $gl_serial || FAIL "rows without a module"
}

start_snmpd
configure_agent 'interval 1'
start_agent -u test:///default
wait_for 20 'row_of test'
old=$(loaded_file | cut -d ' ' -f 1)

# Walks on and on, in a process of its own, and counts the walks.
walk $vm_mib > "$T/walk.first"
(while [ ! -e "$T/walk.end" ] && alive $$; do
    walk $vm_entry.$vm_name > "$T/walk.now" && grep -q '"test"' "$T/walk.now" || echo failed >> "$T/walk.failures"
    echo walked >> "$T/walk.count"
done) &
walker=$!
walks() { wc -l < "$T/walk.count"; }
wait_for 20 '[ "$(walks)" -ge 3 ]'
before=$(walks)
replace_module < "$GUESTLIST_SNMPD"
wait_for 20 '[ "$(walks)" -ge $((before + 10)) ]'
equal "$old (deleted)" "$(loaded_file)" "the loaded file after the upgrade"
step "the file is replaced during a walk"

reload_keeps_rows "the file is new"
grep -q "restart snmpd" "$AGENT_LOG" || FAIL "the log does not ask for a restart: $(cat "$AGENT_LOG")"
yes 'no library' | head -n 1000 | replace_module
reload_keeps_rows "the file is damaged"
head -c 50000 "$GUESTLIST_SNMPD" | replace_module
reload_keeps_rows "the file is cut off"
rm "$module"
reload_keeps_rows "the file is gone"
touch "$T/walk.end"
wait "$walker"
[ ! -e "$T/walk.failures" ] || FAIL "$(wc -l < "$T/walk.failures") of $(walks) walks failed"
step "SIGHUP after the replacement: $(walks) walks"

starts_without_rows 'No such file'
yes 'no library' | head -n 1000 | replace_module
starts_without_rows 'invalid ELF header'
step "snmpd starts with a damaged file"

# snmpd loads a file that came after its start at SIGHUP.
replace_module < "$GUESTLIST_SNMPD"
kill -HUP "$SNMPD_PID"
wait_for 20 'row_of test'
restart_snmpd
wait_for 20 'row_of test'
equal "$(stat -c %i "$module") " "$(loaded_file)" "the loaded file after the restart"
stop_agent || FAIL "SIGTERM ended snmpd with status $?"
OK
