#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The options of the collectd plugin, its manual page and its sample configuration agree.
# The test loads the plugin in collectd to learn its options.
. "$(dirname "$0")/lib.sh"

page=docs/collectd-guestlist.5
sample=docs/guestlist.collectd.conf
plugin=$top_builddir/.libs/guestlist.so

[ -f "$plugin" ] || skip "the collectd plugin is not built"
command -v collectd >/dev/null || skip "collectd is not installed"
case ${SANITIZERS:-no} in
no) ;;
*) skip "a collectd without sanitizers cannot load a plugin with them" ;;
esac
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
# An installed plugin may be a link. collectd does not load links.
cp "$plugin" "$work"

# try FILE: runs collectd for one interval with the configuration on standard input. Writes its output to FILE.
try()
{
    {
        printf '%s\n' 'Hostname "lint"' "BaseDir \"$work\"" "PIDFile \"$work/pid\"" "PluginDir \"$work\"" \
            'TypesDB "/usr/share/collectd/types.db"'
        cat
    } >"$work/collectd.conf"
    timeout 60 collectd -T -C "$work/collectd.conf" >"$1" 2>&1
}

# block LINE...: prints a hypervisor with these lines.
block()
{
    printf '%s\n' 'LoadPlugin guestlist' '<Plugin guestlist>' '<Hypervisor "lint">' "$@" '</Hypervisor>' '</Plugin>'
}

block 'nosuchOption 1' | try "$work/out"
sed -n 's/.*unknown; expected one of: //p' "$work/out" | tr ' ' '\n' | grep . | sort >"$work/known"
[ -s "$work/known" ] || fail "$plugin" "does not list its options: $(cat "$work/out")"

sed -n '/^\.Sh OPTIONS/,/^\.Sh /s/^\.It Ic \([A-Za-z]*\).*/\1/p' $page | sort >"$work/page"
sed -n '/<Hypervisor/,/<\/Hypervisor/s/^ *#\{0,1\}\([A-Z][A-Za-z]*\) .*/\1/p' $sample | sort -u >"$work/sample"
for where in page sample; do
    [ $where = page ] && file=$page || file=$sample
    for option in $(comm -23 "$work/known" "$work/$where"); do
        fail "$file" "option $option is not documented"
    done
    for option in $(comm -13 "$work/known" "$work/$where"); do
        fail "$file" "option $option is documented, but the plugin does not know it"
    done
done

# The sample must load unchanged, and with every option in force. No hypervisor has to answer. libvirt itself reports that: see
# lib/libvirt/quiet.h.
sed 's/^\( *\)#\([A-Z]\)/\1\2/' $sample >"$work/all.conf"
for file in "$top_srcdir/$sample" "$work/all.conf"; do
    try "$work/out" <"$file"
    grep -q 'plugin "guestlist" successfully loaded' "$work/out" || fail "$file" "does not load: $(cat "$work/out")"
    if grep -v '^libvirt: ' "$work/out" | grep -E 'ignoring|not watched|left out|no hypervisor is watched|rror'; then
        fail "$sample" "has messages about wrong options"
    fi
done

check_pages "$page"
exit $status
