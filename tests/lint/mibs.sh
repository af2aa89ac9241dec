#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The MIB modules: valid by smilint's strictest level, and exactly what the facts files say, name by name.
. "$(dirname "$0")/lib.sh"

command -v smilint >/dev/null || skip "smilint (package smitools) is not installed"
command -v perl >/dev/null || skip "perl is not installed"
base=
for folder in /usr/share/mibs/ietf /usr/share/snmp/mibs/ietf /var/lib/mibs/ietf /usr/lib*/erlang/lib/snmp-*/mibs; do
    if ls "$folder"/SNMPv2-SMI* >/dev/null 2>&1; then
        base=$folder
    fi
done
[ -n "$base" ] || skip "the IETF's base modules are not installed (package erlang-snmp has them)"

made=$(mktemp -d) || exit 99
trap 'rm -rf "$made"' EXIT
for module in GUESTLIST-MIB GUESTLIST-CAPABILITIES; do
    if [ -f "$top_builddir/mib/$module.txt" ]; then
        cp "$top_builddir/mib/$module.txt" "$made"
    else
        sed 's/@GUESTLIST_OID_UNDER_ENTERPRISES@/8072 9999 9999 2512/; s/@PACKAGE_VERSION@/0/' "mib/$module.txt.in" >"$made/$module.txt"
    fi
done
SMIPATH=$top_srcdir/mib:$made:$top_srcdir/tests/lint/base:$base
export SMIPATH

# A module of textual conventions refers to none of them itself, and the numbers above our own root have no names.
# libvirt-snmp's shape is not ours to change: its index can be had in notifications, and that and its notification are in
# no group. Capabilities are no MIB.
for module in mib/*.txt "$made"/*.txt; do
    case $module in
    */LIBVIRT-MIB.txt) ignored='-i index-element-accessible -i group-membership' ;;
    */GUESTLIST-CAPABILITIES.txt) ignored='-i module-name-suffix' ;;
    *) ignored= ;;
    esac
    # shellcheck disable=SC2086 # several words
    found=$(smilint -c /dev/null -l 6 -s -m -i type-unref -i node-implicit $ignored "$module" 2>&1)
    [ -z "$found" ] || fail "$module" "$found"
done

compare()
{
    perl tests/lint/mib-facts.pl "$@" || status=1
}
compare tests/data/vm-mib-facts.tsv VM-MIB mib/VM-MIB.txt
compare tests/data/vm-mib-facts.tsv UUID-TC-MIB mib/UUID-TC-MIB.txt
compare tests/data/vm-mib-facts.tsv IANA-STORAGE-MEDIA-TYPE-MIB mib/IANA-STORAGE-MEDIA-TYPE-MIB.txt
compare tests/data/libvirt-mib-facts.tsv LIBVIRT-MIB mib/LIBVIRT-MIB.txt
compare tests/data/guestlist-mib-facts.tsv GUESTLIST-MIB "$made/GUESTLIST-MIB.txt"
compare tests/data/capabilities-facts.tsv GUESTLIST-CAPABILITIES "$made/GUESTLIST-CAPABILITIES.txt"
exit $status
