#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Net-SNMP's tools print names after make install and one line in snmp.conf.
# This works without the base modules of the IETF and with Debian's own snmp.conf. If the modules of the IETF are installed,
# those are used.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need snmptable snmptranslate libvirtd virsh unshare make
need_root
stock=$(dpkg-query -W -f '${Conffiles}\n' libsnmp-base 2> /dev/null | awk '$1 == "/etc/snmp/snmp.conf" { print $2 }')
[ "$stock" = "$(md5sum < /etc/snmp/snmp.conf | cut -d ' ' -f 1)" ] || SKIP "needs Debian's unchanged snmp.conf"

unset MAKEFLAGS MFLAGS MAKELEVEL
make -s -C "$top_builddir" DESTDIR="$T/installed" install-dist_mibDATA install-nodist_mibDATA install-dist_mibbaseDATA \
    install-nodist_pkgdataDATA > "$T/install.out" 2>&1 || FAIL "make install: $(cat "$T/install.out")"
conf=$(cd "$T/installed" && find . -name snmp.conf -printf '/%P\n')
[ -n "$conf" ] || FAIL "no snmp.conf is installed"

# Runs a command as an ordinary host would: the installed files are in their places, and Net-SNMP has no base modules.
mkdir "$T/etc" "$T/home" "$T/empty"
clean_script='
top=$1 home=$2
shift 2
mount --bind "$top/etc" /etc/snmp
for folder in "$top/installed"/*; do
    folder=/${folder##*/}
    mount -t overlay overlay -o "lowerdir=$top/installed$folder:$folder" $folder || exit
done
for folder in ietf iana; do
    [ ! -d /usr/share/snmp/mibs/$folder ] || mount --bind "$top/empty" /usr/share/snmp/mibs/$folder
done
unset MIBS MIBDIRS SNMPCONFPATH SNMP_PERSISTENT_DIR
export HOME=$home
exec "$@"'
clean() { unshare -m --propagation private bash -c "$clean_script" clean "$T" "$T/home" "$@" 2>&1; }

(unshare -m --propagation private mount -t overlay overlay -o "lowerdir=$T/empty:/usr" /usr) 2> /dev/null || SKIP "needs an overlay over /usr"

settings() { cp /etc/snmp/snmp.conf "$T/etc/" && printf '%s\n' "$@" >> "$T/etc/snmp.conf"; } # LINE...

start_libvirtd
start_snmpd
fill_shared_test_driver
start_agent -u "$SHARED_URI"
wait_for 30 'row_of sh-paused'
table() { clean snmptable -Ci -Cb -v2c -c public "127.0.0.1:$SNMP_PORT" "$1"; } # OBJECT

settings
table GUESTLIST-MIB::glDomainTable > "$T/out" && FAIL "there are names without the line, so this test proves nothing: $(cat "$T/out")"
settings "includeFile $conf"
table GUESTLIST-MIB::glDomainTable > "$T/out" || FAIL "$(cat "$T/out")"
grep -Eq '^ *index +Id +State +StateReason ' "$T/out" || FAIL "no names of columns: $(cat "$T/out")"
grep -Eq '^ *[0-9]+ +[0-9]+ +paused +[0-9]+ +user ' "$T/out" || FAIL "numbers instead of words: $(cat "$T/out")"
! grep -i 'cannot find\|did not find\|undefined' "$T/out" || FAIL "Net-SNMP reports errors"
step "one line gives names"

while read -r object number; do
    equal "$number" "$(clean snmptranslate -On "$object")" "the number of $object"
    equal "$object" "$(clean snmptranslate "$number")" "the name of $number"
done <<'OBJECTS'
VM-MIB::vmOperState .1.3.6.1.2.1.236.1.4.1.6
LIBVIRT-MIB::libvirtGuestState .1.3.6.1.4.1.36957.1.1.1.3
OBJECTS
for table in VM-MIB::vmTable VM-MIB::vmCpuTable LIBVIRT-MIB::libvirtGuestTable GUESTLIST-MIB::glFilterTable; do
    table $table > "$T/out" || FAIL "$table: $(cat "$T/out")"
    head -n 1 "$T/out" | grep -qx "SNMP table: $table" || FAIL "$table: $(head -n 3 "$T/out")"
done
examined() {
    clean "$GUESTLISTD" --check -C -x "$T/none" -u test:///default --state-dir "$T/state" > "$T/check"
    ! grep -vE '^(ok|--|!!|    ->|Something is wrong)' "$T/check" || FAIL "--check shows error messages of net-snmp"
    grep -A 1 'MIB names' "$T/check"
}
examined > "$T/out"
grep -q '^ok  MIB names' "$T/out" || FAIL "--check prints: $(cat "$T/out")"
settings
examined > "$T/out"
grep -qF -- "-> add to /etc/snmp/snmp.conf, below a line \"mibs\": includeFile $conf" "$T/out" || FAIL "--check prints: $(cat "$T/out")"
sed -i '/^mibs :/d' "$T/etc/snmp.conf"
examined > "$T/out"
grep -q '^--  MIB names' "$T/out" || FAIL "--check prints: $(cat "$T/out")"
step "every table, and --check"

# A module of the same name can be in a folder of Net-SNMP, or in a folder that the user has set.
mkdir -p "$T/home/.snmp/mibs" "$T/real"
sed 's/{ mib-2 31 }/{ mib-2 99 }/' "$top_srcdir/mib/base/IF-MIB.txt" > "$T/real/IF-MIB.txt"
settings "includeFile $conf" 'mibs +IF-MIB'
equal .1.3.6.1.2.1.31 "$(clean snmptranslate -On IF-MIB::ifMIB)" "the module that comes with Guestlist"
settings "includeFile $conf" 'mibs +IF-MIB' "mibdirs +$T/real"
equal .1.3.6.1.2.1.99 "$(clean snmptranslate -On IF-MIB::ifMIB)" "the module in a folder that the user has set"
cp "$T/real/IF-MIB.txt" "$T/home/.snmp/mibs"
settings "includeFile $conf" 'mibs +IF-MIB'
equal .1.3.6.1.2.1.99 "$(clean snmptranslate -On IF-MIB::ifMIB)" "the module in the user's own folder"
OK "other modules are not hidden"
