# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Verbs for the tests of an agent whose libvirt calls are slow, fail, or break the connection, and for tests that count its
# calls. Source this file after lib.sh.

OBSTACLES=$T/obstacles
mkdir "$OBSTACLES"

# Builds the library obstacles.c and puts it before libvirt in each start_agent that follows.
need_obstacles() {
    local preload=$T/obstacles.so
    : "${CC:=cc}"
    need "${CC%% *}"
    # shellcheck disable=SC2046  # words
    $CC -shared -fPIC -o "$preload" "$lib_dir/obstacles.c" $("${PKG_CONFIG:-pkg-config}" --cflags libvirt) ||
        FAIL "cannot build the library"
    [ "${SANITIZERS:-no}" = no ] || preload="$($CC -print-file-name=libasan.so) $preload" # it must be first
    printf '#!/bin/sh\nexec env OBSTACLES="%s" LD_PRELOAD="%s" "$@"\n' "$OBSTACLES" "$preload" > "$T/with-obstacles"
    chmod +x "$T/with-obstacles"
    GUESTLISTD_WRAPPER=$T/with-obstacles
    touch "$OBSTACLES/calls"
    chmod a+w "$OBSTACLES" "$OBSTACLES/calls" # the agent is another user
}

# Renames the file into place, so that no call reads half of it.
obstacle() { # CALL WORD...
    echo "${@:2}" > "$OBSTACLES/.new"
    mv "$OBSTACLES/.new" "$OBSTACLES/$1"
}

no_obstacle() { rm -f "$OBSTACLES/$1"; } # CALL

calls_made() { grep -c " $1\$" "$OBSTACLES/calls"; } # CALL
