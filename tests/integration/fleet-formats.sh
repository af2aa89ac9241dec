#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# guestlist-fleet writes the same bytes for the same input, replaces a file only if it changes, and writes passwords only if it is asked
# to, into files that nobody else can read. The tests in tests/nms give these files to the monitoring systems.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/fleet.sh"
need python3 jq

export FLEET_COMMUNITY='co$mm!un"ity' FLEET_LAB_COMMUNITY='the lab' FLEET_AUTH='auth pass $HOME "x" !' FLEET_PRIV='priv: pass-word'
outputs=(--prometheus prometheus.json --collectd collectd.json --zabbix zabbix-7.0.yaml --nagios nagios.cfg --icinga2 icinga2.conf --list list)
umask 022

write_all() { # INVENTORY [OPTION...]
    fleet --inventory "$1" --auths "$fleet_data/auths" "${outputs[@]}" "${@:2}"
}

inodes() { stat -c '%i %a %n' -- *; }

mkdir "$T/made"
cd "$T/made" || exit 99
write_all "$fleet_data/inventory" > "$T/out" || FAIL "it fails"
equal 6 "$(grep -c ': written, 8 hosts$' "$T/out")" "files that are written"
fleet -i "$fleet_data/inventory" -A "$fleet_data/auths" -Z - -z 6.0 > zabbix-6.0.yaml || FAIL "it fails"
for file in *; do
    diff -u "$fleet_data/$file" "$file" || FAIL "$file is not as expected"
done
equal 7 "$(find . -type f | wc -l)" "files"
grep -rE 'co\$|the lab|auth pass|pass-word' . && FAIL "a password is written"
jq -e 'all(.[]; (.targets | length) == 1 and (.labels | all(.[]; type == "string")))' prometheus.json collectd.json > "$T/out" || FAIL "no file_sd"
step "the files are as expected, and have no password"

# The list that it writes has all that the inventory has.
inodes > "$T/before"
write_all "$T/made/list" > "$T/out" || FAIL "it does not read its own list"
equal '' "$(cat "$T/out")" "what it says about files that do not change"
equal "$(cat "$T/before")" "$(inodes)" "the files after a second run"
step "a second run, from the list, changes no file"

# A file keeps its mode, and a link stays a link. Only what changes is replaced.
chmod 640 nagios.cfg
mv icinga2.conf "$T/real.conf"
ln -s ../real.conf icinga2.conf
sed 's/^hv1 192.0.2.1 /hv1 192.0.2.99 /; s/ zabbix_proxy=.*//' "$fleet_data/inventory" > "$T/changed"
inodes > "$T/before"
write_all "$T/changed" > "$T/out" || FAIL "it fails"
equal 6 "$(grep -c ': written' "$T/out")" "files that are written: $(cat "$T/out")"
equal "640 nagios.cfg" "$(stat -c '%a %n' nagios.cfg)" "the mode"
[ -L icinga2.conf ] && grep -q 192.0.2.99 "$T/real.conf" || FAIL "the link is gone"
[ "$(stat -c %i prometheus.json)" != "$(awk '/prometheus.json/ { print $1 }' "$T/before")" ] || FAIL "prometheus.json is not replaced by rename"
equal "$(awk '/zabbix-6.0/' "$T/before")" "$(inodes | awk '/zabbix-6.0/')" "a file that is no output"
step "a change replaces the files that it changes"

# Passwords: quoted for each format, and for nobody else to read.
fleet -i "$fleet_data/inventory" -A "$fleet_data/auths" "${outputs[@]}" --with-secrets > "$T/out" || FAIL "it fails"
equal '600 600 600' "$(stat -c %a zabbix-7.0.yaml nagios.cfg "$T/real.conf" | xargs)" "modes of files with passwords"
equal '644 644 644' "$(stat -c %a prometheus.json collectd.json list | xargs)" "modes of files without passwords"
grep -E 'co\$|the lab|auth pass|pass-word' "$T/out" prometheus.json collectd.json list && FAIL "a password is in the wrong place"
grep -qF "value: 'co\$mm!un\"ity'" zabbix-7.0.yaml || FAIL "the community in zabbix-7.0.yaml"
grep -qF 'check_guestlist!co$$mm\!un"ity' nagios.cfg || FAIL "the community in nagios.cfg"
grep -qF 'vars.guestlist_community = "co$$mm!un\"ity"' "$T/real.conf" || FAIL "the community in icinga2.conf"
equal 10 "$(grep -c 'type: SECRET_TEXT' zabbix-7.0.yaml)" "secret macros"
chmod 644 zabbix-7.0.yaml
fleet -i "$fleet_data/inventory" -A "$fleet_data/auths" -Z zabbix-7.0.yaml -w > "$T/out" || FAIL "it fails"
equal 600 "$(stat -c %a zabbix-7.0.yaml)" "the mode of a file that others could read"
step "passwords are written if it is asked to write them"

# The inventory of docs/fleet.md, and the commands there that need no network.
mkdir "$T/docs"
grep -E '^    hv[0-9.a-z]+' "$top_srcdir/docs/fleet.md" > "$T/docs/hosts"
grep -E '^    guestlist-fleet --inventory' "$top_srcdir/docs/fleet.md" | grep -v -e --scan | sed "s|/etc/[a-z0-9./]*/|$T/docs/|" > "$T/commands"
equal '3 5' "$(wc -l < "$T/docs/hosts") $(wc -l < "$T/commands")" "hosts and commands in docs/fleet.md"
(cd "$T/docs" && PATH=$top_srcdir/scripts:$PATH bash -e "$T/commands") > "$T/out" 2>&1 || FAIL "$(cat "$T/out")"
for file in guestlist-snmp.json hosts.yaml hypervisors.cfg hypervisors.conf; do
    grep -q hv3.example.org "$T/docs/$file" || FAIL "$file does not have hv3.example.org"
done
step "the commands of docs/fleet.md work"

# What cannot be done is said, with status 1, and no file changes.
inodes > "$T/before"
check_fails() { # REGEX OPTION...
    fleet -i "$fleet_data/inventory" -A "$fleet_data/auths" "${@:2}" > "$T/out" 2> "$T/errors"
    equal 1 $? "status of ${*:2}"
    grep -qE "^guestlist-fleet: $1" "$T/errors" || FAIL "${*:2}: wanted '$1', got: $(cat "$T/errors")"
    equal "$(cat "$T/before")" "$(inodes)" "the files after ${*:2}"
}
check_fails "$T/none/file: No such file or directory" -P "$T/none/file"
check_fails "$T: Is a directory" -P "$T"
check_fails '/dev/null: no regular file' -P /dev/null
check_fails "$T/none: No such file or directory" -i "$T/none" -P prometheus.json
fleet -i "$fleet_data/inventory" -A "$fleet_data/auths" -l - > /dev/full 2> "$T/errors"
equal "1 guestlist-fleet: the standard output: No space left on device" "$? $(cat "$T/errors")" "a full disk"
fleet -i /dev/null -P prometheus.json > "$T/out" 2> "$T/errors"
equal "1 guestlist-fleet: the input has no host, and no file was written" "$? $(cat "$T/errors")" "an empty inventory"
equal "$(cat "$T/before")" "$(inodes)" "the files after an empty inventory"
OK
