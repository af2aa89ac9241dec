# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Verbs for the tests in this folder, beside those of the integration tests. A test sources only this file.
# These tests take long, so only make torture runs them. Each prints the settings and the seed of its run.
# shellcheck disable=SC2034,SC2154  # for the tests; from agent.sh

. "$(dirname "${BASH_SOURCE[0]}")/../integration/lib.sh"
. "$lib_dir/agent.sh"
. "$lib_dir/traps.sh"

torture_dir=$top_srcdir/tests/torture

# ---- Chance -------------------------------------------------------------------------------------

# The same seed makes the same choices, in the same order. The other verbs use RANDOM as well, so this is a generator of its own.
seed=${SEED:-$(($(date +%s) % 1000000))}

# Sets `chosen` to a number from 0 to N - 1.
choose_number() { # N
    must_be_main_shell
    seed=$(((seed * 1103515245 + 12345) % 2147483648))
    chosen=$((seed / 65536 % $1))
}

# Sets `chosen` to one of the words.
choose() { # WORD...
    choose_number $#
    shift "$chosen"
    chosen=$1
}

# ---- Time ---------------------------------------------------------------------------------------

# For a time that is part of the test, such as the length of a pause. To wait for something, use wait_for.
let_pass() { # SECONDS
    local until=$((${EPOCHREALTIME/[.,]/} + $1 * 1000000))
    while [ "${EPOCHREALTIME/[.,]/}" -lt $until ]; do sleep 0.1; done
}

# ---- What the agent holds -----------------------------------------------------------------------

agent_descriptors() { find "/proc/$AGENT_PID/fd" -mindepth 1 | wc -l; }

agent_threads() { awk '$1 == "Threads:" { print $2 }' "/proc/$AGENT_PID/status"; }

agent_kib() { awk '$1 == "VmRSS:" { print $2 }' "/proc/$AGENT_PID/status"; }

# Prints these three numbers. The agent's threads end after at most 60 s without work, with their connections. So this waits for
# longer, and two calls have the same numbers if nothing is left behind.
agent_at_rest() {
    let_pass 70
    echo "$(agent_descriptors) $(agent_threads) $(agent_kib)"
}

# ---- Clients in the background ------------------------------------------------------------------

# Runs a command again and again until stop_clients, or until the test ends. The command is a function of the test. It gets the
# number of the round.
start_client() { # COMMAND [ARGUMENT...]
    must_be_main_shell
    (
        round=0
        while kill -0 $$ && [ ! -e "$T/stop" ]; do
            round=$((round + 1))
            "$@" $round
        done
    ) < /dev/null >> "$T/client-${#clients[@]}.out" 2>&1 &
    clients+=($!)
    disown "$!"
}

clients=()

stop_clients() {
    local pid
    must_be_main_shell
    touch "$T/stop"
    for pid in "${clients[@]}"; do wait_for 60 "! alive $pid"; done
    clients=()
    rm "$T/stop"
}

# ---- Rows ---------------------------------------------------------------------------------------

# Prints lines "INDEX UUID" of all rows.
index_map() { hex_column "$vm_entry.$vm_uuid" | sort; }

# Walks all tables of the agent. False if an answer is missing, or if one has an error such as genErr.
clean_walk() { # FILE
    local root
    for root in $vm_mib $guestlist_mib $guest_entry; do
        bulkwalk $root || return
    done > "$1" 2>&1
    ! grep -q -e genErr -e genError -e Timeout -e 'Error in packet' "$1" && grep -q "^\.$vm_entry\.$vm_uuid\." "$1"
}
