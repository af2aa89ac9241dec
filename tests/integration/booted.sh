# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Verbs for the tests that boot a systemd in a container of systemd-nspawn without a network. Source this file after lib.sh.

# systemd-nspawn makes its control groups below its own group. "leave_cgroups nspawn" removes the groups with this name.
join_group() {
    local mount group
    for mount in /sys/fs/cgroup /sys/fs/cgroup/{systemd,unified}; do
        [ -e "$mount/cgroup.procs" ] || continue
        group=$mount$(awk -F: -v c="${mount##*/}" '$2 == "name=" c || $2 == "" { path = $3 } END { print path }' /proc/self/cgroup)
        group=${group%/}/${T##*/}-nspawn
        mkdir "$group" && echo "$BASHPID" > "$group/cgroup.procs"
    done
}

# Boots a root folder. Returns when its systemd ends.
boot() { # ROOT-FOLDER WORD-FOR-SYSTEMD...
    SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 timeout -k 5 $((120 * ${PATIENCE:-2})) systemd-nspawn -D "$1" -M "guestlist-$$" \
        --register=no --keep-unit --private-network -b "${@:2}"
}

# Prints the last lines of a console as one line, for a message.
end_of_console() { tail -n "$2" "$1" | tr -d '\r' | xargs -d '\n'; } # FILE LINES
