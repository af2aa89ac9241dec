#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# systemd accepts the unit, the unit has a small exposure, and its user and directories can be made.
. "$(dirname "$0")/lib.sh"

exposure_limit=15 # tenths, as systemd-analyze counts
unit=$top_builddir/packaging/guestlistd.service

[ -f "$unit" ] || skip "$unit is not built"
command -v systemd-analyze >/dev/null || skip "systemd-analyze is missing: install systemd"
systemd-analyze --help | grep -q -e --offline || skip "this systemd-analyze cannot check a unit that is not loaded"
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

# The program need not be installed for this test.
sed "s|^ExecStart=[^ ]*|ExecStart=/bin/true|" "$unit" >"$work/guestlistd.service"
grep -q '^ExecStart=/bin/true -f' "$work/guestlistd.service" || fail "$unit" "starts nothing in the foreground"

output=$(systemd-analyze verify --man=no "$work/guestlistd.service" 2>&1) || fail "$unit" "systemd-analyze verify fails"
[ -z "$output" ] || fail "$unit" "systemd-analyze verify prints: $output"

exposure=$(systemd-analyze security --offline=true --no-pager "$work/guestlistd.service" 2>&1 |
    sed -n 's/.*Overall exposure level for guestlistd.service: \([0-9]*\)\.\([0-9]\).*/\1\2/p')
if [ -z "$exposure" ]; then
    fail "$unit" "systemd-analyze security prints no level of exposure"
elif [ "$exposure" -gt $exposure_limit ]; then
    fail "$unit" "its exposure is $exposure tenths, $exposure_limit is the limit"
else
    echo "exposure: $exposure tenths"
fi

# setting NAME: prints its value in the unit.
setting()
{
    sed -n "s/^$1=//p" "$unit"
}

[ "$(setting CapabilityBoundingSet)" = "" ] || fail "$unit" "keeps capabilities"
[ "$(setting RestrictAddressFamilies)" = AF_UNIX ] || fail "$unit" "may use more than Unix sockets"
if grep -Eq '^(Requires|BindsTo|Requisite)=' "$unit"; then
    fail "$unit" "does not start without other units"
fi

# --- The user and the directories, in a private root --------------------------------------------------

# Report failures so far before a skip.
[ $status = 0 ] || exit $status
[ "$(id -u)" = 0 ] || skip "the unit is fine, but only root can make its user and directories"
mkdir -p "$work/root/etc"
systemd-sysusers --root="$work/root" "$top_builddir/packaging/sysusers.d/guestlist.conf" >"$work/out" 2>&1 ||
    fail sysusers.d/guestlist.conf "$(cat "$work/out")"
for setting in User Group; do
    [ $setting = User ] && file=passwd || file=group
    grep -q "^$(setting $setting):" "$work/root/etc/$file" || fail "$unit" "$setting=$(setting $setting) is not in etc/$file"
done
systemd-tmpfiles --root="$work/root" --create "$top_builddir/packaging/tmpfiles.d/guestlist.conf" >"$work/out" 2>&1 ||
    fail tmpfiles.d/guestlist.conf "$(cat "$work/out")"
[ "$(stat -c %a "$work/root/var/agentx")" = 755 ] || fail tmpfiles.d/guestlist.conf "/var/agentx is closed to the agent"
home=$(awk -F: '$1 == "guestlist" { print $6 }' "$work/root/etc/passwd")
[ "$(stat -c %u "$work/root$home")" = "$(awk -F: '$1 == "guestlist" { print $3 }' "$work/root/etc/passwd")" ] ||
    fail tmpfiles.d/guestlist.conf "$home is not the agent's"
exit $status
