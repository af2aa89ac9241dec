# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced after lib.sh by tests of an agent whose libvirt calls are slow, fail, or break the connection (obstacles.c),
# and by tests that count its calls.

OBSTACLES=$T/obstacles
mkdir "$OBSTACLES"

# The next start_agent gets its libvirt calls through the library.
need_obstacles() {
    local preload=$T/obstacles.so
    : "${CC:=cc}"
    need "${CC%% *}"
    # shellcheck disable=SC2046  # words
    $CC -shared -fPIC -o "$preload" "$lib_dir/obstacles.c" $("${PKG_CONFIG:-pkg-config}" --cflags libvirt) ||
        FAIL "cannot build the library"
    [ "${SANITIZERS:-no}" = no ] || preload="$($CC -print-file-name=libasan.so) $preload" # which insists on being first
    printf '#!/bin/sh\nexec env OBSTACLES="%s" LD_PRELOAD="%s" "$@"\n' "$OBSTACLES" "$preload" > "$T/with-obstacles"
    chmod +x "$T/with-obstacles"
    GUESTLISTD_WRAPPER=$T/with-obstacles
    touch "$OBSTACLES/calls"
}

# By renaming, so that no call reads half an order.
obstacle() { # CALL WORD...
    echo "${@:2}" > "$OBSTACLES/.new"
    mv "$OBSTACLES/.new" "$OBSTACLES/$1"
}

no_obstacle() { rm -f "$OBSTACLES/$1"; } # CALL

calls_made() { grep -c " $1\$" "$OBSTACLES/calls"; } # CALL
