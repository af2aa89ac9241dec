#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# No mutable state outside structs, asked of the object files: lib runs inside other programs, in
# several instances and threads.
. "$(dirname "$0")/lib.sh"

# FILE SYMBOL REASON, one per line.
allowed()
{
    cat <<'ALLOWED'
agent/snmp/config_file.c reading Net-SNMP calls its configuration handlers without an argument of ours
lib/libvirt/connector.c connector_is_opening libvirt has one error handler for the whole process and tells it nothing but the error
ALLOWED
}

case ${SANITIZERS:-no} in
no) ;;
*) skip "sanitizers add data of their own to every object" ;;
esac

# An object counts if its source still exists: a build folder can be older than the tree.
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

# nm -f sysv: name | value | class | type | size | line | section. B, C, D, G, S and their small forms are
# writable data; what the loader makes read-only after relocation lies in .data.rel.ro.
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
