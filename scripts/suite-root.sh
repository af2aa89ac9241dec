# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Functions of check for root folders with other releases of Debian, in which the tests also run. check sources this file
# after packages.sh.
# debootstrap makes each root once, from a mirror in this system's apt configuration, and the root is kept. Commands in a root
# have private mounts and processes. When a command ends, only files below the root folder remain.

# The releases that Guestlist supports, and which tests run there: plain (all tests, without other builds) or quick (without
# daemons). On the oldest and the newest release, only the build matters.
suite_table() {
    cat <<'TABLE'
bullseye quick
bookworm plain
trixie plain
sid quick
TABLE
}

suites() { suite_table | cut -d ' ' -f 1; }

# Other releases get the same tests as the newest one.
suite_tests() { suite_table | awk -v suite="$suite" '$1 == suite { print $2; found = 1 } END { if (!found) print "quick" }'; }

# Prints the release of this system, or nothing if it is not Debian.
suite_here() (
    ID='' VERSION_CODENAME=''
    [ ! -r /etc/os-release ] || . /etc/os-release
    [ "$ID" != debian ] || echo "$VERSION_CODENAME"
)

# Chooses the release for all functions below.
suite_choose() { # SUITE
    suite=$1
    suite_root=${GUESTLIST_ROOTS:-/var/cache/guestlist-roots}/$suite
}

# Prints why a root cannot be made or entered, or nothing if it can.
suite_obstacle() {
    if [ "$(id -u)" != 0 ]; then
        echo "needs root"
    elif ! command -v apt-get > /dev/null; then
        echo "needs apt-get with a mirror of Debian"
    elif ! unshare --mount --pid --fork --propagation private mount -t proc proc /proc 2> /dev/null; then
        echo "needs the permission to unshare and to mount"
    fi
}

# Locks the root for this process and its children: two runs would install and build in the same folders.
suite_lock() {
    mkdir -p "${suite_root%/*}" && exec 9> "$suite_root.lock" || return
    flock --nonblock 9 || {
        echo "another run uses $suite_root; waiting for its end"
        flock 9
    }
}

# shellcheck disable=SC2016
suite_mirrors() { apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | sort -u; }

# Tries each mirror: debootstrap reports at once if a mirror does not have the release. The mounts of debootstrap end with its
# namespace, even if it is killed. $suite_packages can list packages for the root, separated by commas.
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

# Makes the root, if it is missing. It gets its name only when it is complete, so an incomplete one is made again.
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

# Prepares the root. No package may start a service in it.
suite_settle() {
    printf '#!/bin/sh\nexit 101\n' > "$suite_root/usr/sbin/policy-rc.d" && chmod 755 "$suite_root/usr/sbin/policy-rc.d" || return
    suite_connect
}

# The root uses the current name server and proxies of this system.
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

# Replaces this process by a command in /src of the root. The processes of the command end with it. Environment variables for
# tests and proxies are passed on. The command is not the first process of its namespace, because that one would ignore
# Ctrl-C.
suite_enter() { # COMMAND...
    local name words=(HOME=/root LC_ALL=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin)
    for name in TERM CI PATIENCE TEST_TIMEOUT KEEP LOG_LINES http_proxy https_proxy no_proxy; do
        [ -z "${!name-}" ] || words+=("$name=${!name}")
    done
    exec unshare --mount --pid --fork --kill-child --propagation private \
        bash -c "$suite_entry" enter "$suite_root" env -i "${words[@]}" "$@"
}
