# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Functions of check that copy the tree. check sources this file.

# Copies the current tree, without built files in it or below it.
tree_copy() { # FROM TO [TAR-OPTION...]
    mkdir -p "$2" && tar -C "$1" --exclude=./.git --exclude=./autom4te.cache --exclude=./build --exclude='./build[!-]*' \
        --exclude='./build-[!a]*' "${@:3}" -cf - . | tar -C "$2" -xf - || return
    [ ! -e "$2/config.status" ] || make -C "$2" -s distclean
}

# Copies the tree also without the output of autogen.sh, which belongs to the autotools of this system: with others, make
# would look for missing programs. Such output at the destination is not changed.
tree_copy_sources() { # FROM TO
    local made=(configure aclocal.m4 build-aux Makefile.in config.h.in m4/libtool.m4 m4/lt*.m4)
    if [ -e "$1/config.status" ]; then
        tree_copy "$1" "$2" && (cd "$2" && rm -rf -- "${made[@]}") # make distclean needed these files
    else
        tree_copy "$1" "$2" "${made[@]/#/--exclude=./}"
    fi
}
