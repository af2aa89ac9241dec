#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The completion for bash has all options and filter words of the program, and works in a bash on a terminal.
. "$(dirname "$0")/lib.sh"

completion=packaging/bash-completion/guestlistd
agent=${GUESTLISTD:-$top_builddir/guestlistd}
[ -x "$agent" ] || skip "$agent is not built"
command -v bash >/dev/null || skip "bash is not installed"
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
export SNMPCONFPATH="$work/none" SNMP_PERSISTENT_DIR="$work/none"

# list VARIABLE: prints its words, one per line, sorted.
list()
{
    # shellcheck disable=SC2016 # for the inner bash
    bash -c '. "$1"; printf "%s\n" ${!2}' list "$completion" "$1" | sort
}

"$agent" -h | sed -n 's/^ \{2,6\}\(-.*\)/\1/p' | sed 's/   *.*//' | sed 's/--once\[=json\]/--once --once=json/' |
    grep -oE -- '(^|[ ,])--?[A-Za-z][a-z=-]*' | tr -d ' ,' | sort >"$work/options"
list _guestlistd_options >"$work/completed"
cmp -s "$work/options" "$work/completed" ||
    fail "$completion" "options differ from guestlistd -h: $(diff "$work/options" "$work/completed" | grep '^[<>]')"
"$agent" -C --once -F nonsense 2>&1 | sed -n 's/.*expected one or more of: //p' | tr ' ' '\n' | grep . | sort >"$work/words"
list _guestlistd_words >"$work/completed"
cmp -s "$work/words" "$work/completed" || fail "$completion" "the words of a filter differ from the program's"

# --- At a terminal ------------------------------------------------------------------------------------

[ $status = 0 ] || exit $status
command -v script >/dev/null || skip "the other checks passed, but script, which makes a terminal, is not installed"
mkdir -p "$work/here/folder/below"
touch "$work/here/file.conf"
cat >"$work/start" <<START
cd '$work/here'
. '$top_srcdir/$completion'
guestlistd() { { printf '<%s>' "\$@"; echo; } >>'$work/ran'; }
START

# Typed lines, with ~ for a tab, and the arguments that bash must pass.
cat >"$work/cases" <<'CASES'
guestlistd --sta~X	<--state-dir><X>
guestlistd --onc~=j~	<--once=json>
guestlistd --once=u~	<--once=unwell>
guestlistd --onc~ -u x	<--once><-u><x>
guestlistd --once js~	<--once><js>
guestlistd --once --sta~X	<--once><--state-dir><X>
guestlistd --chec~	<--check>
guestlistd -F autos~	<-F><autostart>
guestlistd -F "autostart ina~	<-F><autostart inactive>
guestlistd -F 'transient,state-r~	<-F><transient,state-running>
guestlistd -F autostart,with-c~	<-F><autostart,with-checkpoint>
guestlistd --filter=no~	<--filter=no-autostart>
guestlistd --filter without-s~	<--filter><without-snapshot>
guestlistd -c fi~	<-c><file.conf>
guestlistd --state-dir fo~be~	<--state-dir><folder/below/>
guestlistd --state-dir=fo~	<--state-dir=folder/>
guestlistd -i 1~	<-i><1>
CASES
{
    echo ". '$work/start'"
    sed 's/	.*//' "$work/cases" | tr '~' '\t'
    echo exit
} >"$work/typed"
env -i HOME="$work" TERM=xterm INPUTRC=/dev/null PATH="$PATH" \
    timeout 30 script -qefc 'bash --norc --noprofile -i' /dev/null <"$work/typed" >"$work/screen" 2>&1
sed 's/.*	//' "$work/cases" >"$work/wanted"
if ! cmp -s "$work/wanted" "$work/ran"; then
    fail "$completion" "bash passes other arguments: $(diff "$work/wanted" "$work/ran" | grep '^[<>]')"
fi
exit $status
