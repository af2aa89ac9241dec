#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The RPM packages build from the tarball, pass rpmlint, and can be installed, upgraded and removed.
# They are installed into a folder, without their scripts. On Debian they are built with Debian's libraries. So the test shows
# that the sections of the spec work, not how an RPM distribution would build them.
. "$(dirname "$0")/../integration/lib.sh"
. "$(dirname "$0")/tarball.sh"
need rpm rpmbuild rpmlint xz

# RPM distributions have these macros: those of systemd, and those that compress pages and strip programs.
cat > "$T/macros" <<'MACROS'
%_unitdir /usr/lib/systemd/system
%_sysusersdir /usr/lib/sysusers.d
%_tmpfilesdir /usr/lib/tmpfiles.d
%systemd_post() [ ! -x /usr/bin/systemctl ] || systemctl preset %{*} || :
%systemd_preun() [ $1 != 0 ] || systemctl disable --now %{*} || :
%systemd_postun_with_restart() [ $1 = 0 ] || systemctl try-restart %{*} || :
%_docdir_fmt %%{NAME}
%__os_install_post bash %{_rpmconfigdir}/brp-compress && find %{buildroot} -path '*/sbin/guestlistd' -type f -o -name check_guestlist -type f -o -name '*.so' | xargs strip -s
MACROS

# The unit tests run at the same time anyway.
build() {
    local collectd
    [ ! -e /usr/include/collectd/core/daemon/plugin.h ] || collectd='--with collectd'
    # shellcheck disable=SC2086  # words
    nice -n 5 rpmbuild -ta --nodeps --nocheck --load "$T/macros" --define "_topdir $T/rpm" ${collectd-} "$tarball" \
        > "$T/build.out" 2>&1 || FAIL "rpmbuild: $(tail -n 30 "$T/build.out")"
}

packages() { find "$T/rpm/RPMS" -name '*.rpm' ! -name '*debug*'; }

on_root() { rpm --root "$root" --dbpath /var/lib/rpm "$@" > "$T/out" 2>&1 || FAIL "rpm $*: $(cat "$T/out")"; }

in_packages() { # WHAT PATH...
    local path
    for path in "${@:2}"; do [ -e "$root$path" ] || FAIL "the packages have no $path, $1"; done
}

make_tarball
build
step "built"
# shellcheck disable=SC2046  # words
rpmlint -c "$top_srcdir/packaging/rpmlint.toml" $(packages) "$top_srcdir/packaging/guestlist.spec" > "$T/rpmlint.out" 2>&1 || FAIL "rpmlint: $(cat "$T/rpmlint.out")"
grep -q ' 0 errors, 0 warnings' "$T/rpmlint.out" || FAIL "rpmlint: $(cat "$T/rpmlint.out")"
step "rpmlint finds nothing"

root=$T/root
conf=/etc/snmp/guestlistd.conf
mkdir -p "$root/var/lib/rpm"
# shellcheck disable=SC2046  # words
on_root --nodeps --noscripts -i $(packages)
in_packages "the agent's" /usr/sbin/guestlistd /usr/share/man/man8/guestlistd.8.gz $conf /usr/lib/systemd/system/guestlistd.service /usr/lib/sysusers.d/guestlist.conf \
    /usr/lib/tmpfiles.d/guestlist.conf /usr/share/snmp/mibs/{VM,GUESTLIST,LIBVIRT}-MIB.txt /usr/share/doc/guestlist/snmpd-guestlist.conf
"$root/usr/sbin/guestlistd" -V > "$T/out" 2>&1 || FAIL "the agent does not run: $(cat "$T/out")"
readelf -d "$root/usr/sbin/guestlistd" > "$T/out" || FAIL "readelf"
! grep -E 'R(UN)?PATH' "$T/out" || FAIL "the agent contains a library path"
echo "interval 20" >> "$root$conf"
step "installed"

# shellcheck disable=SC2046  # words
on_root --nodeps --noscripts -U --replacepkgs $(packages)
grep -qx "interval 20" "$root$conf" || FAIL "the upgrade overwrites a changed $conf"
on_root -q --queryformat '[%{FILENAMES} %{FILEFLAGS:fflags}\n]' guestlist
grep -qx "$conf cn" "$T/out" || FAIL "an upgrade may overwrite a changed $conf: $(grep conf "$T/out")"
step "installed again"

on_root -qa
# shellcheck disable=SC2046  # words
on_root --noscripts -e $(cat "$T/out")
left=$(find "$root" -name '*guestlist*' ! -name 'guestlistd.conf.rpmsave')
[ -z "$left" ] || FAIL "files are left: $left"
grep -qx "interval 20" "$root$conf.rpmsave" || FAIL "the changed $conf is not kept"
OK "removed"
