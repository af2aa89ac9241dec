#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# guestlistd --once prints one listing, as a table or as JSON.
# Both are in virsh's order. There is colour on a terminal only. Hostile names do no harm. The filter words list the same
# domains as virsh.
. "$(dirname "$0")/lib.sh"
need virsh libvirtd jq
need_root

start_libvirtd
fill_shared_test_driver
once() { "$GUESTLISTD" -C --once "$@" -u "$SHARED_URI"; }

once > "$T/table" || FAIL "--once ended with status $?"
grep -Eq '^- +sh-waiting +shutoff +[a-z]+ +yes +yes +starts +no ' "$T/table" || FAIL "$(cat "$T/table")"
grep -Eq '^[0-9]+ +sh-transient +running +[a-z ]+ +no +no +ends +no ' "$T/table" || FAIL "$(cat "$T/table")"
equal "9 domains of $SHARED_URI, 7 libvirt calls" "$(tail -n 1 "$T/table")" "the last line"

once_json() { "$GUESTLISTD" -C --once=json "$@" -u "$SHARED_URI"; }
once_json > "$T/json" || FAIL "--once=json ended with status $?"
equal 'calls domains filter hypervisor time' "$(jq -r 'keys | join(" ")' "$T/json")" "keys of the listing"
equal 'active autostart autostart_once checkpoint id managed_save name persistent reason snapshot starts_at_boot state uuid' \
    "$(jq -r '.domains[0] | keys | join(" ")' "$T/json")" "keys of a domain"
equal 'true' "$(jq '[.domains[] | select(.name == "sh-saved") | .managed_save and (.active | not) and .id == null][0]' "$T/json")" \
    "sh-saved"
equal 'crashed' "$(jq -r '.domains[] | select(.name == "sh-crashed") | .reason' "$T/json")" "reason of sh-crashed"
equal 'true' "$(jq '[.domains[] | select(.name == "sh-snapshot") | .snapshot][0]' "$T/json")" "snapshot of sh-snapshot"
equal 'sh-autostart sh-waiting' "$(jq -r '.domains[] | select(.starts_at_boot) | .name' "$T/json" | sort | xargs)" "domains that start at boot"
equal sh-transient "$(jq -r '.domains[] | select(.starts_at_boot == false and (.persistent | not)) | .name' "$T/json")" \
    "domains that are transient and do not start at boot"
step "table and JSON"

# Add capitals among the inactive domains, and an id of two digits.
for name in Zulu alpha Sh-middle; do
    test_domain $name "$(uuid_of $name)" > "$T/$name.xml"
    on_shared define "$T/$name.xml" > "$T/out" || FAIL "$(cat "$T/out")"
done
for name in sh-waiting Zulu sh-running; do
    on_shared "destroy $name; start $name" > "$T/out" 2>&1
done
on_shared destroy sh-waiting > "$T/out"
wanted=$(on_shared list --all | awk '{ print $1, $2 }')
equal "$wanted" "$(once | awk 'NR > 1 && !/libvirt calls$/ { print $1, $2 }')" "the order of the table"
equal "$(echo "$wanted" | cut -d ' ' -f 2)" "$(once_json | jq -r '.domains[].name')" "the order in JSON"
echo "$wanted" | grep -q '^1[0-9] ' || FAIL "no id of two digits, so this test proves nothing: $wanted"
for name in Zulu alpha Sh-middle; do on_shared "destroy $name; undefine $name" > "$T/out" 2>&1; done
step "the order is virsh's"

# script makes a terminal. There is colour only on a terminal.
check_colours() {
    on_terminal() { TERM=xterm script -qefc "$1" /dev/null < /dev/null | tr -d '\r'; }
    once_words="'$GUESTLISTD' -C --once -u '$SHARED_URI'"
    on_terminal "$once_words" > "$T/coloured" || FAIL "$(cat "$T/coloured")"
    grep -qF $'\e[1;31msh-waiting\e[0m' "$T/coloured" || FAIL "a guest that should run and does not is not red: $(cat -v "$T/coloured")"
    grep -E '^[0-9]+ +sh-transient ' "$T/coloured" | grep -qF $'\e[33mno\e[0m' || FAIL "no yellow: $(cat -v "$T/coloured")"
    once > "$T/table"
    equal "$(cat "$T/table")" "$(sed $'s/\e\\[[0-9;]*m//g' "$T/coloured")" "the table without its colours"
    for words in "NO_COLOR=1 $once_words" "TERM=dumb $once_words" "env -u TERM $once_words" "$once_words | cat" "$once_words --once=json"; do
        ! on_terminal "$words" | grep -F $'\e[' || FAIL "colour by: $words"
    done
    on_terminal "NO_COLOR= $once_words" | grep -qF $'\e[1;31m' || FAIL "an empty NO_COLOR turns colour off"
    step "colours"
}
if command -v script > "$T/need"; then
    check_colours
else
    step "colours: not tested, because script is not installed"
fi

names() { jq -r '.domains[].name' | sort | xargs; }
while read -r word option; do
    equal "$(on_shared list --all --name "$option" | sort | xargs)" "$(once_json -F "$word" | names)" "filter $word"
done <<'WORDS'
persistent --persistent
transient --transient
state-running --state-running
state-paused --state-paused
state-shutoff --state-shutoff
state-other --state-other
with-managed-save --with-managed-save
without-managed-save --without-managed-save
autostart --autostart
no-autostart --no-autostart
with-snapshot --with-snapshot
without-snapshot --without-snapshot
with-checkpoint --with-checkpoint
without-checkpoint --without-checkpoint
WORDS
equal "$(on_shared list --name | sort | xargs)" "$(once_json -F active | names)" "filter active"
equal "$(on_shared list --inactive --name | sort | xargs)" "$(once_json -F inactive | names)" "filter inactive"
equal sh-waiting "$(once_json -F 'autostart, inactive' | names)" "two words"
step "filters agree with virsh"

# Names can contain ESC, a bidirectional override, quotes, a backslash and UTF-8.
printf -v name 'a\\b"c\u202ed-\u00e9\u4e2d'
test_domain "$name" "$(uuid_of hostile)" > "$T/hostile.xml"
on_shared create "$T/hostile.xml" > "$T/out" || FAIL "$(cat "$T/out")"
equal "$name" "$(once_json | jq -r --arg uuid "$(uuid_of hostile)" '.domains[] | select(.uuid == $uuid) | .name')" "the name in JSON"
once | grep -qF 'a\\b"c\xe2\x80\xaed-é中' || FAIL "the name in the table: $(once)"
step "hostile names"

pause_libvirtd
timeout 60 "$GUESTLISTD" -C --once -u "$SHARED_URI" > "$T/out" 2>&1
equal 1 $? "the status when libvirt hangs"
resume_libvirtd
grep -q 'cannot connect: no answer within' "$T/out" || FAIL "it prints: $(cat "$T/out")"
OK "--once ends when libvirt hangs"
