# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Verbs for the tests that need a booted systemd. Source this file after lib.sh and unit.sh.
# The systemd runs in a container of systemd-nspawn over the files of this machine, and writes none of them. It starts only
# snmpd, libvirtd and the services that the test adds.

. "$lib_dir/booted.sh"

copy() { install -D -m "$1" "$2" "$root$3"; } # MODE FILE PLACE

write() { mkdir -p "$root${1%/*}" && cat > "$root$1"; } # PLACE; the text is the input

# Configures a libvirtd for QEMU that runs as root and lets every user connect. Its guests are those in /etc/libvirt/qemu.
container_libvirtd() {
    printf '%s\n' 'user = "root"' 'group = "root"' 'security_driver = "none"' 'stdio_handler = "file"' 'namespaces = []' \
        'cgroup_controllers = []' | write /etc/libvirt/qemu.conf
    printf '%s\n' 'unix_sock_group = "root"' 'unix_sock_rw_perms = "0700"' 'auth_unix_ro = "none"' 'auth_unix_rw = "none"' |
        write /etc/libvirt/libvirtd.conf
    printf '%s\n' 'u libvirt-qemu 64055' | write /etc/sysusers.d/libvirt-qemu.conf
    printf '%s\n' [Service] Type=notify ExecStart=/usr/sbin/libvirtd | write /etc/systemd/system/libvirtd.service
}

# Runs in its own mount namespace, and all mounts end with it. The function container_fill of the test puts files into $root
# and sets $services to the services to start.
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

# Runs the script $inside in the container. The script must print PASSED as its last line.
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
