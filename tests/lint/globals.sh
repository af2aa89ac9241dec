#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The code has no mutable globals or statics.
# The test reads this from the object files. lib runs inside other programs, in several instances and threads.
. "$(dirname "$0")/lib.sh"

# Prints the exceptions: FILE SYMBOL REASON.
allowed()
{
    cat <<'ALLOWED'
agent/snmpd_module/module.c module snmpd passes no argument to a module, and a hung thread must find its memory after a reload
agent/snmp/config_file.c reading Net-SNMP calls its configuration handlers without an argument of the caller
lib/libvirt/quiet.c quiet_is_own_thread libvirt has one error handler for all threads, without an argument for a thread
ALLOWED
}

case ${SANITIZERS:-no} in
no) ;;
*) skip "sanitizers add data to every object" ;;
esac

# Only objects with an existing source count: a build folder can be older than the tree.
objects=
# shellcheck disable=SC2086 # words
for object in $(cd "$top_builddir" && find $code_folders -name '*.o' 2>/dev/null | sort); do
    folder=${object%/*}
    name=${object##*/}
    source=$folder/$(printf '%s' "${name%.o}" | sed 's/^[^-]*-//').c
    if [ -f "$source" ]; then
        objects="$objects $object"
    fi
done
[ -n "$objects" ] || skip "nothing is built in $top_builddir"

# nm -f sysv prints: name | value | class | type | size | line | section. Classes B, C, D, G, S and their small forms are
# writable data. Data that the loader makes read-only after relocation is in .data.rel.ro.
for object in $objects; do
    name=${object##*/}
    source=${object%/*}/$(printf '%s' "${name%.o}" | sed 's/^[^-]*-//').c
    for symbol in $(${NM:-nm} -f sysv "$top_builddir/$object" | awk -F '|' '
            { gsub(/ /, "", $1); gsub(/ /, "", $3); gsub(/ /, "", $7) }
            $3 ~ /^[BbCDdGgSs]$/ && $7 !~ /^\.data\.rel\.ro/ { print $1 }'); do
        allowed | grep -q "^$source ${symbol%%.*}\( \|\$\)" || fail "$source" "mutable global or static: $symbol"
    done
done
exit $status
