# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Verbs for the tests of guestlistd --check. Source this file after lib.sh.
# shellcheck disable=SC2034  # for the tests

# A copy of the program that each user can run.
mkdir -m 755 "$T/bin"
cp "$GUESTLISTD" "$T/bin/guestlistd" || FAIL "no agent at $GUESTLISTD"
case $(file -b "$GUESTLISTD" 2> /dev/null) in *script*) cp "$top_builddir/.libs/guestlistd" "$T/bin/guestlistd" ;; esac
chmod 755 "$T/bin/guestlistd"

# Runs --check. Words before "::" precede the command, for another user or another root. $T/check has the output, $status the
# exit status.
as_nobody=(setpriv --reuid nobody --regid "$(id -g nobody)" --clear-groups --)
examine() { # [WORD... ::] OPTION...
    local before=()
    if [[ " $* " = *' :: '* ]]; then
        while [ "$1" != :: ]; do before+=("$1"); shift; done
        shift
    fi
    SNMPCONFPATH=$T/agent:$T/snmpd timeout 90 "${before[@]}" "$T/bin/guestlistd" --check -x "$AGENTX" --state-dir "$T/state" \
        "$@" > "$T/check" 2>&1
    status=$?
}

# The line of a finding must begin with that mark and contain that text.
finding_is() { # MARK FINDING TEXT
    grep -F -- "$1  $2 " "$T/check" | grep -qF -- "$3" || FAIL "no line '$1  $2 ... $3' in:"$'\n'"$(cat "$T/check")"
}

advice_is() { # TEXT
    grep '^    -> ' "$T/check" | grep -qF -- "$1" || FAIL "no advice '$1' in:"$'\n'"$(cat "$T/check")"
}
