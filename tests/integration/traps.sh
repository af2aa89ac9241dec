# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Verbs for the tests of notifications: a real snmptrapd, and one line for each notification it received. Source this file
# after lib.sh and agent.sh.
#
#     start_snmptrapd
#     start_snmpd "$(trapsink)"
#     ...
#     on_qemu start one
#     expect_traps "a start" "$(trap_line vmRunning one 11)"
#     no_more_traps "a start"
#
# Lines have one of these forms. A notification that does not conform to the MIB becomes a line that begins with "invalid":
#     vmRunning NAME UUID PREVIOUSSTATE VMINDEX       and the other nine; vmDeleted is followed by VMPERSISTENT, and vmPaused by
#                                                     ": REASON" or ": REASON: I/O ERROR" if an error paused the domain
#     vmBulkRunning VMINDEX,VMINDEX,...               and the other nine
#     libvirtGuestNotif NAME UUID STATE ROWSTATUS
#     glDomainChanged NAME UUID STATE PERSISTENT AUTOSTART VMINDEX
#     glDomainNotAnswering NAME UUID CONTROL SECONDS VMINDEX      and glDomainAnswering
#     glHypervisorDown URI AGE ERROR                  and glHypervisorUp
#     other OID
# shellcheck disable=SC2034,SC2154  # for the tests; from agent.sh

TRAP_LOG=$T/snmptrapd.log

# LIBVIRT-MIB. The UUID is the index of its rows.
guest_entry=1.3.6.1.4.1.36957.1.1.1
guest_name=2 guest_state=3 guest_cpus=4 guest_memory=5 guest_memory_limit=6 guest_cpu_time=7 guest_row_status=9

guest() { echo "$guest_entry.$1.$(uuid_dotted "$2")"; } # COLUMN UUID

# Only snmptrapd itself can find out whether a port is free.
start_snmptrapd() {
    local try
    must_be_main_shell
    need snmptrapd snmpinform
    mkdir -p "$T/snmptrapd"
    for try in {1..20}; do
        TRAP_PORT=$((30000 + RANDOM % 2000))
        # Write one line for each notification, with strings as hexadecimal digits, which are not broken into lines.
        printf '%s\n' "snmpTrapdAddr udp:127.0.0.1:$TRAP_PORT" 'authCommunity log public' 'format2 TRAP\t%v\n' \
            '[snmp] hexOutputLength 0' '[snmp] serverRecvBuf 4194304' > "$T/snmptrapd/snmptrapd.conf"
        ! launch_snmptrapd || return 0
    done
    FAIL "snmptrapd found no free port in $try tries, or does not start: $(tail -n 3 "$TRAP_LOG")"
}

# True if snmptrapd answers an inform, false if it ended.
launch_snmptrapd() {
    (SNMP_PERSISTENT_DIR=$T/snmptrapd/persistent SNMPCONFPATH=$T/snmptrapd tied snmptrapd -f -Lf "$TRAP_LOG" -C \
        -c "$T/snmptrapd/snmptrapd.conf" -n -t -Onetx < /dev/null > "$T/snmptrapd.out" 2>&1) &
    SNMPTRAPD_PID=$!
    disown "$SNMPTRAPD_PID"
    wait_for 20 "! alive $SNMPTRAPD_PID ||
        snmpinform -v2c -c public -r 0 -t 1 127.0.0.1:$TRAP_PORT '' 1.3.6.1.6.3.1.1.5.1"
    alive "$SNMPTRAPD_PID"
}

# Prints the line for start_snmpd that sends notifications to snmptrapd.
trapsink() { echo "trap2sink 127.0.0.1:$TRAP_PORT public"; }

# Prints how many notifications the kernel dropped because snmptrapd was too slow to read them.
traps_dropped_by_kernel() {
    awk -v port="$(printf ':%04X' "$TRAP_PORT")" 'index($2, port) { sum += $NF } END { print sum + 0 }' /proc/net/udp
}

# Prints the current end of the log.
mark() { wc -l < "$TRAP_LOG"; }

# Prints the notifications after that mark, optionally of one KIND (a regular expression for the first word). Notifications of
# snmpd itself are left out.
traps_since() { # MARK [KIND]
    tail -n "+$(($1 + 1))" "$TRAP_LOG" | decode_traps |
        awk -v kind="^(${2:-.*})\$" '$1 ~ kind || $1 == "invalid"'
}

# The kinds of notifications. The first are those about a single domain.
vm_kinds='vm(Running|Shuttingdown|Shutdown|Paused|Suspending|Suspended|Resuming|Migrating|Crashed|Deleted)'
bulk_kinds='vmBulk.*'
guest_kind=libvirtGuestNotif
changed_kind=glDomainChanged
answers_kinds='glDomain(NotAnswering|Answering)'
hypervisor_kinds='glHypervisor(Down|Up)'

decode_traps() {
    LC_ALL=C awk -F '\t' '
        BEGIN {
            split("Running Shuttingdown Shutdown Paused Suspending Suspended Resuming Migrating Crashed Deleted", state, " ")
            vm = ".1.3.6.1.2.1.236"; row = vm ".1.4.1"; guest = ".1.3.6.1.4.1.36957"
            gl = ".1.3.6.1.4.1.8072.9999.9999.2512"
            for (i = 0; i < 16; i++)
                nibble[substr("0123456789ABCDEF", i + 1, 1)] = i
        }
        # Reads the varbind at place `i`, after sysUpTime and snmpTrapOID, into `oid` and `text`. `type` is the expected type.
        function take(i, type,    at) {
            at = index($(i + 3), " = ")
            oid = substr($(i + 3), 1, at - 1)
            text = substr($(i + 3), at + 3)
            if (text == "\"\"") # an empty string is written without its type
                return type ~ /STRING/ ? 1 : wrong("varbind " i " is no " type)
            if (type == "Timeticks") # a plain number, because of -Ot
                return text ~ /^[0-9]+$/ ? 1 : wrong("varbind " i " is no Timeticks")
            if (!sub("^" type ": ", "", text))
                return wrong("varbind " i " is no " type)
            sub(/ +$/, "", text)
            return 1
        }
        function wrong(what) { if (why == "") why = what; return 0 }
        function must_be(name) { return oid == name ? 1 : wrong(oid " instead of " name) }
        function must_end_at(count) { return NF == count + 3 ? 1 : wrong(NF - 3 " objects instead of " count) }
        function byte(at) { return 16 * nibble[substr(hex, at, 1)] + nibble[substr(hex, at + 1, 1)] }
        function unhex() { hex = text; gsub(/ /, "", hex) }
        function name_of(    i, s) {
            unhex()
            for (i = 1; i < length(hex); i += 2)
                s = s sprintf("%c", byte(i))
            return s
        }
        function uuid_of() {
            unhex()
            if (length(hex) != 32)
                wrong("a UUID of " length(hex) / 2 " octets")
            hex = tolower(hex)
            return substr(hex, 1, 8) "-" substr(hex, 9, 4) "-" substr(hex, 13, 4) "-" substr(hex, 17, 4) "-" substr(hex, 21)
        }
        function dotted(    i, s) { # the UUID that uuid_of() has read
            hex = toupper(hex)
            for (i = 1; i < 32; i += 2)
                s = s "." byte(i)
            return s
        }
        function name_and_uuid(    line) { # also sets vm_index
            take(1, "Hex-STRING")
            vm_index = oid
            if (!sub("^" row "\\.2\\.", "", vm_index) || vm_index !~ /^[1-9][0-9]*$/)
                wrong(oid " is no vmName")
            line = name_of()
            take(2, "Hex-STRING"); must_be(row ".3." vm_index)
            return line " " uuid_of()
        }
        function one_vm(kind,    line) {
            line = name_and_uuid()
            take(3, "INTEGER"); must_be(row ".6." vm_index); line = line " " text " " vm_index
            if (kind == 10) {
                take(4, "INTEGER"); must_be(row ".8." vm_index); line = line " " text
            }
            if (kind == 4 && NF > 6)
                return "vmPaused " line paused_by_error()
            must_end_at(kind == 10 ? 4 : 3)
            return "vm" state[kind] " " line
        }
        function paused_by_error(    line) {
            take(4, "Hex-STRING"); must_be(gl ".1.2.1.4." vm_index); line = ": " name_of()
            if (NF > 7) {
                take(5, "Hex-STRING"); must_be(gl ".1.2.1.16." vm_index); line = line ": " name_of()
            }
            must_end_at(NF > 7 ? 5 : 4)
            return line
        }
        function bulk(kind,    line, i, bit, octet) {
            take(1, "Hex-STRING"); must_be(vm ".1.11.0"); must_end_at(1)
            unhex()
            if (hex == "" || substr(hex, length(hex) - 1) == "00")
                wrong("the bit string ends in an octet without a bit")
            for (i = 1; i < length(hex); i += 2) {
                octet = byte(i)
                for (bit = 0; bit < 8; bit++) {
                    if (octet >= 128)
                        line = line (line == "" ? "" : ",") ((i - 1) / 2 * 8 + bit + 1)
                    octet = octet % 128 * 2
                }
            }
            return "vmBulk" state[kind] " " line
        }
        function libvirt_guest(    line, suffix) {
            take(1, "Hex-STRING"); suffix = oid; line = name_of()
            take(2, "Hex-STRING"); line = line " " uuid_of()
            if (!sub("^" guest "\\.1\\.1\\.1\\.2", "", suffix) || suffix != dotted())
                wrong("the first object is not the name in the row of that UUID")
            if (oid != guest ".1.1.1.1" suffix)
                wrong("the second object is not the UUID in that row")
            take(3, "INTEGER"); must_be(guest ".1.1.1.3" suffix); line = line " " text
            take(4, "INTEGER"); must_be(guest ".1.1.1.9" suffix); line = line " " text
            must_end_at(4)
            return "libvirtGuestNotif " line
        }
        function domain_changed(    line, i) {
            line = name_and_uuid()
            for (i = 3; i <= 5; i++) {
                take(i, "INTEGER"); must_be(gl ".1.2.1." (i == 3 ? 2 : i + 2) "." vm_index); line = line " " text
            }
            must_end_at(5)
            return "glDomainChanged " line " " vm_index
        }
        function domain_answers(kind,    line) {
            line = name_and_uuid()
            take(3, "INTEGER"); must_be(gl ".1.2.1.17." vm_index); line = line " " text
            take(4, "Gauge32"); must_be(gl ".1.2.1.18." vm_index); line = line " " text
            must_end_at(4)
            return kind " " line " " vm_index
        }
        function hypervisor(kind,    uri, error) {
            take(1, "Hex-STRING"); must_be(gl ".1.1.1.0"); uri = name_of()
            take(2, "(Hex-)?STRING"); must_be(gl ".1.1.3.0"); error = text ~ /^"/ ? "" : name_of()
            take(3, "Timeticks"); must_be(gl ".1.1.7.0"); must_end_at(3)
            return kind " " uri " " text " " error
        }
        $1 == "TRAP" {
            why = ""
            sub(/ +$/, "")
            if ($2 !~ /^\.1\.3\.6\.1\.2\.1\.1\.3\.0 = [0-9]+$/)
                wrong("no sysUpTime first")
            oid = $3
            if (!sub(/^\.1\.3\.6\.1\.6\.3\.1\.1\.4\.1\.0 = OID: /, "", oid))
                wrong("no snmpTrapOID second")
            number = trap = oid
            if (trap ~ /^\.1\.3\.6\.1\.6\.3\.1\.1\.5\./ || trap ~ /^\.1\.3\.6\.1\.4\.1\.8072\.4\.0\./)
                next
            sub(/.*\./, "", number)
            number += 0
            if (trap == vm ".0." number && number >= 1 && number <= 10)
                line = one_vm(number)
            else if (trap == vm ".0." number && number >= 11 && number <= 20)
                line = bulk(number - 10)
            else if (trap == guest ".0.1")
                line = libvirt_guest()
            else if (trap == gl ".0.1" || trap == gl ".0.2")
                line = hypervisor(trap == gl ".0.1" ? "glHypervisorDown" : "glHypervisorUp")
            else if (trap == gl ".0.3")
                line = domain_changed()
            else if (trap == gl ".0.4" || trap == gl ".0.5")
                line = domain_answers(trap == gl ".0.4" ? "glDomainNotAnswering" : "glDomainAnswering")
            else
                line = "other " trap
            print why == "" ? line : "invalid: " why ": " $0
        }'
}

# The vmIndex of domains. It is read while the domain has a row, for a notification after the row is gone.
declare -A index_of=()

learn_indexes() { # NAME...
    local name
    must_be_main_shell
    for name; do
        index_of[$name]=$(row_of "$name") || FAIL "$name has no row"
    done
}

# Prints the line of a notification about one domain.
trap_line() { # KIND NAME PREVIOUSSTATE [VMPERSISTENT]
    echo "$1 $2 $(uuid_of "$2") $3 ${index_of[$2]-$(row_of "$2")}${4:+ $4}"
}

wait_for_traps() { # N MARK [KIND]
    wait_for "${TRAP_TIMEOUT:-30}" "traps_since $2 '${3-}' > $T/traps; cat $T/traps; [ \$(wc -l < $T/traps) -ge $1 ]"
}

# Prints the notifications about single domains that no expect_traps has had yet.
traps_begin=0 traps_expected=0

new_traps() { traps_since $traps_begin "$vm_kinds" | tail -n "+$((traps_expected + 1))"; }

# Waits for as many notifications as there are LINEs. All notifications since the last call must be these, in this order. So a
# notification that is late or sent twice fails the next call.
expect_traps() { # WHAT [LINE...]
    local what=$1
    must_be_main_shell
    shift
    wait_for "${TRAP_TIMEOUT:-30}" "new_traps > $T/traps; cat $T/traps; [ \$(wc -l < $T/traps) -ge $# ]"
    equal "$([ $# = 0 ] || printf '%s\n' "$@")" "$(new_traps)" "$what: notifications"
    traps_expected=$((traps_expected + $#))
}

# Defines a domain for markers. When its notification arrives, all earlier notifications have been sent.
define_marker() { # VERB (on_qemu or on_shared)
    must_be_main_shell
    marker_on=$1 marker_state=running
    if [ "$1" = on_qemu ]; then qemu_domain marker; else test_domain marker "$(uuid_of marker)"; fi > "$T/marker.xml"
    "$1" "define $T/marker.xml; start marker" > "$T/virsh.out" 2>&1 || FAIL "no marker: $(cat "$T/virsh.out")"
}

# Changes the marker. Sets marker_line to the expected notification.
touch_marker() {
    must_be_main_shell
    if [ "$marker_state" = running ]; then
        marker_state=paused marker_line=$(trap_line vmPaused marker 4)
        "$marker_on" suspend marker
    else
        marker_state=running marker_line=$(trap_line vmRunning marker 8)
        "$marker_on" resume marker
    fi > "$T/virsh.out" 2>&1 || FAIL "the marker does not change: $(cat "$T/virsh.out")"
}

# Waits for a listing that began after this call, even if the timer is far away: a reload lists at once. It reloads twice,
# because the XML is published in a second step.
relist() {
    local serial
    for _ in 1 2; do
        serial=$(gl "$gl_serial")
        kill -HUP "$AGENT_PID"
        wait_for 20 "[ \$(gl $gl_serial) -gt $serial ]"
    done
}

# There must be no other notification. Later listings have been published, and the marker changed last. So its notification
# must be the next one.
no_more_traps() { # WHAT
    relist
    touch_marker
    expect_traps "$1, and nothing more" "$marker_line"
}
