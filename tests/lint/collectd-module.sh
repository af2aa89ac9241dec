#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The collectd plugin as a file: it exports the one function that collectd looks for, because everything else would be one
# name space with all other plugins; it stays loaded; and what it needs it names.
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
    readelf -d "$plugin" | grep -q NODELETE || fail "$plugin" "can be unloaded while a thread of it is inside libvirt"
fi
grep -n '"config\.h"' collectd-plugin/*.[ch] && fail collectd-plugin "includes our config.h: collectd has one as well"
if [ -L "$plugin" ]; then
    fail "$plugin" "is a symbolic link, which collectd does not load"
fi
exit $status
