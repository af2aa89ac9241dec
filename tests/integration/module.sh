# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The agent inside snmpd. These verbs replace those of lib.sh and agent.sh, so that the test of a behaviour of guestlistd is also
# a test of the module for snmpd: a file that sets AGENT_IN_SNMPD=yes sources the other test. agent.sh sources this file.
#
# start_agent restarts snmpd with the module, as the user of the agent. stop_agent restarts it without the module. In between,
# AGENT_PID is snmpd, and AGENT_LOG is its log. The lines of configure_agent become lines of snmpd.conf.
# shellcheck disable=SC2034,SC2120,SC2154  # for the tests; from lib.sh

GUESTLIST_SNMPD=${GUESTLIST_SNMPD:-$top_builddir/.libs/guestlist-snmpd.so}
AGENT_LOG=$T/snmpd.log
module_configuration=() module_options=() module_is_loaded=no

# Prints the line of snmpd.conf for a line of guestlistd.conf.
module_line() { # LINE
    printf 'guestlist%s\n' "${1^}"
}

# snmpd includes this file, so that a message has the same line number as for guestlistd.conf.
write_module_configuration() {
    local line
    for line in "${module_configuration[@]}" "${module_options[@]}"; do module_line "$line"; done > "$T/snmpd/guestlist.conf"
}

configure_agent() { # [LINE...]
    local line
    module_configuration=()
    mkdir -p "$T/snmpd"
    [ $# = 0 ] || mapfile -t module_configuration < <(read_only "$@")
    write_module_configuration
}

# Prints the directives that do the same as these options.
module_directives() { # OPTION...
    while [ $# -gt 0 ]; do
        case $1 in
            -u) echo "hypervisor $2" ;;
            -F) echo "filter $2" ;;
            -i) echo "interval $2" ;;
            --state-dir) echo "stateDirectory $2" ;;
            *) FAIL "start_agent $1: the module has no such option" ;;
        esac
        shift 2
    done
}

# Lets the user of the agent write what snmpd writes.
give_to_snmpd() {
    mkdir -p "$T/snmpd/persistent"
    touch "$T/snmpd.log"
    chown "$agent_user" "$T"
    chown -R "$agent_user" "$T/snmpd/persistent" "$T/snmpd.log"
    [ ! -e "$T/state" ] || chown -R --no-dereference "$agent_user" "$T/state"
}

# snmpd was built without sanitizers, so their library must be loaded first. snmpd does not free all of its own memory.
use_sanitizers() {
    printf 'leak:%s\n' libnetsnmpmibs netsnmp_create_table_data snmp_duplicate_objid snmp_varlist_add_variable netsnmp_ipv4_get_taddr \
        > "$T/suppressions"
    snmpd_words+=(env "LD_PRELOAD=$(${CC:-cc} -print-file-name=libasan.so)"
        "LSAN_OPTIONS=suppressions=$T/suppressions,print_suppressions=0")
}

load_module() {
    mkdir -p "$T/program"
    # A file that is mapped must not be written to.
    [ -e "$T/program/guestlist-snmpd.so" ] || cp "$GUESTLIST_SNMPD" "$T/program/guestlist-snmpd.so"
    give_to_snmpd
    snmpd_words=(setpriv --reuid "$agent_user" --regid "$(id -g "$agent_user")" --clear-groups --pdeathsig KILL --)
    [ "${SANITIZERS:-no}" = no ] || use_sanitizers
    printf '%s\n' "dlmod guestlist $T/program/guestlist-snmpd.so" "includeFile $T/snmpd/guestlist.conf" >> "$T/snmpd/snmpd.conf"
    module_is_loaded=yes
}

unload_module() {
    sed -i '/^dlmod guestlist /d; /^includeFile .*\/guestlist.conf$/d' "$T/snmpd/snmpd.conf"
    snmpd_words=()
    module_is_loaded=no
}

start_agent() { # [OPTION...]
    must_be_main_shell
    [ -e "$GUESTLIST_SNMPD" ] || FAIL "no module at $GUESTLIST_SNMPD"
    [ -n "${SNMPD_PID-}" ] || FAIL "start_agent before start_snmpd"
    mapfile -t module_options < <(module_directives --state-dir "$T/state" "$@")
    mapfile -t module_options < <(read_only "${module_options[@]}")
    write_module_configuration
    load_module
    restart_snmpd
    AGENT_PID=$SNMPD_PID
}

# snmpd has to answer afterwards, and does so without the module.
stop_agent() { # [SIGNAL]
    local status=0
    must_be_main_shell
    AGENT_PID=
    end_process "$SNMPD_PID" "${1:-TERM}" 5 || FAIL "snmpd did not stop within 5 s"
    wait "$SNMPD_PID" 2> /dev/null || status=$?
    [ $status = 0 ] || cat "$T/snmpd.out" >&2
    SNMPD_PID=
    rm -f "$AGENTX"
    unload_module
    restart_snmpd
    return $status
}

restart_snmpd() { # [SIGNAL]
    must_be_main_shell
    [ -z "$SNMPD_PID" ] || stop_snmpd "${1:-TERM}"
    launch_snmpd || FAIL "snmpd does not start again"
    [ $module_is_loaded = no ] || AGENT_PID=$SNMPD_PID
}
