#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# guestlist-fleet reads an INI inventory as Ansible does: the same hosts, groups, ranges and variables as from ansible-inventory --list.
. "$(dirname "$0")/../integration/lib.sh"
. "$(dirname "$0")/../integration/fleet.sh"
need python3 ansible-inventory

cat > "$T/hosts.ini" << 'INI'
# Hosts without a group come first.
alone.example.org guestlist_label_site="the attic"
hv[01:03].example.org ansible_port=22

[hypervisors]
hv01.example.org ansible_host=192.0.2.1
hv02.example.org:2222 ansible_host=192.0.2.2 guestlist_contexts='-,lab:lab'
kvm-[a:c] ansible_host="192.0.2.9"  # a comment

[hypervisors:vars]
guestlist_port=1161
guestlist_label_site = berlin

[berlin:children]
hypervisors
rack1

[rack1]
kvm-b
kvm-c ansible_host=192.0.2.12 guestlist_snmp=True

[rack1:vars]
guestlist_label_site=berlin rack 1
guestlist_label_rack='1'

[all:vars]
guestlist_label_site=nowhere
guestlist_label_owner=ops   
ansible_user=root

[web]
web1 guestlist_label_site=elsewhere
INI
# Two hosts must not have one address.
sed -i 's/^kvm-\[a:c\] ansible_host.*/kvm-[a:c]/' "$T/hosts.ini"
printf 'kvm-a ansible_host=192.0.2.10\n' | sed -i '/^\[rack1\]$/r /dev/stdin' "$T/hosts.ini"

export ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_HOME=$T/ansible ANSIBLE_CONFIG=$T/ansible.cfg HOME=$T
touch "$T/ansible.cfg"
ansible-inventory -i "$T/hosts.ini" --list > "$T/hosts.json" 2> "$T/errors" || FAIL "ansible-inventory: $(cat "$T/errors")"
printf '%s\n' '[guestlist]' 'community = env:X' '[lab]' 'community = env:X' > "$T/auths"
for group in all hypervisors berlin rack1 web ungrouped; do
    fleet --ansible "$T/hosts.ini" --ansible-group $group -A "$T/auths" --list "$T/$group.ini" > "$T/out" || FAIL "the INI, $group"
    fleet --ansible-json "$T/hosts.json" --ansible-group $group -A "$T/auths" --list "$T/$group.json" > "$T/out" || FAIL "the JSON, $group"
    diff -u "$T/$group.json" "$T/$group.ini" || FAIL "the group $group differs from Ansible's"
    step "$group: $(grep -vc '^#' "$T/$group.ini") hosts"
done
equal 8 "$(grep -vc '^#' "$T/all.ini")" "all hosts"
equal 5 "$(grep -vc '^#' "$T/hypervisors.ini")" "hosts of the group hypervisors"
grep -qFx "kvm-c 192.0.2.12 port=1161 label_owner=ops label_rack=1 label_site='berlin rack 1'" "$T/all.ini" || FAIL "kvm-c: $(cat "$T/all.ini")"
grep -qFx 'hv02.example.org 192.0.2.2 port=1161 contexts=-,lab:lab label_owner=ops label_site=berlin' "$T/all.ini" || FAIL "hv02: $(cat "$T/all.ini")"
OK
