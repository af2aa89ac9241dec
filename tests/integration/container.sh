# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced after lib.sh and unit.sh by the tests that need a booted systemd: a container of systemd-nspawn over this machine's own
# files, of which nothing is written. No service is started in it but snmpd, libvirtd and what the test adds.

. "$lib_dir/booted.sh"

copy() { install -D -m "$1" "$2" "$root$3"; } # MODE FILE PLACE

write() { mkdir -p "$root${1%/*}" && cat > "$root$1"; } # PLACE, the text as input

# A libvirtd for QEMU that runs as root and asks nobody who may; the guests are those in /etc/libvirt/qemu.
container_libvirtd() {
    printf '%s\n' 'user = "root"' 'group = "root"' 'security_driver = "none"' 'stdio_handler = "file"' 'namespaces = []' \
        'cgroup_controllers = []' | write /etc/libvirt/qemu.conf
    printf '%s\n' 'unix_sock_group = "root"' 'unix_sock_rw_perms = "0700"' 'auth_unix_ro = "none"' 'auth_unix_rw = "none"' |
        write /etc/libvirt/libvirtd.conf
    printf '%s\n' 'u libvirt-qemu 64055' | write /etc/sysusers.d/libvirt-qemu.conf
    printf '%s\n' [Service] Type=notify ExecStart=/usr/sbin/libvirtd | write /etc/systemd/system/libvirtd.service
}

# Everything lives in a mount namespace of its own, and goes with it. The test's function container_fill puts into $root what is to
# be there, and says in $services which services are started.
container() {
    join_group
    mount -t tmpfs none "$T/over"
    mkdir "$T/over/"{up,work}
    mount -t overlay overlay -o "lowerdir=/,upperdir=$T/over/up,workdir=$T/over/work" "$root" || return 77
    : > "$root/etc/machine-id"
    container_libvirtd
    container_fill || return
    printf '%s\n' "$inside" | write /root/inside
    printf '%s\n' [Service] Type=oneshot TimeoutStartSec=infinity \
        'ExecStart=/bin/bash /root/inside' StandardOutput=file:/root/output StandardError=file:/root/output |
        write /etc/systemd/system/guestlist-test.service
    printf '%s\n' [Unit] 'Requires=sysinit.target dbus.socket' 'After=sysinit.target' \
        "Wants=guestlist-test.service $services" AllowIsolate=yes |
        write /etc/systemd/system/guestlist-test.target
    boot "$root" systemd.unit=guestlist-test.target
    status=$?
    cat "$root/root/output" > "$T/output" 2> /dev/null
    return $status
}

# Runs the script $inside in it, which prints PASSED as its last line.
run_in_container() {
    local result
    root=$T/root
    mkdir "$T/over" "$root"
    export -f container container_fill container_libvirtd join_group boot copy write setting agent_program qemu_domain uuid_of xml_escape
    export T root unit top_builddir top_srcdir inside GUESTLISTD PATIENCE
    (tied unshare -m --propagation private bash -c container < /dev/null > "$T/nspawn.out" 2>&1)
    result=$?
    leave_cgroups nspawn
    cat "$T/output" 2> /dev/null
    [ -s "$T/output" ] || SKIP "no systemd can be booted in a container here: $(end_of_console "$T/nspawn.out" 3)"
    grep -qx PASSED "$T/output" || FAIL "status $result; the end of the console: $(tail -n 20 "$T/nspawn.out")"
}
