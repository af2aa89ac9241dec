# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced after lib.sh by the tests that boot a systemd: a container of systemd-nspawn without a network.

# systemd-nspawn makes its groups below the one it is in. "leave_cgroups nspawn" removes those with this name.
join_group() {
    local mount group
    for mount in /sys/fs/cgroup /sys/fs/cgroup/{systemd,unified}; do
        [ -e "$mount/cgroup.procs" ] || continue
        group=$mount$(awk -F: -v c="${mount##*/}" '$2 == "name=" c || $2 == "" { path = $3 } END { print path }' /proc/self/cgroup)
        group=${group%/}/${T##*/}-nspawn
        mkdir "$group" && echo "$BASHPID" > "$group/cgroup.procs"
    done
}

# Boots a root folder, and returns when its systemd ends.
boot() { # ROOT-FOLDER WORD-FOR-SYSTEMD...
    SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 timeout -k 5 $((120 * ${PATIENCE:-2})) systemd-nspawn -D "$1" -M "guestlist-$$" \
        --register=no --keep-unit --private-network -b "${@:2}"
}

# The last lines of a console, in one line, for a message.
end_of_console() { tail -n "$2" "$1" | tr -d '\r' | xargs -d '\n'; } # FILE LINES
