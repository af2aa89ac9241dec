# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Verbs for the tests with a libvirtd that answers wrongly (broken-libvirtd.py). Source this file after lib.sh.
# shellcheck disable=SC2034  # for the tests

# Each of these makes listings impossible while it lasts. An agent has at most 16 hypervisors, so there are two lists.
fatal_damages=(CloseAtOnce CloseAfterTenth Rubbish LengthHuge LengthMinusOne LengthLargest LengthZero Truncated
    Stalled OtherProgram OtherSerial OtherStatus Domains)
more_fatal_damages=(CloseAfterFirst OtherProtocol LengthSmall OtherVersion OtherProcedure OtherType Twice)

BROKEN=$T/broken-libvirtd

# Starts proxies to the current libvirtd. They behave until break_libvirtd.
start_broken_libvirtd() { # DAMAGE...
    must_be_main_shell
    mkdir "$BROKEN"
    (tied python3 "$lib_dir/broken-libvirtd.py" "$BROKEN" "$(read_only "$LIBVIRT_SOCK")" "$@" > "$T/damages" 2>&1 < /dev/null) &
    broken_pid=$!
    disown "$broken_pid"
    wait_for 20 'grep -q listening "$T/damages"'
}

# Prints the URI of a proxy.
broken_uri() { echo "qemu+unix:///system?socket=$BROKEN/$1"; } # DAMAGE

break_libvirtd() { touch "$BROKEN/broken"; }

mend_libvirtd() { rm "$BROKEN/broken"; }

# Prints how often a proxy has damaged something, or how many connections it had.
damages() { grep -c "^$1 damaged\$" "$T/damages"; } # DAMAGE

broken_connections() { grep -c "^$1 connection\$" "$T/damages"; } # DAMAGE

proxies_are_fine() {
    alive "$broken_pid" || FAIL "the proxy is gone: $(tail -n 5 "$T/damages")"
    ! grep -q Traceback "$T/damages" || FAIL "the proxy failed: $(grep -A 20 Traceback "$T/damages")"
}
