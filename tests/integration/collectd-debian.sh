#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The quick start of docs/collectd.md works with Debian's own configuration of collectd.
# collectd reads the sample and starts. The documented command prints the messages of the plugin, although this configuration
# logs to syslog.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/collectd.sh"
need collectd apt-get dpkg unshare
need_root
need_plugin
[ -d /etc/collectd ] || SKIP "needs Debian's /etc/collectd"
[ "${SANITIZERS:-no}" = no ] || SKIP "a collectd without sanitizers cannot load a plugin with them"

quick=$(sed -n '/^## Quick start/,/^## /s/^    //p' "$top_srcdir/docs/collectd.md")
grep -q '^apt install collectd ' <<< "$quick" || FAIL "the quick start does not install the package with the configuration: $quick"
(cd "$T" && apt-get download -q collectd > "$T/apt.out" 2>&1) ||
    SKIP "cannot download Debian's package collectd: $(tail -n 1 "$T/apt.out")"
dpkg -x "$T"/collectd_*.deb "$T/package" || FAIL "cannot unpack the package"
grep -q '^LoadPlugin syslog' "$T/package/etc/collectd/collectd.conf" || FAIL "Debian's configuration does not log to syslog any more"

# This is the state after the installation: Debian's configuration with only its logging plugin, and our plugin among those of
# collectd.
mkdir "$T/plugins"
cp "$COLLECTD_PLUGINS"/*.so "$plugin" "$T/plugins"
sed -i 's/^LoadPlugin .*//; s/^Hostname.*//; 1i Hostname "hv1"\nLoadPlugin syslog\nFQDNLookup false' "$T/package/etc/collectd/collectd.conf"
inside='
mount --bind "$1/package/etc/collectd" /etc/collectd && mount --bind "$1/plugins" "$2" || exit 99
cd "$3" || exit 99
eval "$4"'
run() { # COMMAND; its output is in $T/out
    unshare -m --propagation private bash -c "$inside" inside "$T" "$COLLECTD_PLUGINS" "$top_srcdir" "timeout 60 $1" > "$T/out" 2>&1 < /dev/null
}

copy=$(grep '^cp ' <<< "$quick") && run "$copy" || FAIL "the printed command fails: ${copy:-no line copies the sample}: $(cat "$T/out")"
run 'collectd -t' || FAIL "collectd -t, which the service runs first: $(cat "$T/out")"
sed -i 's/^  <Hypervisor "local">/&\n    nosuchOption 1/' "$T/package/etc/collectd/collectd.conf.d/guestlist.conf"
show=$(grep '^collectd -T ' <<< "$quick" | sed 's/ *#.*//')
run "$show" || FAIL "the printed command fails: ${show:-no line shows the messages of the plugin}: $(cat "$T/out")"
grep -q 'ignoring option "nosuchOption": unknown; expected one of: Connection' "$T/out" ||
    FAIL "$show does not print the messages of the plugin: $(cat "$T/out")"
run 'collectd -T' || FAIL "collectd -T: $(cat "$T/out")"
! grep -q nosuchOption "$T/out" || FAIL "collectd -T prints the message as well, against docs/collectd.md"
OK
