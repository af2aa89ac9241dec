#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The agent answers every OID in the sample for Telegraf's inputs.snmp, and the fields of a table form one row per guest.
# The test reads the sample as TOML. Telegraf itself runs in tests/nms/telegraf.sh, where it is installed.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpget snmpbulkwalk libvirtd qemu-system-x86_64 python3
need_root
python3 -c 'import tomllib' 2> "$T/python" || SKIP "needs Python's tomllib: $(tail -n 1 "$T/python")"

sample=$top_srcdir/integrations/telegraf/guestlist.conf

# Prints lines "field NAME OID" and "column TABLE TAG|VALUE NAME OID". As in Telegraf, an unknown setting is an error.
read_sample() {
    python3 - "$sample" <<'PYTHON'
import sys, tomllib

SNMP = {"agents", "version", "community", "interval", "name", "field", "table"}
TABLE = {"name", "index_as_tag", "field"}
FIELD = {"name", "oid", "is_tag", "conversion"}

def knows(settings, known, what):
    if settings.keys() - known:
        sys.exit(f"{what}: unknown settings {settings.keys() - known}")

def show(field, *words):
    knows(field, FIELD, field["name"])
    if field["oid"].strip(".0123456789"):
        sys.exit(f"{field['name']}: {field['oid']} is no number")
    print(*words, field["name"], field["oid"].lstrip("."))

with open(sys.argv[1], "rb") as file:
    conf = tomllib.load(file)
knows(conf, {"inputs", "processors"}, "the file")
for snmp in conf["inputs"]["snmp"]:
    knows(snmp, SNMP, "inputs.snmp")
    for field in snmp["field"]:
        show(field, "field")
    for table in snmp["table"]:
        knows(table, TABLE, "inputs.snmp.table")
        for field in table["field"]:
            show(field, "column", table["name"], "TAG" if field.get("is_tag") else "VALUE")
PYTHON
}

# Prints the rows of guestlist_domain as "index=VMINDEX NAME=VALUE ...". Like Telegraf, it joins the columns by the index
# after their OIDs.
rows() {
    local oid name
    while read -r name oid; do
        bulkwalk "$oid" | sed -n "s/^\.${oid//./\\.}\.\([0-9]*\) = \([A-Za-z0-9-]*: \)\{0,1\}\(.*\)/\1 $name=\3/p"
    done < <(sed -n 's/^column guestlist_domain [A-Z]* //p' "$T/sample") |
        awk '{ index_ = $1; sub(/^[0-9]* /, ""); row[index_] = row[index_] " " $0 } END { for (i in row) print "index=" i row[i] }' | sort
}

start_libvirtd
start_snmpd
define_qemu web01 vcpu=2 memory=65536
define_qemu old-mail
act() { on_qemu "$*" > "$T/out" 2>&1 || FAIL "$*: $(cat "$T/out")"; }
act start web01
act autostart web01
configure_agent 'interval 1'
start_agent -u "$QEMU_URI"
wait_for 30 "[ \"\$(vm $vm_oper_state web01)\" = 4 ] && vm $vm_cpu_time web01"
next_listing

read_sample > "$T/sample" || FAIL "$sample is not valid for inputs.snmp"
while read -r name oid; do
    value "$oid" > "$T/value" || FAIL "$name: $oid has no value"
done < <(sed -n 's/^field //p' "$T/sample")
equal 2 "$(value "$(sed -n 's/^field hypervisor_status //p' "$T/sample")")" "hypervisor_status"
equal 2 "$(value "$(sed -n 's/^field domains //p' "$T/sample")")" "domains"
equal 0 "$(value "$(sed -n 's/^field autostart_inactive //p' "$T/sample")")" "autostart_inactive"
equal 'name uuid' "$(sed -n 's/^column guestlist_domain TAG \([a-z]*\) .*/\1/p' "$T/sample" | xargs)" "tags"

has() { # WORD... of the row of web01
    local word
    rows | grep -F 'name="web01"' > "$T/row" || FAIL "no row of web01: $(rows)"
    for word; do
        grep -qE " $word( |\$)" "$T/row" || FAIL "no $word in $(cat "$T/row")"
    done
}
equal 2 "$(rows | wc -l)" "rows"
has oper_state=4 autostart=2 persistent=2 cpus=2 memory_unit=1024 memory=65536 'uptime=[1-9][0-9]*' 'cpu_time=[1-9][0-9]*' \
    state_reason=1 starts_at_boot=1 "uuid=$(uuid_hex "$(uuid_of web01)" | sed 's/../& /g; s/ $//' | tr a-f A-F)"
equal "$(($(grep -c ^column "$T/sample") + 1))" "$(tr ' ' '\n' < "$T/row" | grep -c =)" "columns of the row"
step "each field has a value"

act destroy web01
wait_for 20 "[ \"\$(value \"\$(sed -n 's/^field autostart_inactive //p' $T/sample)\")\" = 1 ]"
has oper_state=11 uptime=0 cpu_time=0
OK
