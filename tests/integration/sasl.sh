#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# libvirtd asks for a user and a password (SASL). The agent has them from libvirt's own file, as virsh does, for each of its
# connections. What is missing or wrong is told once, with the file to correct, and never with a password. A file that is
# corrected counts at the next attempt.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/passwords.sh"
need virsh snmpget snmpset snmpwalk libvirtd qemu-system-x86_64 saslpasswd2 jq setpriv timeout
need_root

# libvirt's library never frees what it took from a file of passwords: the leak checker would blame it on the agent.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
auth=$T/agent-auth.conf
listed() { timeout 30 "${before[@]}" "$GUESTLISTD" -C --once=json "$@" > "$T/once" 2>&1 < /dev/null; } # OPTION...
checked() { SNMPCONFPATH=$T/none timeout 60 "${before[@]}" "$GUESTLISTD" -C --check -x "$AGENTX" --state-dir "$T/state" "$@" > "$T/check" 2>&1 < /dev/null; }
contains() { grep -qF -- "$2" "$1" || FAIL "no '$2' in: $(cat "$1")"; } # FILE TEXT
log_count() { grep -cF -- "$1" "$AGENT_LOG"; } # TEXT

# virsh has a file by the environment; the agent has none of it unless a step says so.
set_password keeper keyhole
set_password monitor hush
write_auth_file "$T/virsh-auth.conf" authname=keeper password=keyhole
export LIBVIRT_AUTH_FILE=$T/virsh-auth.conf XDG_CONFIG_HOME=$T/no-config
before=(env -u LIBVIRT_AUTH_FILE)
GUESTLISTD_WRAPPER="env -u LIBVIRT_AUTH_FILE"
start_libvirtd 'auth_unix_ro = "sasl"' 'auth_unix_rw = "sasl"'
start_snmpd
define_qemu one
act start one
uri="$QEMU_URI&authfile=$auth"

# ---- Where the file may be
listed -u "$uri" && FAIL "without a file it lists: $(cat "$T/once")"
contains "$T/once" "cannot read $auth: No such file or directory"
write_auth_file "$auth" authname=monitor password=hush
chmod 600 "$auth"
listed -u "$uri" || FAIL "with ?authfile= it does not list: $(cat "$T/once")"
equal one "$(jq -r '.domains[].name' "$T/once")" "the listing with ?authfile="
before=(env "LIBVIRT_AUTH_FILE=$auth")
listed -u "$QEMU_URI" || FAIL "with LIBVIRT_AUTH_FILE it does not list: $(cat "$T/once")"
mkdir -p "$T/config/libvirt"
cp "$auth" "$T/config/libvirt/auth.conf"
before=(env -u LIBVIRT_AUTH_FILE "XDG_CONFIG_HOME=$T/config")
listed -u "$QEMU_URI" || FAIL "with the user's own file it does not list: $(cat "$T/once")"
before=(env -u LIBVIRT_AUTH_FILE)
checked -u "$uri"
grep -q '^ok  libvirt  .*has 1 domain$' "$T/check" || FAIL "--check with a password: $(cat "$T/check")"
step "the file is found where virsh finds it"

# ---- What is missing, and where it belongs
write_auth_file "$auth" authname=monitor
listed -u "$uri" && FAIL "without a password it lists"
contains "$T/once" "libvirt asks for a password (SASL), which $auth does not have: put lines into $auth: [credentials-guestlist]"
checked -u "$uri" && FAIL "--check finds nothing wrong without a password"
contains "$T/check" "libvirt asks for a password (SASL), which $auth does not have"
contains "$T/check" "    -> put lines into $auth: [credentials-guestlist], authname=USER, password=PASSWORD"
! grep -q 'start libvirt' "$T/check" || FAIL "--check gives advice that has nothing to do with it: $(cat "$T/check")"
write_auth_file "$auth" authname=monitor password=hush
before=(env -u LIBVIRT_AUTH_FILE setpriv --reuid nobody --regid "$(id -g nobody)" --clear-groups --)
chmod 711 "$T"
cp "$(readlink -f "$GUESTLISTD")" "$T/once-guestlistd"
case $(file -b "$GUESTLISTD" 2> /dev/null) in *script*) cp "$top_builddir/.libs/guestlistd" "$T/once-guestlistd" ;; esac
chmod 755 "$T/once-guestlistd"
GUESTLISTD=$T/once-guestlistd listed -u "$uri" && FAIL "a file that is closed to nobody lists for nobody"
contains "$T/once" "cannot read $auth: Permission denied: let the user that this runs as read the file"
rm "$T/once-guestlistd"
before=(env -u LIBVIRT_AUTH_FILE)
echo rubbish > "$auth"
listed -u "$uri" && FAIL "with a file that libvirt does not understand it lists"
contains "$T/once" "does not understand its file of passwords, $auth"
step "what is missing is named"

# ---- The agent starts with a wrong password; a file that is corrected counts
write_auth_file "$auth" authname=monitor password=gossip
configure_agent 'interval 1' 'allowControl yes' "hypervisor $uri"
start_agent
wait_for 20 "[ -n \"\$(gl $gl_last_error)\" ]"
equal $connecting "$(gl $gl_status)" "glHypervisorStatus with a wrong password"
gl $gl_last_error > "$T/error"
contains "$T/error" "libvirt does not take the user or the password of $auth: correct it there"
wait_for 20 "[ \$(gl $gl_failures) -ge 3 ]"
equal 1 "$(log_count 'cannot connect: authentication failed')" "how often the log says it"
write_auth_file "$auth" authname=monitor password=hush
wait_for 40 'row_of one'
step "rows are there; connected again by itself"
equal "$connected " "$(gl $gl_status) $(gl $gl_last_error)" "status and error with the right password"
wait_for 30 "[ \"\$(vm $vm_cpu_time one)\" -gt 0 ]"
wait_for 30 "[ \"\$(vm $vm_os_type one)\" ]"
step "statistics and XML came, on connections of their own"
guest_row_status=1.3.6.1.4.1.36957.1.1.1.9.$(uuid_dotted "$(uuid_of one)")
wait_for 20 "put $guest_row_status i 6"
wait_for 20 '[ "$(on_qemu domstate one)" = "shut off" ]'
step "SET acts, on a connection that may write"

# ---- The password changes while it runs
set_password monitor whisper
next_listing
equal $connected "$(gl $gl_status)" "an open connection after the password has changed"
restart_libvirtd
wait_for 40 "gl $gl_last_error | grep -F 'does not take the user or the password of $auth'"
equal $disconnected "$(gl $gl_status)" "glHypervisorStatus with the old password"
row_of one > "$T/row" || FAIL "the row went with the connection"
write_auth_file "$auth" authname=monitor password=whisper
wait_for 40 "[ \$(gl $gl_status) = $connected ]"
wait_for 20 "[ -z \"\$(gl $gl_last_error)\" ]"
step "a new password is taken from the file"
stop_agent || FAIL "SIGTERM ended the agent with status $?"
for word in hush gossip whisper keyhole; do shown_nowhere $word; done
OK
