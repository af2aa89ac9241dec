# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by check, after packages.sh: root folders with other releases of Debian, in which the tests run too. debootstrap
# makes each once, from a mirror that this system's apt uses; it is kept for the next time. What runs in it has mounts and
# processes of its own: when it ends, only files below the root folder are left.

# The releases that Guestlist supports, and which tests run there: all as they are, or without daemons. On the oldest and on
# the newest, what matters is that it builds.
suite_table() {
    cat <<'TABLE'
bullseye quick
bookworm plain
trixie plain
sid quick
TABLE
}

suites() { suite_table | cut -d ' ' -f 1; }

# Any other release gets what the newest gets.
suite_tests() { suite_table | awk -v suite="$suite" '$1 == suite { print $2; found = 1 } END { if (!found) print "quick" }'; }

# The release that this system is; nothing if it is not Debian.
suite_here() (
    ID='' VERSION_CODENAME=''
    [ ! -r /etc/os-release ] || . /etc/os-release
    [ "$ID" != debian ] || echo "$VERSION_CODENAME"
)

# All below is about this one.
suite_choose() { # SUITE
    suite=$1
    suite_root=${GUESTLIST_ROOTS:-/var/cache/guestlist-roots}/$suite
}

# What keeps a root from being made or entered; nothing if nothing does.
suite_obstacle() {
    if [ "$(id -u)" != 0 ]; then
        echo "needs root"
    elif ! command -v apt-get > /dev/null; then
        echo "needs apt-get, which knows a mirror of Debian"
    elif ! unshare --mount --pid --fork --propagation private mount -t proc proc /proc 2> /dev/null; then
        echo "needs the permission to unshare and to mount"
    fi
}

# Takes the root for this process and all that it starts: two runs would install and build in the same folders.
suite_lock() {
    mkdir -p "${suite_root%/*}" && exec 9> "$suite_root.lock" || return
    flock --nonblock 9 || {
        echo "another run uses $suite_root: waiting until it ends"
        flock 9
    }
}

# shellcheck disable=SC2016
suite_mirrors() { apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | sort -u; }

# Which mirror has the suite, debootstrap finds out at once. What it mounts goes away with it, also when it is killed.
# $suite_packages may say what the root has from the beginning, with commas between.
suite_bootstrap() { # FOLDER
    local mirror
    for mirror in $(suite_mirrors); do
        rm -rf --one-file-system "$1"
        ! unshare --mount --propagation private \
            debootstrap --variant=minbase --include="${suite_packages:-ca-certificates}" "$suite" "$1" "$mirror" || return 0
    done
    rm -rf --one-file-system "$1"
    return 1
}

# The root gets its name when it is complete: one that is half made is made anew.
suite_make() {
    [ ! -d "$suite_root" ] || return 0
    install_packages root || return
    [ -n "$(suite_mirrors)" ] || apt-get update -qq || return
    suite_bootstrap "$suite_root.new" > "$suite_root.log" 2>&1 || {
        grep '^E:' "$suite_root.log" || tail -n 3 "$suite_root.log"
        return 1
    }
    mv "$suite_root.new" "$suite_root"
}

# No package may start a service in there.
suite_settle() {
    printf '#!/bin/sh\nexit 101\n' > "$suite_root/usr/sbin/policy-rc.d" && chmod 755 "$suite_root/usr/sbin/policy-rc.d" || return
    suite_connect
}

# Names are looked up, and packages fetched, the way this system does it today.
suite_connect() {
    local file
    for file in /etc/resolv.conf /etc/hosts; do
        [ ! -e $file ] || cp -L --remove-destination $file "$suite_root/etc/" || return
    done
    {
        echo 'Acquire::Languages "none";'
        apt-config dump --no-empty Acquire | grep -E 'Proxy |Check-Valid-Until '
    } > "$suite_root/etc/apt/apt.conf.d/90guestlist"
    true # grep may find nothing
}

# shellcheck disable=SC2016
suite_entry='
cd "$1" || exit
shift
mount --bind . . && cd "$PWD" && mount -t proc proc proc && mount --rbind /dev dev && mount --rbind /sys sys &&
    mount -t tmpfs -o mode=755 none run && mkdir -p old && pivot_root . old && cd /src && umount -l /old || exit
"$@"
exit'

# Becomes a command in /src of the root: its processes end when this one does. What the environment says of tests and of
# proxies goes with it. The command is not the first process in there, which would not even die of Ctrl-C.
suite_enter() { # COMMAND...
    local name words=(HOME=/root LC_ALL=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin)
    for name in TERM CI PATIENCE TEST_TIMEOUT KEEP LOG_LINES http_proxy https_proxy no_proxy; do
        [ -z "${!name-}" ] || words+=("$name=${!name}")
    done
    exec unshare --mount --pid --fork --kill-child --propagation private \
        bash -c "$suite_entry" enter "$suite_root" env -i "${words[@]}" "$@"
}
