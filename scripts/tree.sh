# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by check.

# The tree as it is now, without what was built in it or below it.
tree_copy() { # FROM TO
    mkdir -p "$2" && tar -C "$1" --exclude=./.git --exclude=./autom4te.cache --exclude=./build --exclude='./build[!-]*' \
        --exclude='./build-[!a]*' -cf - . | tar -C "$2" -xf - || return
    [ ! -e "$2/config.status" ] || make -C "$2" -s distclean
}
