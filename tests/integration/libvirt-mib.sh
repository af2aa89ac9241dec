#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# LIBVIRT-MIB's table agrees with virsh, for checks that were written for libvirt-snmp.
# It has each value and every state of libvirt. With libvirtMibActiveOnly, it has active domains only.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/traps.sh"
need virsh snmpget snmpwalk libvirtd qemu-system-x86_64
need_root

start_libvirtd
start_snmpd
define_qemu q-running vcpu=2 maxvcpus=3 memory=49152 current=40960
define_qemu q-paused
define_qemu q-off vcpu=1 maxvcpus=4 memory=65536 current=40000
define_qemu q-saved
define_qemu 'q with "odd" <name> é'
on_qemu "start q-running; start q-paused; suspend q-paused; start q-saved" > "$T/out" || FAIL "$(cat "$T/out")"
on_qemu managedsave q-saved > "$T/out" || FAIL "$(cat "$T/out")"
create_qemu q-transient

mib() { dominfo "$1" "$2" | awk '{ printf "%d", $1 / 1024 }'; } # KEY NAME -> MiB

libvirt_state() { # converts virsh's word to the number in the MIB
    case $1 in
        running) echo 1 ;; idle) echo 2 ;; paused) echo 3 ;; 'in shutdown') echo 4 ;; 'shut off') echo 5 ;; crashed) echo 6 ;;
        *) FAIL "virsh reported $1" ;;
    esac
}

# Prints the whole object as snmpget shows it, because its type must not change.
object() { get "$(guest "$1" "$2")" | sed 's/^[^=]*= //'; } # COLUMN UUID

configure_agent 'interval 1'
start_agent -u "$QEMU_URI"
wait_for 30 "[ \"\$(value \$(guest $guest_state $(uuid_of q-transient)))\" = 1 ]"
next_listing
for name in q-running q-paused q-off q-saved q-transient 'q with "odd" <name> é'; do
    uuid=$(uuid_of "$name")
    equal "$(printf %s "$name" | od -An -v -tx1 | tr -d ' \n')" "$(hex_value "$(guest $guest_name "$uuid")")" \
        "libvirtGuestName of $name"
    equal "INTEGER: $(libvirt_state "$(on_qemu domstate "$name")")" "$(object $guest_state "$uuid")" "libvirtGuestState of $name"
    equal "Gauge32: $(dominfo 'CPU(s)' "$name")" "$(object $guest_cpus "$uuid")" "libvirtGuestCpuCount of $name"
    equal "Gauge32: $(mib 'Used memory' "$name")" "$(object $guest_memory "$uuid")" "libvirtGuestMemoryCurrent of $name"
    equal "Gauge32: $(mib 'Max memory' "$name")" "$(object $guest_memory_limit "$uuid")" "libvirtGuestMemoryLimit of $name"
    equal "INTEGER: 1" "$(object $guest_row_status "$uuid")" "libvirtGuestRowStatus of $name"
    object $guest_cpu_time "$uuid" | grep -Eq '^Counter64: [0-9]+$' || FAIL "libvirtGuestCpuTime of $name"
    # The UUID is part of the name of each object. The column itself is for notifications only. There is no column 8.
    for column in 1 8 10; do
        ! value "$(guest $column "$uuid")" > "$T/out" || FAIL "column $column of $name has a value"
    done
done
equal 0 "$(value "$(guest $guest_cpu_time "$(uuid_of q-off)")")" "CPU time of a domain that is off"
nanoseconds() { on_qemu domstats --cpu-total q-running | awk -F= '$1 ~ /cpu.time/ { print $2 }'; }
before=$(nanoseconds)
next_listing
time=$(value "$(guest $guest_cpu_time "$(uuid_of q-running)")")
after=$(nanoseconds)
[ "$before" -le "$time" ] && [ "$time" -le "$after" ] || FAIL "libvirtGuestCpuTime $time is not within $before and $after"
step "values agree with virsh"

# A walk has 6 rows of 7 columns, in order.
walk "$guest_entry" | grep '^\.1' | sed 's/ = .*//' > "$T/walk"
equal 42 "$(wc -l < "$T/walk")" "objects in a walk"
equal "$(sort -t. -u -V "$T/walk")" "$(cat "$T/walk")" "the order of a walk"
walk 1.3.6.1.4.1.36957 | grep '^\.1' | sed 's/ = .*//' | cmp -s - "$T/walk" || FAIL "LIBVIRT-MIB has objects outside of its table"
step "a walk is complete and in order"
stop_agent || FAIL "the agent ended with status $?"

configure_agent 'interval 1' 'libvirtMibActiveOnly yes'
start_agent -u "$QEMU_URI"
wait_for 30 "[ \"\$(value \$(guest $guest_state $(uuid_of q-transient)))\" = 1 ]"
active() { walk "$guest_entry.$guest_state" | sed "s/^\.$guest_entry\.$guest_state\.//; s/ = .*//" | sort; }
equal "$(for name in q-running q-paused q-transient; do uuid_dotted "$(uuid_of $name)"; echo; done | sort)" "$(active)" "active rows"
equal 6 "$(row_count)" "rows of VM-MIB, which has all domains"
on_qemu destroy q-paused > "$T/out" || FAIL "$(cat "$T/out")"
wait_for 20 "! value $(guest $guest_state "$(uuid_of q-paused)")"
on_qemu start q-off > "$T/out" || FAIL "$(cat "$T/out")"
wait_for 20 "value $(guest $guest_state "$(uuid_of q-off)")"
equal "$(for name in q-running q-off q-transient; do uuid_dotted "$(uuid_of $name)"; echo; done | sort)" "$(active)" "active rows after two changes"
step "active domains only"
stop_agent || FAIL "the agent ended with status $?"

# Check every state. A state that the enumeration lacks becomes the nearest one.
make_test_file "$T/states.xml"
test_domains "$T/states.xml"
configure_agent
start_agent -u "$TEST_URI"
wait_for 30 "value $(guest $guest_state b0000007-1111-4222-8333-000000000007)"
i=0
for state in 1 1 2 3 4 5 6 3; do
    uuid=b000000$i-1111-4222-8333-00000000000$i
    equal "$state" "$(value "$(guest $guest_state "$uuid")")" "libvirtGuestState of libvirt's state $i"
    equal 1 "$(value "$(guest $guest_row_status "$uuid")")" "libvirtGuestRowStatus of libvirt's state $i"
    i=$((i + 1))
done
OK
