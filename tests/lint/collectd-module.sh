#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The file of the collectd plugin exports one function, cannot be unloaded, and names the libraries it needs.
# collectd looks for this function. All plugins share one name space, so there must be no other.
. "$(dirname "$0")/lib.sh"

plugin=$top_builddir/.libs/guestlist.so

[ -f "$plugin" ] || skip "the collectd plugin is not built"
case ${SANITIZERS:-no} in
no) ;;
*) skip "sanitizers export names of their own" ;;
esac

exported=$(${NM:-nm} -D --defined-only "$plugin" | awk '{ print $NF }' | sort | xargs)
[ "$exported" = module_register ] || fail "$plugin" "exports: $exported"
if command -v readelf >/dev/null; then
    readelf -d "$plugin" | grep -q NODELETE || fail "$plugin" "can be unloaded while one of its threads is inside libvirt"
fi
grep -n '"config\.h"' collectd-plugin/*.[ch] && fail collectd-plugin "includes config.h of the project, but collectd has one as well"
if [ -L "$plugin" ]; then
    fail "$plugin" "is a symbolic link, which collectd does not load"
fi
exit $status
