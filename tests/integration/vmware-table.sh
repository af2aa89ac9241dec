#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# VMWARE-VMINFO-MIB's vmwVmTable gives LibreNMS each domain with the values of virsh.
# LibreNMS lists the guests of a Linux host from this table; the test replays its walk. The table exists only if it is turned
# on. Without the directive, another subagent can serve it.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpget snmpwalk snmpbulkwalk libvirtd qemu-system-x86_64
need_root

vmw_table=1.3.6.1.4.1.6876.2.1
facts=$top_srcdir/tests/data/vmware-vminfo-mib-facts.tsv

# The project may not ship VMware's module. This one has only the names, numbers and types of the served objects.
make_module() { # FILE
    {
        echo 'VMWARE-VMINFO-MIB DEFINITIONS ::= BEGIN'
        echo 'IMPORTS OBJECT-TYPE, Integer32, enterprises FROM SNMPv2-SMI DisplayString FROM SNMPv2-TC;'
        awk -F '\t' '$1 == "VMWARE-VMINFO-MIB" {
            parent = $3; sub(/\.[0-9]+$/, "", parent); number = substr($3, length(parent) + 2)
            place = parent in name ? name[parent] " " number : "enterprises 6876 2 1"
            name[$3] = $2
            printf "%s OBJECT-TYPE SYNTAX %s MAX-ACCESS %s STATUS current DESCRIPTION \"-\"%s ::= { %s }\n", $2, $5, $6,
                $4 == "row" ? " INDEX { " $7 " }" : "", place
            if ($4 == "column")
                fields = fields (fields == "" ? "" : ", ") $2 " " $5
        }
        END { print "VmwVmEntry ::= SEQUENCE { " fields " }" }' "$facts"
        echo END
    } > "$1"
}

# Runs the command of LibreNMS (LibreNMS/Data/Source/NetSnmpQuery.php) for the one table that it walks
# (OS/Traits/VminfoVmware.php).
librenms_walk() { # [OPTION...]
    snmpbulkwalk "$@" -M "$T/mibs:$top_srcdir/mib/base" -m VMWARE-VMINFO-MIB -v2c -c public -OQXUte -Os "udp:127.0.0.1:$SNMP_PORT" \
        VMWARE-VMINFO-MIB::vmwVmTable
}

# Prints the rows that LibreNMS reads from the walk: "INDEX STATE MEMORY CPUS NAME|OS". It cannot store a row that lacks a
# value.
librenms_rows() {
    librenms_walk "$@" | awk '
        match($0, /^vmwVm[A-Za-z]*\[[0-9]+\] = /) {
            key = substr($0, 1, RLENGTH - 3); text = substr($0, RLENGTH + 1)
            column = key; sub(/\[.*/, "", column); index_ = key; sub(/.*\[/, "", index_); sub(/\].*/, "", index_)
            cell[column, index_] = text; rows[index_]
            next
        }
        { print "unexpected: " $0 }
        END {
            for (row in rows) {
                split("vmwVmState vmwVmMemSize vmwVmCpus vmwVmDisplayName vmwVmGuestOS", wanted, " ")
                for (i = 1; i <= 5; i++)
                    if (!((wanted[i], row) in cell))
                        print "row " row " has no " wanted[i]
                print row, cell["vmwVmState", row] ";", cell["vmwVmMemSize", row], cell["vmwVmCpus", row], \
                    cell["vmwVmDisplayName", row] "|" cell["vmwVmGuestOS", row]
            }
        }' | sort -n
}

power_state() { # NAME
    local state
    state=$(on_qemu domstate "$1")
    case $state in
        running) echo 'powered on' ;;
        paused) echo suspended ;;
        'shut off') on_qemu dominfo "$1" | grep -q '^Managed save: *yes' && echo suspended || echo 'powered off' ;;
        *) FAIL "virsh reported $state" ;;
    esac
}

virsh_row() { # NAME OS
    echo "$(row_of "$1") $(power_state "$1"); $(dominfo 'Max memory' "$1" | awk '{ printf "%d", $1 / 1024 }') $(dominfo 'CPU(s)' "$1") $1|$2"
}

virsh_rows() {
    virsh_row l-running http://debian.org/debian/12
    for name in l-paused l-off l-saved l-transient 'l with "odd" <name> é'; do virsh_row "$name" hvm; done
}

mkdir "$T/mibs"
make_module "$T/mibs/VMWARE-VMINFO-MIB.txt"
start_libvirtd
start_snmpd
define_qemu l-running vcpu=2 maxvcpus=3 memory=49152 os=http://debian.org/debian/12
define_qemu l-paused
define_qemu l-off vcpu=1 maxvcpus=4 memory=65536 current=40000
define_qemu l-saved
define_qemu 'l with "odd" <name> é'
on_qemu "start l-running; start l-paused; suspend l-paused; start l-saved" > "$T/out" || FAIL "$(cat "$T/out")"
on_qemu managedsave l-saved > "$T/out" || FAIL "$(cat "$T/out")"
create_qemu l-transient

configure_agent 'interval 1'
start_agent -u "$QEMU_URI"
wait_for 30 '[ "$(row_count)" = 6 ]'
! walk $vmw_table | grep "^\.$vmw_table\." || FAIL "vmwVmTable is served without the directive"
first=$AGENT_PID
# For an agent with another hypervisor, all subtrees are taken except this one.
configure_agent 'vmwareVmTable yes'
AGENT_LOG=$T/second.log
start_agent -u test:///default --state-dir "$T/state-second"
wait_for 20 "value $vmw_table.1.2.1"
equal test "$(value $vmw_table.1.2.1)" "the name in the table of another agent"
stop_agent || FAIL "the second agent ended with status $?"
AGENT_PID=$first AGENT_LOG=$T/agent.log
step "neither served nor registered by default"

# A reload reads the directive, which takes effect only at the next start.
kill -HUP "$AGENT_PID"
wait_for 20 'grep -q "reload: a changed vmwareVmTable takes effect at the next start" "$AGENT_LOG"'
wait_for 20 'grep -q "reload: done" "$AGENT_LOG"'
! walk $vmw_table | grep "^\.$vmw_table\." || FAIL "vmwVmTable is served after a reload"
stop_agent || FAIL "the agent ended with status $?"

configure_agent 'interval 1' 'vmwareVmTable yes'
start_agent -u "$QEMU_URI"
wait_for 30 '[ "$(librenms_rows | grep -c "|hvm$")" = 5 ]'
next_listing
equal "$(virsh_rows | sort -n)" "$(librenms_rows)" "LibreNMS' rows"
equal "$(virsh_rows | sort -n)" "$(librenms_rows -Cr5)" "LibreNMS' rows, five at a time"
equal 30 "$(walk $vmw_table | grep -c "^\.$vmw_table\.1\.[24569]\.[0-9]* = ")" "objects of a walk"
equal 30 "$(walk 1.3.6.1.4.1.6876 | grep -c '^\.1')" "objects of VMware's arc"
for column in 2 4 5 6 9; do
    equal 6 "$(bulkwalk $vmw_table.1.$column | grep -c "^\.$vmw_table\.1\.$column\.")" "rows of column $column"
done
step "LibreNMS gets each domain as virsh reports it"

on_qemu "resume l-paused; destroy l-running; start l-off; undefine 'l with \"odd\" <name> é'" > "$T/out" || FAIL "$(cat "$T/out")"
wait_for 20 '[ "$(librenms_rows | grep -c "powered on;")" = 3 ] && [ "$(librenms_rows | wc -l)" = 5 ]'
equal 'powered off' "$(value "$vmw_table.1.6.$(row_of l-running)")" "the state of l-running when it is off"
COMMUNITY=private snmp snmpset -Onet "127.0.0.1:$SNMP_PORT" "$vmw_table.1.2.$(row_of l-off)" s other > "$T/out" 2>&1 &&
    FAIL "SET changed a name"
grep -q 'notWritable' "$T/out" || FAIL "SET: $(cat "$T/out")"
step "the table follows changes"

# A state that is none of the three words is unknown to LibreNMS. So is a state that is too old.
stop_agent || FAIL "the agent ended with status $?"
make_test_file "$T/states.xml"
test_domains "$T/states.xml"
configure_agent 'interval 1' 'vmwareVmTable yes' 'staleAfter 2'
start_agent -u "$TEST_URI" --state-dir "$T/state-states"
wait_for 30 '[ "$(librenms_rows | grep -c "|hvm$")" = 9 ]'
states() { librenms_rows | sed 's/^[0-9]* \([^;]*\); .* \([^ |]*\)|.*/\2 \1/' | sort; }
equal "$(sort <<'STATES'
st-nostate unknown
st-running powered on
st-blocked powered on
st-paused suspended
st-shutdown powered on
st-shutoff powered off
st-crashed powered off
st-pmsuspended suspended
st-transient powered on
STATES
)" "$(states)" "the words of each state"
pause_libvirtd
wait_for 30 '[ "$(states | grep -c " unknown$")" = 9 ]'
resume_libvirtd
wait_for 30 '[ "$(states | grep -c " unknown$")" = 1 ]'
OK
