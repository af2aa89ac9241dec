#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The Debian packages build from the tarball, pass lintian, and work on a Debian that has nothing else.
# There, they are installed, show guests through Debian's snmpd, are upgraded and purged (deb-session). debootstrap makes this
# Debian once and keeps it in /var/cache/guestlist-roots or $GUESTLIST_ROOTS. Nothing is written to it.
. "$(dirname "$0")/../integration/lib.sh"
. "$(dirname "$0")/../integration/booted.sh"
. "$(dirname "$0")/tarball.sh"
need dpkg-buildpackage dh lintian debootstrap systemd-nspawn xz
need_root

. "$top_srcdir/scripts/packages.sh"
. "$top_srcdir/scripts/suite-root.sh"
release=$(suite_here)
[ -n "$release" ] || SKIP "needs a release of Debian"
suite_choose "$release"
# shellcheck disable=SC2034  # for suite_make
suite_packages=ca-certificates,dbus,systemd-sysv
suite_root=${suite_root%/*}/clean-$release

# ---- Build ----------------------------------------------------------------------------------------

unpack_tarball() {
    make_tarball
    tar -C "$T/dist" -xf "$tarball"
    tree=$T/dist/guestlist-$upstream_version
    equal "$upstream_version" "$(dpkg-parsechangelog -l "$tree/debian/changelog" -S Version)" "the version in debian/changelog"
}

# The unit tests run at the same time anyway.
build() { # NUMBER WORD...
    (
        cd "$tree" || exit
        DEB_BUILD_OPTIONS="nocheck parallel=$(nproc)" nice -n 5 dpkg-buildpackage -us -uc "${@:2}"
    ) > "$T/build.out" 2>&1 || FAIL "dpkg-buildpackage: $(tail -n 30 "$T/build.out")"
    mkdir "$T/packages/$1"
    cp "$T/dist"/*.deb "$T/packages/$1"
}

run_lintian() {
    lintian --allow-root --fail-on error,warning "$T"/dist/*.changes > "$T/lintian.out" 2>&1 ||
        FAIL "lintian: $(cat "$T/lintian.out")"
    ! grep -E '^[EW]:' "$T/lintian.out" || FAIL "lintian reports the errors above"
}

# Builds a higher version of the packages with a changed configuration file.
make_upgrade() {
    local old=$tree/debian/changelog
    { sed "1s/)/+next)/;/^ --/q" "$old"; echo; cat "$old"; } > "$T/changelog"
    mv "$T/changelog" "$old"
    echo "# The next version has one line more." >> "$tree/docs/guestlistd.conf.example"
    rm "$T"/dist/*.deb
    build 2 -b -nc
}

mkdir "$T/packages"
unpack_tarball
build 1
step "built"
run_lintian
step "lintian finds nothing"
make_upgrade
step "built a higher version"

# ---- Install, run, upgrade, purge -------------------------------------------------------------------

obstacle=$(suite_obstacle)
[ -z "$obstacle" ] || SKIP "the packages are built, but installing them $obstacle"
suite_lock || FAIL "no lock at $suite_root.lock"
suite_make > "$T/root.out" 2>&1 || SKIP "the packages are built, but no clean Debian could be made to install them: $(tail -n 1 "$T/root.out")"
step "the clean Debian is present"

# All mounts end with the mount namespace. Other packages are downloaded now, into a folder that is kept.
container() {
    join_group
    mount -t tmpfs none "$T/over"
    mkdir "$T/over/"{up,work}
    mount -t overlay overlay -o "lowerdir=$suite_root,upperdir=$T/over/up,workdir=$T/over/work" "$root" || return
    suite_root=$root suite_connect
    : > "$root/etc/machine-id"
    cp -r "$T/packages" "$root/srv/packages"
    fetch || return
    install -m 755 "$top_srcdir/tests/packaging/deb-session" "$root/root/session"
    printf '%s\n' '[Service]' Type=oneshot TimeoutStartSec=infinity ExecStart=/root/session \
        StandardOutput=file:/root/output StandardError=file:/root/output > "$root/etc/systemd/system/session.service"
    boot "$root" systemd.wants=session.service
    cp "$root/root/output" "$T/output"
}

fetch() {
    local archives=$root/var/cache/apt/archives packages
    packages=("$root"/srv/packages/1/*.deb)
    mkdir -p "$suite_root.archives"
    mount --rbind /dev "$root/dev" && mount --bind "$suite_root.archives" "$archives" || return
    chroot "$root" apt-get update -qq -o APT::Update::Error-Mode=any && echo updated || return
    chroot "$root" apt-get install -y -qq --download-only snmp "${packages[@]#"$root"}" &&
        chroot "$root" apt-get autoclean -qq || return
    umount -l "$root/dev" "$archives" && cp "$suite_root.archives"/*.deb "$archives/" && echo fetched
}

root=$T/root
mkdir "$T/over" "$root"
export -f container fetch join_group boot suite_connect
export T root suite_root top_srcdir PATIENCE
(tied unshare -m --propagation private bash -c container < /dev/null > "$T/nspawn.out" 2>&1)
leave_cgroups nspawn
grep -qx updated "$T/nspawn.out" || SKIP "the packages are built, but no mirror of Debian answers: $(end_of_console "$T/nspawn.out" 3)"
grep -qx fetched "$T/nspawn.out" || FAIL "cannot download the dependencies of the packages: $(tail -n 20 "$T/nspawn.out")"
cat "$T/output" 2> /dev/null
[ -s "$T/output" ] || SKIP "the packages are built, but no systemd can be booted in a container here: $(end_of_console "$T/nspawn.out" 3)"
grep -qx PASSED "$T/output" || FAIL "the session failed; the end of the console: $(tail -n 20 "$T/nspawn.out")"
OK
