# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Verbs for the tests of the collectd plugin: a private collectd and the values it wrote. Source this file after lib.sh.
#
#     need collectd virsh libvirtd; need_root; need_plugin
#     configure_collectd "$(hypervisor kvm "$SHARED_URI" 'Notifications true')"
#     start_collectd
#     wait_for 30 '[ "$(csv guestlist-kvm/count-running)" = 4 ]'
#     stop_collectd
#
# The environment variable COLLECTD_WRAPPER has words to put before collectd, such as valgrind.

C=$T/collectd
COLLECTD_LOG=$C/log
COLLECTD_PLUGINS=${COLLECTD_PLUGINS:-/usr/lib/collectd} # the folder of collectd's own plugins
plugin=$top_builddir/.libs/guestlist.so

need_plugin() {
    [ -f "$plugin" ] || SKIP "the collectd plugin is not built"
    [ -f "$COLLECTD_PLUGINS/csv.so" ] || SKIP "collectd's plugins are not in $COLLECTD_PLUGINS"
}

# Prints a block for <Plugin guestlist>.
hypervisor() { # NAME URI [LINE...]
    printf '<Hypervisor "%s">\n  Connection "%s"\n' "$1" "$2"
    shift 2
    printf '  %s\n' "$@"
    echo '</Hypervisor>'
}

# Writes the configuration: our plugin with these blocks, values as CSV, messages in a log. load_plugin adds further plugins.
# collectd looks for plugins in one folder and does not follow symbolic links.
collectd_interval=1
configure_collectd() { # [BLOCK...]
    mkdir -p "$C/plugins"
    rm -rf "$C/csv" "$COLLECTD_LOG"
    cp "$plugin" "$COLLECTD_PLUGINS"/{csv,logfile}.so "$C/plugins/"
    cat > "$C/collectd.conf" << CONF
Hostname "hv1"
FQDNLookup false
BaseDir "$C"
PIDFile "$C/pid"
PluginDir "$C/plugins"
TypesDB "/usr/share/collectd/types.db"
Interval $collectd_interval
LoadPlugin logfile
<Plugin logfile>
  LogLevel info
  File "$COLLECTD_LOG"
</Plugin>
LoadPlugin csv
<Plugin csv>
  DataDir "$C/csv"
</Plugin>
LoadPlugin guestlist
<Plugin guestlist>
$(printf '%s\n' "$@")
</Plugin>
CONF
}

load_plugin() { # NAME [LINE...]
    local name=$1
    shift
    [ -f "$COLLECTD_PLUGINS/$name.so" ] || SKIP "needs collectd's plugin $name"
    ! ldd "$COLLECTD_PLUGINS/$name.so" | grep 'not found' > "$T/need" ||
        SKIP "collectd's plugin $name needs $(awk '{ print $1 }' "$T/need" | xargs)"
    cp "$COLLECTD_PLUGINS/$name.so" "$C/plugins/"
    printf '%s\n' "LoadPlugin $name" "<Plugin $name>" "$@" "</Plugin>" >> "$C/collectd.conf"
}

# After configure_collectd: writes each notification into $T/notes, as one line with all "name: value" pairs. collectd does not run
# programs as root. Several may run at the same time, so each writes its line at once.
record_notifications() {
    cat > "$T/note" << NOTE
#!/bin/sh
line=\$(tr '\n' '|')
echo "\$line" >> "$T/notes"
NOTE
    chmod 755 "$T/note"
    touch "$T/notes"
    chmod 666 "$T/notes"
    load_plugin exec "NotificationExec \"nobody\" \"$T/note\""
}

# A plugin built with sanitizers needs their library in the program that loads it, and libvirt as well. The library looks only
# once, at the start, for the libvirt functions that it replaces.
collectd_environment() {
    local library
    case ${SANITIZERS:-no} in
        *address*)
            library=$(${CC:-cc} -print-file-name=libasan.so)
            echo "LD_PRELOAD=$library:libvirt.so.0"
            ;;
    esac
}

start_collectd() {
    must_be_main_shell
    # shellcheck disable=SC2046,SC2086  # words
    (tied env $(collectd_environment) ${COLLECTD_WRAPPER-} collectd -f -C "$C/collectd.conf" < /dev/null > "$C/out" 2>&1) &
    COLLECTD_PID=$!
}

# Returns the exit status of collectd. collectd must end within the given seconds.
stop_collectd() { # [SECONDS]
    must_be_main_shell
    local pid=$COLLECTD_PID
    COLLECTD_PID=
    end_process "$pid" TERM "${1:-10}" || FAIL "collectd did not stop within ${1:-10} s"
    wait "$pid" 2> /dev/null
}

# Prints the last value of a metric, whole numbers without zeros after the point. The default host is hv1. A line that is
# still being written is ignored.
csv() { # PLUGIN-INSTANCE/TYPE-INSTANCE [COLUMN] [HOST]
    local file
    for file in "$C/csv/${3:-hv1}/$1"-20[0-9][0-9]-*; do :; done
    [ -f "$file" ] || return 1
    awk -F, -v column="$((${2:-1} + 1))" 'NR == 1 { columns = NF } NF == columns { value = $column }
        END { sub(/\.0*$/, "", value); print value }' "$file"
}

# Prints how many values a metric has, and nothing if there is no file.
csv_rows() { # PLUGIN-INSTANCE/TYPE-INSTANCE [HOST]
    cat "$C/csv/${2:-hv1}/$1"-20[0-9][0-9]-* 2> /dev/null | grep -vc '^epoch'
}

# There is a listing for each interval. So it is fresh when it is reported: within a second, or three on a busy machine.
is_fresh() { awk -v age="$1" 'BEGIN { exit !(age < 3) }'; } # SECONDS

# Waits for a value that was read after this call.
next_value() { # PLUGIN-INSTANCE/TYPE-INSTANCE
    local rows
    rows=$(csv_rows "$1")
    wait_for 30 "[ \$(csv_rows $1) -gt $((rows + 1)) ]"
}

# Waits until all values of the first interval are written. collectd writes with five threads, so a value may be written
# before others that were reported earlier.
first_values() { # PLUGIN-INSTANCE/TYPE-INSTANCE...
    local value
    for value; do wait_for 30 "csv $value"; done
    next_value "$1"
}

logged() { grep -q -- "$1" "$COLLECTD_LOG"; } # PATTERN
