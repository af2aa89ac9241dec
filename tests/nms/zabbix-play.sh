# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced after zabbix-lib.sh by zabbix-6.sh and zabbix-7.sh: what both versions have to show.

odd='odd, "name" [1] ü'
info='Guest build runs, and will not come back after a boot'

# web and db start at boot and run, build is transient, off is off on purpose; odd should run and does not.
start_guests() {
    local name
    start_libvirtd
    start_snmptrapd_for_zabbix
    start_snmpd "$(trapsink)"
    for name in web db; do
        define_qemu $name
        act "start $name; autostart $name"
    done
    create_qemu build
    define_qemu off
    define_qemu "$odd"
    act autostart "$odd"
    configure_agent 'interval 1' 'staleAfter 4' 'notifications perVM'
    start_agent -u "$QEMU_URI"
    wait_for 30 '[ "$(vm $vm_oper_state web)" = 4 ]'
}

# As docs/zabbix.md says it. The file does not exist before Zabbix starts, so it is made here; both have to write and read it.
start_snmptrapd_for_zabbix() {
    start_snmptrapd
    end_process "$SNMPTRAPD_PID" TERM 5
    printf '%s\n' "snmpTrapdAddr udp:127.0.0.1:$TRAP_PORT" 'authCommunity log,execute public' \
        "traphandle default $zabbix_files/zabbix-traphandle $ZABBIX_DIR/traps" > "$T/snmptrapd/snmptrapd.conf"
    (SNMP_PERSISTENT_DIR=$T/snmptrapd/persistent SNMPCONFPATH=$T/snmptrapd tied snmptrapd -f -Lf "$TRAP_LOG" -C \
        -c "$T/snmptrapd/snmptrapd.conf" < /dev/null > "$T/snmptrapd.out" 2>&1) &
    SNMPTRAPD_PID=$!
    disown "$SNMPTRAPD_PID"
}

# A compressed disk whose data were overwritten: what the BIOS wants to read of it is an I/O error, and QEMU stops the guest.
start_broken_guest() {
    yes guestlist | head -c 1048576 > "$T/plain"
    qemu-img convert -c -f raw -O qcow2 "$T/plain" "$T/broken.qcow2"
    dd if=/dev/zero of="$T/broken.qcow2" bs=64K seek=5 count=1 conv=notrunc status=none
    qemu_domain full disk="$T/broken.qcow2" | sed "s/type='qcow2'/& error_policy='stop' rerror_policy='stop'/" > "$T/full.xml"
    act "define $T/full.xml; start full; autostart full"
}

item_ids() { api item.get "{\"hostids\": \"$1\", \"output\": [\"key_\"]}" | jq -r '.[] | .itemid + " " + .key_' | LC_ALL=C sort; } # HOST

# Where Zabbix 6.0 was before: the template of 7.0 takes the place of the other, and a host keeps its items.
play_upgrade() {
    local host
    import_template "$zabbix_files/guestlist-6.0.yaml"
    host=$(create_host upgraded 1 "$template")
    item_ids "$host" > "$T/before"
    [ "$(wc -l < "$T/before")" -ge 15 ] || FAIL "only these items: $(cat "$T/before")"
    import_template "$zabbix_files/guestlist-7.0.yaml"
    item_ids "$host" > "$T/after"
    equal '' "$(LC_ALL=C comm -23 "$T/before" "$T/after")" "items that an upgrade of the template loses"
    equal 2 "$(LC_ALL=C comm -13 "$T/before" "$T/after" | wc -l)" "items that it brings"
    step "an upgrade of the template loses no item"
}

play_host() {
    local host
    # A host that has Zabbix' own template for Linux as well.
    host=$(create_host both 1 'Linux by SNMP' "$template")
    [ -n "$host" ] || FAIL "the template does not go with Zabbix' own one"
    step "the template goes with Zabbix' own one for Linux"
    HOST_ID=$(create_host hv1 0 "$template")
    wait_for 60 "value_of 'guest.state[off]' | grep 11"
    items_expected=$(item_count)
    expect_items "all is discovered" "$items_expected"
    equal 'QEMU connected' "$(value_of hypervisor.software) $(value_of hypervisor.status | sed s/2/connected/)" "the hypervisor"
    equal '4 2 2 1' "$(value_of 'guest.state[web]') $(value_of 'guest.boot[web]') $(value_of 'guest.persistent[web]') $(
        value_of 'guest.autostart[web]')" "state, boot, persistence and autostart of web"
    equal "booted $((32768 * 1024))" "$(value_of 'guest.reason[web]') $(value_of 'guest.memory[web]')" "reason and memory of web"
    equal 3 "$(value_of 'guest.persistent[build]')" "persistence of build"
}

# All hosts of a group, added up. Hosts that are not polled do not count. Zabbix 6.0 cannot count by value.
play_fleet() { # FILE
    local host=$HOST_ID items=6
    [[ $ZABBIX_VERSION == 6.0* ]] || items=10
    import_template "$zabbix_files/$1"
    HOST_ID=$(create_host fleet 0 'Guestlist fleet')
    set_macro '{$GUESTLIST.FLEET.GROUP}' 'Virtual machines'
    wait_for_value fleet.hosts 1
    wait_for_value fleet.hosts.down 0
    wait_for_value fleet.guests 5
    wait_for_value fleet.guests.should_run 1
    wait_for_value fleet.guests.not_answering 0
    [ $items = 6 ] || {
        wait_for_value fleet.hosts.connected 1
        wait_for_value fleet.guests.running 3
    }
    expect_items "all hosts, added up" $items
    [ $items = 6 ] || {
        stop_libvirtd
        wait_for_value fleet.hosts.unreachable 1
        restart_libvirtd
        wait_for_value fleet.hosts.connected 1
    }
    stop_agent
    wait_for_value fleet.hosts.down 1
    start_agent -u "$QEMU_URI"
    wait_for_value fleet.hosts.down 0
    step "the fleet: what is lost is counted"
    HOST_ID=$host
}

play_guests() {
    expect_problems "a guest that is off on purpose, and one that is not" "Guest $odd should run and does not" "$info"
    set_macro "{\$GUESTLIST.OPTOUT:\"${odd//\"/\\\"}\"}" 1
    expect_problems "the latter is left out" "$info"
    set_macro '{$GUESTLIST.COMEBACK:regex:"^bu"}' 0
    expect_problems "so are some others, by a regular expression"
    unset_last_macro
    expect_problems "these are no longer" "$info"
    forget_alarms
    act destroy db
    expect_problems "what should run is shut down" "$info" 'Guest db should run and does not'
    expect_alarms "that" 'Guest db should run and does not: destroyed'
    act start db
    kill -s KILL "$(qemu_pid web)"
    expect_problems "a guest's process is killed" "$info" 'Guest web has crashed'
    expect_alarms "that" 'Guest web has crashed: crashed'
    act start web
    act suspend db
    expect_problems "a crashed guest runs again, another one is paused on purpose" "$info"
    act resume db
    start_broken_guest
    expect_problems "a guest is paused by an I/O error" "$info" 'Guest full is paused, and nobody paused it'
    expect_alarms "that" 'Guest full is paused, and nobody paused it: I/O error'
    act undefine full
    act destroy full
    expect_problems "that guest is gone" "$info"
    items_expected=$(item_count)
    expect_items "that guest is gone" "$items_expected"
    equal 0 "$(value_of 'guest.state[full]')" "the state of the guest that is gone"
    define_qemu full uuid=0f0f0f0f-1111-4222-8333-000000000001
    wait_for 60 "value_of 'guest.state[full]' | grep -x 11"
    expect_items "another guest of that name takes up its items" "$items_expected"
}

# In a minute, the period of three polls has room for a restart, which takes some seconds. Where a poll takes a second, it needs more.
play_quick_restarts() {
    set_macro '{$GUESTLIST.PERIOD}' '#20'
    forget_alarms
    stop_agent
    start_agent -u "$QEMU_URI"
    wait_for_value 'guest.state[web]' 4
    restart_snmpd
    wait_for_value 'guest.state[web]' 4
    restart_libvirtd
    wait_for_value hypervisor.status 2
    wait_for_value 'guest.state[web]' 4
    expect_problems "the agent, snmpd and libvirtd were started again" "$info"
    expect_alarms "that"
    expect_items "the agent, snmpd and libvirtd were started again" "$items_expected"
    unset_last_macro
}

play_hypervisor() {
    act destroy db
    expect_problems "db is off" "$info" 'Guest db should run and does not'
    forget_alarms
    stop_libvirtd
    expect_problems "libvirtd is stopped" 'The hypervisor does not answer'
    new_alarms | grep -q '^The hypervisor does not answer: .*libvirt-sock' || FAIL "not told why: $(new_alarms)"
    equal 1 "$(new_alarms | wc -l)" "alarms when libvirtd is stopped"
    expect_items "libvirtd is stopped" "$items_expected"
    restart_libvirtd
    expect_problems "libvirtd is back" "$info" 'Guest db should run and does not'
    expect_items "libvirtd is back" "$items_expected"
    forget_alarms
    pause_libvirtd
    expect_problems "libvirtd hangs" 'The listing is out of date'
    expect_alarms "that" 'The listing is out of date'
    resume_libvirtd
    expect_problems "libvirtd goes on" "$info" 'Guest db should run and does not'
    expect_items "libvirtd goes on" "$items_expected"
}

play_agent() {
    forget_alarms
    stop_agent
    expect_problems "the agent is stopped" 'The agent is gone'
    expect_alarms "that" 'The agent is gone'
    expect_items "the agent is stopped" "$items_expected"
    start_agent -u "$QEMU_URI"
    expect_problems "the agent is back" "$info" 'Guest db should run and does not'
    expect_items "the agent is back" "$items_expected"
    forget_alarms
    stop_snmpd
    expect_problems "snmpd is stopped" 'The agent is gone'
    expect_alarms "that" 'The agent is gone'
    expect_items "snmpd is stopped" "$items_expected"
    restart_snmpd
    expect_problems "snmpd is back" "$info" 'Guest db should run and does not'
    expect_items "snmpd is back" "$items_expected"
    act start db
    expect_problems "db runs again" "$info"
}

# What OpenBSD's vmd serves as well.
play_vm_mib_alone() {
    printf '%s\n' 'view basic included .1.3.6.1.2.1.1' 'view basic included .1.3.6.1.2.1.236' >> "$T/snmpd/snmpd.conf"
    sed -i 's/^rocommunity public .*/& -V basic/' "$T/snmpd/snmpd.conf"
    restart_snmpd
    wait_for 60 '[ "$(value_of hypervisor.status) $(value_of "guest.reason[web]")" = "0 not reported" ]'
    expect_items "VM-MIB alone" "$items_expected"
    expect_problems "VM-MIB alone" "$info"
    forget_alarms
    act destroy db
    expect_problems "VM-MIB alone: what should run is shut down" "$info" 'Guest db should run and does not'
    expect_alarms "that" 'Guest db should run and does not: not reported'
    act start db
    expect_problems "db runs again" "$info"
}

play_notifications() {
    local vm hypervisor
    vm=$(items | jq -r '.[] | select(.name == "Notifications: guests").key_')
    hypervisor=$(items | jq -r '.[] | select(.name == "Notifications: hypervisor").key_')
    wait_for 30 "items | jq -r '.[] | select(.type == \"17\") | select(.lastclock == \"0\").name' | grep -c . | grep -x 0"
    items | jq -r --arg key "$vm" '.[] | select(.key_ == $key).lastvalue' | grep -E '236\.0\.(1|3)$' || FAIL "no notification of a guest"
    items | jq -r --arg key "$hypervisor" '.[] | select(.key_ == $key).lastvalue' | grep '2512\.0\.2$' || FAIL "none of the hypervisor"
    step "both items of notifications have some"
}
