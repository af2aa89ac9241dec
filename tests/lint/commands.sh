#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Each command in README and docs is run by a test, or listed with the reason in tests/data/commands-not-run.tsv.
# tests/integration/commands.sh runs them. With --list, this script prints the commands to run, as PAGE<TAB>COMMAND. The part
# of README that sets up a host comes first.
. "$(dirname "$0")/lib.sh"

not_run=tests/data/commands-not-run.tsv
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

# A line of a block is a command if it begins with one of these, after an optional "$ " or "sudo ". All other lines are output
# or configuration.
known='[.]/[a-z][a-z.]*|apt|apt-get|check_guestlist|check_snmp|cp|curl|echo|guestlist-fleet|guestlist-graph|guestlistd|install|journalctl|make|man|mkdir|promtool|snmp[a-z]+|systemctl'
known="$known|systemd-[a-z]+|tee|virsh"
sudo='(sudo (-u [a-z]+ )?)?'

# commands_of PAGE <TEXT: prints the commands in the blocks of a page, one per line, without comments.
commands_of()
{
    awk -v page="$1" -v known="^$sudo($known)( |\$)" '
        function command(text) {
            sub(/^ *(\$ )?/, "", text)
            if (text !~ known)
                return
            sub(/   *# .*/, "", text)
            print page "\t" text
        }
        /^```/ { is_fenced = !is_fenced; is_shell = is_fenced && ($0 == "```" || $0 == "```sh"); next }
        sub(/^\.Dl /, "") || is_shell || (!is_fenced && /^    /) {
            gsub(/\\\(dq/, "\""); gsub(/\\\(aq/, "\047"); gsub(/\\&/, "")
            line = line $0
            if (sub(/\\$/, "", line))
                next
            command(line)
            line = ""
            next
        }
        { line = "" }
        # A command in a sentence is complete if it has the host.
        { while (match($0, /`snmp[a-z]+ -v[^`]* localhost [^`]*`/)) {
            command(substr($0, RSTART + 1, RLENGTH - 2))
            $0 = substr($0, RSTART + RLENGTH)
        } }'
}

all_commands()
{
    sed -n '/^## Use your existing snmpd/,$p' README.md | commands_of README.md
    sed '/^## Use your existing snmpd/,$d' README.md | commands_of README.md
    for page in CONTRIBUTING.md docs/*.md docs/*.[0-9]; do
        commands_of "$page" <"$page"
    done
}

all_commands >"$work/all"
sed '/^#/d; s/	.*//' $not_run >"$work/patterns"
cut -f 2 "$work/all" | grep -vxE -f "$work/patterns" | sort -u >"$work/run"

if [ "${1-}" = --list ]; then
    awk -F '\t' 'NR == FNR { run[$0] = 1; next } $2 in run' "$work/run" "$work/all"
    exit 0
fi

[ "$(wc -l <"$work/run")" -ge 20 ] || fail README.md "only $(wc -l <"$work/run") commands found, so this test proves nothing"
while read -r pattern; do
    cut -f 2 "$work/all" | grep -qxE -- "$pattern" || fail $not_run "no page prints a command like '$pattern'"
done <"$work/patterns"
sed '/^#/d; s/.*	//' $not_run | grep -oE 'tests/[a-z/-]+(\*|[a-z-]+)?\.sh' | while read -r test; do
    # shellcheck disable=SC2086 # a pattern
    ls $test >/dev/null 2>&1 || echo "$test"
done >"$work/gone"
[ ! -s "$work/gone" ] || fail $not_run "names a missing test: $(cat "$work/gone")"
# A line with a dollar is a command, so its first word must be known.
grep -nE '^ {4,}\$ ' README.md docs/*.md | grep -vE "\\\$ $sudo($known)( |\$)" >"$work/unknown"
[ ! -s "$work/unknown" ] || fail "$0" "does not know these commands: $(cat "$work/unknown")"
exit $status
