#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# libvirtd answers with rubbish, wrong lengths, wrong headers, cut messages and damaged lists, or closes connections.
# One agent has a hypervisor for each kind of damage. While it lasts, the agent answers from the last listing, reports the age
# and the error, and neither uses the processor nor fills the log. When libvirtd behaves again, so does the agent, by itself.
# The same is true if libvirtd is broken when the agent starts. The environment may say: BROKEN_SECONDS (30).
# It mostly waits.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/timing.sh"
. "$(dirname "$0")/broken-libvirtd.sh"
need virsh snmpget snmpbulkwalk libvirtd qemu-system-x86_64 python3
need_root

broken_seconds=${BROKEN_SECONDS:-30}
all=("${fatal_damages[@]}" Counts Unasked FlippedBits)

of() { local COMMUNITY=$1; "${@:2}"; } # DAMAGE COMMAND...

# Prints lines "INDEX NAME UUID" of all rows.
rows_of() { paste <(of "$1" hex_column $vm_entry.$vm_name) <(of "$1" hex_column $vm_entry.$vm_uuid); } # DAMAGE

# An answer may be late on a busy machine, but it comes.
answers() { of "$1" gl $gl_status > "$T/answer" || FAIL "$1: no answer"; } # DAMAGE

ticks() { awk '{ print $14 + $15 }' "/proc/$AGENT_PID/stat"; }
rss_mib() { awk '/^VmRSS/ { print int($2 / 1024) }' "/proc/$AGENT_PID/status"; }

is_alive() { alive "$AGENT_PID" || FAIL "the agent is gone: $(tail -n 30 "$T/agent.out")"; }

# During some damages, the connection stands. Its last error is then still shown when listings work again.
await_connected() { # DAMAGE
    local error=
    case $1 in OtherStatus | Domains | Counts | FlippedBits) error='.*' ;; esac
    wait_for 40 "is_alive; [[ \"\$(of $1 gl $gl_status) \$(of $1 gl $gl_last_error)\" =~ ^$connected\ $error\$ ]]"
}

# glListingAge is in hundredths of a second. It began to grow at most two intervals before the damage.
age_is_true() { # DAMAGE SECONDS-SINCE-THE-LAST-LISTING
    awk -v age="$(of "$1" gl $gl_age)" -v s="$2" 'BEGIN { exit !(age / 100 > s - 4 && age / 100 < s + 8) }' ||
        FAIL "$1: the age is $(of "$1" gl $gl_age) hundredths, and the damage lasts $2 s"
}

start_libvirtd 'max_clients = 1000' 'max_anonymous_clients = 500' 'max_workers = 30'
define_qemu one
define_qemu two
define_qemu three
act start one
views=()
for damage in "${all[@]}"; do
    views+=("com2sec -Cn $damage user-$damage 127.0.0.1 $damage" "group users v2c user-$damage"
        "access users $damage any noauth exact all none none")
    hypervisors+=("hypervisor $(broken_uri "$damage") $damage")
done
start_snmpd 'view all included .1' "${views[@]}"
start_broken_libvirtd "${all[@]}"
configure_agent 'interval 1' 'staleAfter 5' "${hypervisors[@]}"
start_agent
declare -A rows=()
for damage in "${all[@]}"; do
    wait_for 60 "is_alive; [ \"\$(of $damage row_count)\" = 3 ]"
    rows[$damage]=$(rows_of "$damage")
done
lines=$(log_lines) rss=$(rss_mib)
step "${#all[@]} hypervisors are connected; $rss MiB, $lines lines in the log"

# ---- Damage while the agent runs
break_libvirtd
broke=$(now)
for damage in "${all[@]}"; do wait_for 40 "[ \$(damages $damage) -gt 0 ]"; done
step "all are damaged"
for damage in "${fatal_damages[@]}"; do
    wait_for 40 "is_alive; [ \"\$(of $damage gl $gl_status)\" -gt $connected ] && [ -n \"\$(of $damage gl $gl_last_error)\" ]"
done
step "all are reported"
before=$(ticks) window=$(now)
while awk -v t="$(since "$broke")" -v s="$broken_seconds" 'BEGIN { exit !(t < s) }'; do
    for damage in "${fatal_damages[@]}"; do
        age_is_true "$damage" "$(since "$broke")"
        equal "${rows[$damage]}" "$(rows_of "$damage")" "rows while $damage lasts"
    done
    for damage in "${all[@]}"; do answers "$damage"; done
    is_alive
done
used=$(($(ticks) - before)) lasted=$(since "$window")
for damage in "${fatal_damages[@]}"; do
    [ "$(of "$damage" gl $gl_status)" -gt $connected ] || FAIL "$damage: connected to a broken libvirtd"
done
for damage in Counts Unasked; do
    equal $connected "$(of $damage gl $gl_status)" "the status while $damage lasts"
    equal "${rows[$damage]}" "$(rows_of $damage)" "rows while $damage lasts"
done
logged=$(($(log_lines) - lines))
step "after $(since "$broke") s: $used ticks in $lasted s, $logged lines in the log, $(rss_mib) MiB"
awk -v t="$used" -v s="$lasted" -v hz="$(getconf CLK_TCK)" 'BEGIN { exit !(t < s * hz / 3) }' ||
    FAIL "the agent used $used clock ticks in $lasted s"
[ "$logged" -le $((6 * ${#all[@]})) ] || FAIL "$logged lines in the log: $(tail -n 50 "$AGENT_LOG")"
# A sanitizer keeps freed memory for a while.
[ "${SANITIZERS:-no}" != no ] || [ "$(rss_mib)" -le $((rss + 40)) ] || FAIL "$(rss_mib) MiB of memory, and $rss before"
! LC_ALL=C grep -q '[^[:print:][:space:]]' "$AGENT_LOG" || FAIL "the log has bytes that cannot be printed"
proxies_are_fine

# ---- It behaves again
mend_libvirtd
start=$(now)
for damage in "${all[@]}"; do
    await_connected "$damage"
    wait_for 20 "[ \"\$(rows_of $damage)\" = '${rows[$damage]}' ]"
    wait_for 20 "[ \$(of $damage gl $gl_age) -lt 400 ]"
done
step "all are connected again after $(since "$start") s, with the same indexes"
stop_agent || FAIL "SIGTERM ended the agent with status $?"

# ---- Broken when the agent starts
break_libvirtd
start_agent
for damage in "${fatal_damages[@]}"; do
    [ $damage != Domains ] || continue # the connection works
    wait_for 40 "is_alive; [ -n \"\$(of $damage gl $gl_last_error)\" ]"
    equal $connecting "$(of "$damage" gl $gl_status)" "$damage: the status before the first connection"
done
step "all are reported after a start"
mend_libvirtd
for damage in "${all[@]}"; do
    await_connected "$damage"
    wait_for 20 "[ \"\$(rows_of $damage)\" = '${rows[$damage]}' ]"
done
stop_agent || FAIL "SIGTERM ended the agent with status $?"
OK
