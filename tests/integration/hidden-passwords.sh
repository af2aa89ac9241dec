#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# No password of a URI is shown, wherever the URI comes from, and however it is written.
# The URI comes from the command line, the configuration, the environment, or an alias in libvirt.conf. libvirt quotes it in
# its messages if it cannot parse it or cannot connect.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need setpriv timeout snmpget
need_root

chmod 711 "$T"
mkdir -m 755 "$T/any" "$T/config" "$T/config/libvirt"
cp "$GUESTLISTD" "$T/any/guestlistd"
case $(file -b "$GUESTLISTD") in *script*) cp "$top_builddir/.libs/guestlistd" "$T/any/guestlistd" ;; esac
as_nobody=(setpriv --reuid nobody --regid "$(id -g nobody)" --clear-groups -- env "XDG_CONFIG_HOME=$T/config" "HOME=$T/config")

# Runs the command, and fails if its output has a part of the password. The password is hu1shhu2sh, with a mark in the middle.
shows_nothing() { # COMMAND...
    timeout 60 "$@" < /dev/null > "$T/out" 2>&1
    [ -s "$T/out" ] || FAIL "nothing is printed by: $*"
    ! grep -q 'hu[12]sh' "$T/out" || FAIL "a password is shown by: $*"$'\n'"$(cat "$T/out")"
}

long=$(printf 'hu1sh%.0s' {1..250})
for password in hu1shhu2sh hu1sh/hu2sh 'hu1sh?hu2sh' 'hu1sh#hu2sh' hu1sh@hu2sh 12/hu2sh '12#hu2sh@/' hu1sh%2Fhu2sh 'hu1sh%zz' "hu1sh'hu2sh" "$long"; do
    for host in 127.0.0.1:1 '[::1' nowhere.invalid; do
        uri=qemu+tcp://me:$password@$host/system
        shows_nothing "$T/any/guestlistd" -C --once -u "$uri"
        shows_nothing env "LIBVIRT_DEFAULT_URI=$uri" "$T/any/guestlistd" -C --once
        printf 'uri_aliases = [ "here=%s" ]\n' "$uri" > "$T/config/libvirt/libvirt.conf"
        shows_nothing "${as_nobody[@]}" "$T/any/guestlistd" -C --once -u here
        printf 'uri_default = "%s"\n' "$uri" > "$T/config/libvirt/libvirt.conf"
        shows_nothing "${as_nobody[@]}" "$T/any/guestlistd" -C --once
    done
done
step "--once shows no password"

uri=qemu+tcp://me:hu1sh/hu2sh@127.0.0.1:1/system
shows_nothing "$T/any/guestlistd" -C -F "$uri" --once
shows_nothing "$T/any/guestlistd" -C "--ury=$uri" --once
shows_nothing "$T/any/guestlistd" -C "$uri"
for line in "$uri" "hypervisor $uri" "hypervisor $uri lab more" "filter $uri" "interval $uri"; do
    configure_agent "$line"
    SNMPCONFPATH=$T/agent shows_nothing "$T/any/guestlistd" --once
done
shows_nothing env "LIBVIRT_DEFAULT_URI=$uri" "$T/any/guestlistd" -C --check -x "$T/none" --state-dir "$T/state"
step "complaints about options and the configuration show no password"

start_snmpd
configure_agent
GUESTLISTD_WRAPPER="env LIBVIRT_DEFAULT_URI=$uri" start_agent
wait_for 30 "[ -n \"\$(gl $gl_last_error)\" ]"
walk $guestlist_mib > "$T/walk"
stop_agent || FAIL "SIGTERM ended the agent with status $?"
! grep -rl 'hu[12]sh' "$AGENT_LOG" "$T/agent.out" "$T/walk" || FAIL "the agent shows a password"
step "the agent shows no password"
OK
