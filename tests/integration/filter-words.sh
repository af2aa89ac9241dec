#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Each filter word, alone and in 200 combinations, lists the same domains as virsh.
# The test uses the test driver and QEMU. Combinations that no domain can match are refused. The agent shows the filter in
# force and how many domains match each word.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpget snmpwalk libvirtd jq qemu-system-x86_64
need_root

words=(active inactive persistent transient state-running state-paused state-shutoff state-other with-managed-save
    without-managed-save autostart no-autostart with-snapshot without-snapshot with-checkpoint without-checkpoint)
# The bits of each group. Then the impossible pairs: no domain can match both, if each is all that its group allows.
groups=(0x3 0xc 0xf0 0x300 0xc00 0x3000 0xc000)
impossible=('0x2 0x8' '0x2 0x30' '0x1 0x40' '0x8 0x40' '0x8 0x400' '0x8 0x100')
combinations=${FILTER_COMBINATIONS:-200}
RANDOM=${FILTER_SEED:=$((SRANDOM % 32768))}
echo "combinations by FILTER_SEED=$FILTER_SEED"

words_of() { # BITS
    local bit
    for bit in {0..15}; do
        [ $(($1 >> bit & 1)) = 0 ] || printf '%s ' "${words[bit]}"
    done
}

options_of() { # BITS
    local bit
    [ $(($1 & 3)) = 2 ] && printf '%s ' --inactive || printf '%s ' --all
    for bit in {2..15}; do
        [ $(($1 >> bit & 1)) = 0 ] || printf -- '--%s ' "${words[bit]}"
    done
}

allows_only() { # BITS WHICH
    local group
    for group in "${groups[@]}"; do
        [ $(($2 & group)) = 0 ] || { [ $(($1 & group)) != 0 ] && [ $(($1 & group & ~$2)) = 0 ]; return; }
    done
}

is_impossible() { # BITS
    local pair
    for pair in "${impossible[@]}"; do
        # shellcheck disable=SC2086  # two words
        set -- "$1" $pair
        ! allows_only "$1" "$2" || ! allows_only "$1" "$3" || return 0
    done
    return 1
}

# Draws each word with one probability, which is drawn as well. So there are narrow and wide filters.
random_bits() {
    local bit of=$((2 + RANDOM % 5))
    bits=0
    for bit in {0..15}; do
        [ $((RANDOM % of)) != 0 ] || bits=$((bits | 1 << bit))
    done
}

# virsh has no word "active". A plain list shows the active domains, but not with --state-shutoff.
by_virsh() { # URI BITS
    # shellcheck disable=SC2046  # options are words
    virsh -q -c "$1" list --uuid $(options_of "$2") | grep . | sort > "$T/virsh"
    [ $(($2 & 3)) != 1 ] || virsh -q -c "$1" list --uuid | sort | comm -12 - "$T/virsh"
    [ $(($2 & 3)) = 1 ] || cat "$T/virsh"
}

refused=0 listed=0 empty=0
try() { # URI BITS
    local ours status
    "$GUESTLISTD" -C --once=json -u "$1" -F "$(words_of "$2")" > "$T/json" 2> "$T/err"
    status=$?
    if is_impossible "$2"; then
        equal 2 $status "exit status with \"$(words_of "$2")\", which no domain can match"
        grep -q 'fits no domain' "$T/err" || FAIL "\"$(words_of "$2")\" is refused with: $(cat "$T/err")"
        equal '' "$(by_virsh "$1" "$2")" "virsh: domains that match \"$(words_of "$2")\""
        refused=$((refused + 1))
        return
    fi
    equal 0 $status "exit status with \"$(words_of "$2")\": $(cat "$T/err")"
    ours=$(jq -r '.domains[].uuid' "$T/json" | sort)
    equal "$(by_virsh "$1" "$2")" "$ours" "domains that match \"$(words_of "$2")\" of $1"
    if [ -n "$ours" ]; then listed=$((listed + 1)); else empty=$((empty + 1)); fi
}

start_libvirtd
start_snmpd
fill_shared_test_driver
make_flags_test_file "$T/flags.xml"
make_test_file "$T/states.xml"
define_qemu qe-off
define_qemu qe-boots
on_qemu autostart qe-boots
define_qemu qe-on
create_qemu qe-transient
define_qemu qe-saved
define_qemu qe-snapshot disk="$T/disk.qcow2"
on_qemu "start qe-on; suspend qe-transient; start qe-saved; managedsave qe-saved; snapshot-create-as qe-snapshot one" \
    > "$T/out" 2>&1 || FAIL "$(cat "$T/out")"
test_domains "$T/flags.xml"
flags=$TEST_URI
test_domains "$T/states.xml"
uris=("$SHARED_URI" "$QEMU_URI" "$flags" "$TEST_URI")

for uri in "${uris[@]}"; do
    for bit in {0..15}; do try "$uri" $((1 << bit)); done
done
step "each word alone lists what virsh lists, of ${#uris[@]} connections"

refused=0 listed=0 empty=0
for ((i = 0; i < combinations; i++)); do
    random_bits
    try "${uris[i % ${#uris[@]}]}" "$bits"
done
[ $refused -gt 0 ] && [ $listed -gt 0 ] || FAIL "the draw tests nothing: $refused refused, $listed that list something"
step "$combinations combinations: $listed list the same domains as virsh, $empty none, $refused are refused"

# The agent changes its filter on SIGHUP. SRANDOM is not used for this, so that a seed draws the same again.
filters=$guestlist_mib.1.3.1
configure_agent 'interval 60' "hypervisor $SHARED_URI" "hypervisor $QEMU_URI qemu"
start_agent
wait_for 30 'row_of sh-paused'

# Print the words of the filter in force, and the UUIDs of the rows.
shown_words() { walk $filters.5 | awk -F'[. ]' '/INTEGER: 1$/ { for (i = 1; i <= NF; i++) if ($i == "=") print $(i - 1) }'; }
shown_uuids() {
    hex_column $vm_entry.$vm_uuid | awk 'NF == 2 { u = $2
        print substr(u, 1, 8) "-" substr(u, 9, 4) "-" substr(u, 13, 4) "-" substr(u, 17, 4) "-" substr(u, 21) }' | sort
}

# The count of each word must equal the number of domains that virsh lists with this word and the filter. If the filter has
# other words of the same group, the count is 0.
check_counts() { # BITS
    local bit group of
    for bit in {0..15}; do
        for of in "${groups[@]}"; do
            [ $((of & 1 << bit)) = 0 ] || group=$of
        done
        if [ $(($1 & group)) != 0 ] && [ $(($1 & 1 << bit)) = 0 ]; then
            wanted=0
        else
            wanted=$(by_virsh "$SHARED_URI" $(($1 & ~group | 1 << bit)) | wc -l)
        fi
        equal "$wanted" "$(value $filters.6.$((bit + 1)))" "glFilterDomains of ${words[bit]} with filter \"$(words_of "$1")\""
    done
}

for bits in 0 1 0xc2 0x400 0x100 0x1104 0x8804 0x8; do
    filter=$(words_of $bits)
    filter=${filter% }
    configure_agent 'interval 60' "hypervisor $SHARED_URI" "hypervisor $QEMU_URI qemu" ${filter:+"filter $filter"}
    kill -HUP "$AGENT_PID"
    wait_for 20 "[ \"\$(gl $gl_filter)\" = '$filter' ]"
    equal "$(by_virsh "$SHARED_URI" $bits)" "$(shown_uuids)" "rows with filter \"$filter\""
    equal "$(for bit in {0..15}; do [ $((bits >> bit & 1)) = 0 ] || echo $((bit + 1)); done)" "$(shown_words)" "glFilterInForce"
    check_counts $((bits))
done
step "the agent shows the filter in force, its rows, and the count of each word"

for bit in {0..15}; do
    equal "${words[bit]}" "$(value $filters.2.$((bit + 1)))" "glFilterWord $((bit + 1))"
    equal 1 "$(value $filters.4.$((bit + 1)))" "glFilterSupported of ${words[bit]}"
done
equal state "$(value $filters.3.6)" "glFilterGroup of state-paused"
equal 80 "$(walk $filters | wc -l)" "instances in glFilterTable"
OK
