#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Each command in README and docs works as printed.
# The host has only Debian's packages and make install. It is a container, booted for this test. An ordinary user runs the
# commands, and root runs those with sudo. tests/data/commands-not-run.tsv lists the commands that are left out, with the
# reason.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/unit.sh"
. "$(dirname "$0")/container.sh"
need systemd-nspawn libvirtd virsh snmpwalk snmptable jq qemu-system-x86_64 make
need_unit
[ "${SANITIZERS:-no}" = no ] || SKIP "LeakSanitizer cannot run under the unit's filter of system calls"
[ "$(setting ExecStart | cut -d ' ' -f 1)" = /usr/local/sbin/guestlistd ] || SKIP "README has the paths of the prefix /usr/local"

"$top_srcdir/tests/lint/commands.sh" --list > "$T/commands"
[ "$(wc -l < "$T/commands")" -ge 20 ] || FAIL "only $(wc -l < "$T/commands") commands found"
# Add the requests that check_snmp would send.
grep -oE '^ +check_snmp .*' "$top_srcdir/docs/checks.md" | sed -n 's/.* -o \([^ ]*\) .*/docs\/checks.md\tsnmpget -v2c -c public -On localhost \1/p' > "$T/checks"
[ -s "$T/checks" ] || FAIL "docs/checks.md has no check_snmp"
cat "$T/checks" >> "$T/commands"

inside='
output=/root/command.out
until_works() { for _ in {1..300}; do ! "$@" > $output 2>&1 || return 0; sleep 0.1; done; echo "FAIL: not within 30 s: $*"; cat $output; failed=yes; }
as_visitor() {
    setpriv --reuid visitor --regid visitor --clear-groups -- env -i HOME=/home/visitor LC_ALL=C.UTF-8 \
        PATH=/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games timeout 60 bash -c "$1"
}
# There is no sudo in the container. This function runs the command of sudo.
sudo() {
    local words=()
    [ "$1" != -u ] || { words=(setpriv --reuid "$2" --regid "$2" --clear-groups --); shift 2; }
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin timeout 60 "${words[@]}" "$@"
}
export -f sudo
as_root() { bash -c "$1"; }

# Writes the two configuration files as docs/contexts.md prints them.
set_up_contexts() {
    awk "/^\`\`\`snmpd.conf/ { on = 1; next } /^\`\`\`/ { on = 0 } on" docs/contexts.md > /etc/snmp/snmpd.conf.d/contexts.conf
    sed -n "s/^    \(hypervisor .*\)/\1/p" docs/contexts.md > /etc/snmp/guestlistd.conf
    systemctl restart snmpd guestlistd
    until_works eval "snmpwalk -v2c -c lab -t 2 -r 0 localhost GUESTLIST-MIB::glHypervisorUri | grep test:///default"
}

run() { # PAGE COMMAND
    local status
    case $2 in *sudo\ *) as_root "$2" ;; *) as_visitor "$2" ;; esac > $output 2>&1 < /dev/null
    status=$?
    if [ $status = 0 ] && ! grep -qiE "No Such (Object|Instance)|No entries|cannot find module|unknown object|timeout:" $output; then
        echo "ok: $1: $2"
    else
        echo "FAIL: $1: $2: status $status: $(tail -n 20 $output)"
        failed=yes
    fi
}

cd /home/visitor/guestlist || exit
failed=no
until_works virsh -r -c qemu:///system list
page=
while IFS=$(printf "\t") read -r next command <&3; do
    [ "$next" = "$page" ] || [ "$next" != docs/contexts.md ] || set_up_contexts
    page=$next
    run "$page" "$command"
done 3< /root/commands
[ $failed = yes ] || echo PASSED
systemctl exit 0'

# Adds a user, the tree in the home of that user, the files of make install, and guests with the names in the pages.
container_fill() {
    local name number=0
    make -s -C "$top_builddir" DESTDIR="$root" install > "$T/install.out" 2>&1 || return
    echo 'visitor:x:4321:4321::/home/visitor:/bin/bash' >> "$root/etc/passwd"
    echo 'visitor:x:4321:' >> "$root/etc/group"
    mkdir -p "$root/home/visitor/guestlist"
    cp -r "$top_srcdir"/{README.md,docs,mib} "$root/home/visitor/guestlist"
    cp "$top_srcdir/docs/guestlistd.conf.example" "$root/home/visitor/guestlist/guestlistd.conf"
    chown -R 4321:4321 "$root/home/visitor"
    echo '127.0.0.1 localhost host' > "$root/etc/hosts"
    cp "$T/commands" "$root/root/commands"
    for name in a1 web01 a3 a4 a5 a6 sh-saved a8 a9; do
        number=$((number + 1))
        qemu_domain $name uuid=0000000$number-1111-4222-8333-000000000000 | write "/etc/libvirt/qemu/$name.xml"
    done
    services='snmpd.service libvirtd.service'
}

unset MAKEFLAGS MFLAGS MAKELEVEL
run_in_container
OK
