#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The MIB modules pass smilint's strictest level and agree with the facts files, name by name.
# The base modules that are shipped agree with the IETF's own, if those are installed.
. "$(dirname "$0")/lib.sh"

command -v smilint >/dev/null || skip "smilint (package smitools) is not installed"
command -v perl >/dev/null || skip "perl is not installed"
made=$(mktemp -d) || exit 99
trap 'rm -rf "$made"' EXIT
for module in GUESTLIST-MIB GUESTLIST-CAPABILITIES; do
    if [ -f "$top_builddir/mib/$module.txt" ]; then
        cp "$top_builddir/mib/$module.txt" "$made"
    else
        sed 's/@GUESTLIST_OID_UNDER_ENTERPRISES@/8072 9999 9999 2512/; s/@PACKAGE_VERSION@/0/' "mib/$module.txt.in" >"$made/$module.txt"
    fi
done
SMIPATH=$top_srcdir/mib:$made:$top_srcdir/mib/base
export SMIPATH

# Some warnings do not apply. A module of textual conventions does not use them itself, and the numbers above the project's
# root have no names. The shape of LIBVIRT-MIB comes from libvirt-snmp: its index is accessible in notifications, and neither
# its index nor its notification is in a group. The capabilities module is not a MIB.
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

# smilint has its own types of SNMPv2-SMI, which are wider than it can check. The types of SNMPv2-TC have the hints of the
# RFC. HCNUM-TC has its name from the RFC, too.
for module in mib/base/*.txt; do
    found=$(smilint -c /dev/null -l 6 -s -m -i type-unref -i node-implicit -i identifier-basetype-redefined -i range-bounds -i range-exchanged \
        -i type-without-format -i module-name-suffix "$module" 2>&1)
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

# --- The base modules compared with the IETF's own ---------------------------------------------------

# facts FILE: prints a line for each name in the module, with its number, or with its syntax and hint.
facts()
{
    smidump -c /dev/null -k -f identifiers "$1" 2>/dev/null | awk 'NF == 4 && $1 !~ /^#/ { print $2, $4 }'
    smidump -c /dev/null -k -f smiv2 "$1" 2>/dev/null | perl -0777 -ne '
        s/DESCRIPTION\s*"[^"]*"//g;
        while (/^([\w-]+) ::= TEXTUAL-CONVENTION(.*?)SYNTAX(.*?)\n\n/gms) {
            my ($name, $rest) = ($1, "$2 $3");
            $rest =~ s/\bInteger32 \(/INTEGER (/; # the same type
            $rest =~ s/\s+//g;
            print "$name $rest\n";
        }'
}

compared=0
for module in mib/base/*.txt; do
    name=${module##*/}
    for real in /usr/share/mibs/ietf/"${name%.txt}"* /usr/share/snmp/mibs/ietf/"${name%.txt}"* /var/lib/mibs/ietf/"${name%.txt}"* \
        /usr/lib*/erlang/lib/snmp-*/mibs/"${name%.txt}".mib; do
        [ -f "$real" ] || continue
        facts "$module" | sort >"$made/ours"
        facts "$real" | sort >"$made/theirs"
        [ -s "$made/ours" ] || [ "$name" = SNMPv2-CONF.txt ] || fail "$module" "smidump finds no names"
        comm -23 "$made/ours" "$made/theirs" >"$made/differ"
        # RFC 2571 had another hint for this type, and some installed copies have it.
        grep -v '^SnmpAdminString DISPLAY-HINT"255t"' "$made/differ" >"$made/wrong"
        [ ! -s "$made/wrong" ] || fail "$module" "differs from $real: $(cat "$made/wrong")"
        compared=$((compared + 1))
    done
done
[ $status != 0 ] || [ $compared -gt 0 ] || skip "the other checks passed, but no base module of the IETF is installed (package erlang-snmp has them)"
exit $status
