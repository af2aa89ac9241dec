#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# If libvirtd asks for a password (SASL), the agent reads it from libvirt's own file, as virsh does.
# All connections of the agent use it. Errors are reported once, with the file to correct and without a password. A corrected
# file is used at the next attempt.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/passwords.sh"
need virsh snmpget snmpset snmpwalk libvirtd qemu-system-x86_64 saslpasswd2 jq setpriv timeout
need_root

# libvirt never frees what it reads from this file. The leak checker would report it for the agent.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
auth=$T/agent-auth.conf
lists() { timeout 30 "${before[@]}" "$GUESTLISTD" -C --once=json "$@" > "$T/once" 2>&1 < /dev/null; } # OPTION...
check() { SNMPCONFPATH=$T/none timeout 60 "${before[@]}" "$GUESTLISTD" -C --check -x "$AGENTX" --state-dir "$T/state" "$@" > "$T/check" 2>&1 < /dev/null; }
contains() { grep -qF -- "$2" "$1" || FAIL "no '$2' in: $(cat "$1")"; } # FILE TEXT
log_count() { grep -cF -- "$1" "$AGENT_LOG"; } # TEXT

# virsh gets its file from the environment. The agent does not, unless a step sets it.
set_password keeper keyhole
set_password monitor hush
write_auth_file "$T/virsh-auth.conf" authname=keeper password=keyhole
export LIBVIRT_AUTH_FILE=$T/virsh-auth.conf XDG_CONFIG_HOME=$T/no-config
before=(env -u LIBVIRT_AUTH_FILE)
GUESTLISTD_WRAPPER="env -u LIBVIRT_AUTH_FILE"
agent_may_change_domains "SET works with a password, too"
start_libvirtd 'auth_unix_ro = "sasl"' 'auth_unix_rw = "sasl"'
start_snmpd
define_qemu one
act start one
uri="$QEMU_URI&authfile=$auth"

# ---- Places of the file
lists -u "$uri" && FAIL "it lists without a file: $(cat "$T/once")"
contains "$T/once" "cannot read $auth: No such file or directory"
write_auth_file "$auth" authname=monitor password=hush
chmod 600 "$auth"
lists -u "$uri" || FAIL "it does not list with ?authfile=: $(cat "$T/once")"
equal one "$(jq -r '.domains[].name' "$T/once")" "the listing with ?authfile="
before=(env "LIBVIRT_AUTH_FILE=$auth")
lists -u "$QEMU_URI" || FAIL "it does not list with LIBVIRT_AUTH_FILE: $(cat "$T/once")"
mkdir -p "$T/config/libvirt"
cp "$auth" "$T/config/libvirt/auth.conf"
before=(env -u LIBVIRT_AUTH_FILE "XDG_CONFIG_HOME=$T/config")
lists -u "$QEMU_URI" || FAIL "it does not list with the user's file: $(cat "$T/once")"
before=(env -u LIBVIRT_AUTH_FILE)
check -u "$uri"
grep -q '^ok  libvirt  .*has 1 domain$' "$T/check" || FAIL "--check with a password: $(cat "$T/check")"
step "the agent finds the file where virsh finds it"

# ---- Missing entries
write_auth_file "$auth" authname=monitor
lists -u "$uri" && FAIL "it lists without a password"
contains "$T/once" "libvirt asks for a password (SASL), which $auth does not have: put lines into $auth: [credentials-guestlist]"
check -u "$uri" && FAIL "--check succeeds without a password"
contains "$T/check" "libvirt asks for a password (SASL), which $auth does not have"
contains "$T/check" "    -> put lines into $auth: [credentials-guestlist], authname=USER, password=PASSWORD"
! grep -q 'start libvirt' "$T/check" || FAIL "--check gives advice about something else: $(cat "$T/check")"
write_auth_file "$auth" authname=monitor password=hush
before=(env -u LIBVIRT_AUTH_FILE setpriv --reuid nobody --regid "$(id -g nobody)" --clear-groups --)
chmod 711 "$T"
cp "$(readlink -f "$GUESTLISTD")" "$T/once-guestlistd"
case $(file -b "$GUESTLISTD" 2> /dev/null) in *script*) cp "$top_builddir/.libs/guestlistd" "$T/once-guestlistd" ;; esac
chmod 755 "$T/once-guestlistd"
GUESTLISTD=$T/once-guestlistd lists -u "$uri" && FAIL "the user nobody lists with a file that it cannot read"
contains "$T/once" "cannot read $auth: Permission denied: let only the user of this program read the file"
rm "$T/once-guestlistd"
before=(env -u LIBVIRT_AUTH_FILE)
echo rubbish > "$auth"
lists -u "$uri" && FAIL "it lists with a file that libvirt does not understand"
contains "$T/once" "does not understand its file of passwords, $auth"
step "the messages name what is missing"

# ---- The agent starts with a wrong password, then the file is corrected
write_auth_file "$auth" authname=monitor password=gossip
chown nobody "$auth" # the user of the agent
configure_agent 'interval 1' 'allowControl yes' "hypervisor $uri"
start_agent
wait_for 20 "[ -n \"\$(gl $gl_last_error)\" ]"
equal $connecting "$(gl $gl_status)" "glHypervisorStatus with a wrong password"
gl $gl_last_error > "$T/error"
contains "$T/error" "libvirt does not take the user or the password of $auth: correct it there"
wait_for 20 "[ \$(gl $gl_failures) -ge 3 ]"
equal 1 "$(log_count 'cannot connect: authentication failed')" "messages in the log"
write_auth_file "$auth" authname=monitor password=hush
wait_for 40 'row_of one'
step "rows appeared without a restart"
equal "$connected " "$(gl $gl_status) $(gl $gl_last_error)" "status and error with the right password"
wait_for 30 "[ \"\$(vm $vm_cpu_time one)\" -gt 0 ]"
wait_for 30 "[ \"\$(vm $vm_os_type one)\" ]"
step "statistics and XML are read, on separate connections"
guest_row_status=1.3.6.1.4.1.36957.1.1.1.9.$(uuid_dotted "$(uuid_of one)")
wait_for 20 "put $guest_row_status i 6"
wait_for 20 '[ "$(on_qemu domstate one)" = "shut off" ]'
step "SET works, on a connection that may write"

# ---- The password changes while the agent runs
set_password monitor whisper
next_listing
equal $connected "$(gl $gl_status)" "an open connection after the password has changed"
restart_libvirtd
wait_for 40 "gl $gl_last_error | grep -F 'does not take the user or the password of $auth'"
equal $disconnected "$(gl $gl_status)" "glHypervisorStatus with the old password"
row_of one > "$T/row" || FAIL "the row disappeared with the connection"
write_auth_file "$auth" authname=monitor password=whisper
wait_for 40 "[ \$(gl $gl_status) = $connected ]"
wait_for 20 "[ -z \"\$(gl $gl_last_error)\" ]"
step "the new password is read from the file"
stop_agent || FAIL "SIGTERM ended the agent with status $?"
for word in hush gossip whisper keyhole; do shown_nowhere $word; done
OK
