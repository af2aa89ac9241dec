#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Each foreign library is included in one folder, or in as few files as possible.
. "$(dirname "$0")/lib.sh"

# HEADER | FILES that may include it. HEADER is a regular expression for the beginning of the name between <> or "". FILES are
# patterns in which * matches anything. The first matching row applies. A header without a row may be included anywhere.
# folders.sh checks the order of the project's own folders.
rules()
{
    cat <<'RULES'
libvirt/         | lib/libvirt/* tests/*
libxml/          | lib/libvirt/domain_snapshots_reader.c lib/libvirt/domain_xml.c lib/libvirt/metadata.c tests/unit/libvirt/test_metadata.c
net-snmp/        | agent/snmp/* agent/snmpd_module/* integrations/check_guestlist/snmp/* tests/bench/bare_agent.c
collectd/        | collectd-plugin/module.c tests/bench/bare_plugin.c
(collectd|plugin)\.h | collectd-plugin/module.c
(daemon|utils)/  | collectd-plugin/module.c
cmocka           | tests/unit/*
lib/libvirt/virt\.h | lib/libvirt/* tests/*
lib/(libvirt|collect)/ | lib/* agent/* collectd-plugin/* tests/*
lib/model/       | lib/* agent/* collectd-plugin/* integrations/check_guestlist/row.c tests/*
collectd-plugin/ | collectd-plugin/* tests/*
integrations/check_guestlist/snmp/security\.h | integrations/check_guestlist/snmp/*
tests/           | tests/*
RULES
}

# shellcheck disable=SC2086 # words
files=$(find $code_folders tests -name '*.[ch]' | sort)
[ -n "$files" ] || fail "$top_srcdir" "no C files found: is this the source tree?"

# awk reads the table first, from standard input. It prints each violation.
# shellcheck disable=SC2086 # words
found=$(rules | awk '
    FILENAME == "-" {
        header[++rows] = $1
        only[rows] = $0
        sub(/^[^ ]+ *\| */, "", only[rows])
        next
    }
    function may(file, patterns,    part, count, i, regex) {
        count = split(patterns, part, " ")
        for (i = 1; i <= count; i++) {
            regex = part[i]
            gsub(/\./, "\\.", regex)
            gsub(/\*/, ".*", regex)
            if (file ~ ("^" regex "$"))
                return 1
        }
        return 0
    }
    match($0, /^[ \t]*#[ \t]*include[ \t]*[<"][^>"]+/) {
        name = substr($0, RSTART, RLENGTH)
        sub(/^[^<"]*[<"]/, "", name)
        if ($0 ~ /"/ && name !~ /\// && name != "config.h")
            printf "%s:%d: \"%s\": write the path from the top of the tree\n", FILENAME, FNR, name
        for (row = 1; row <= rows; row++) {
            if (name !~ ("^" header[row]))
                continue
            if (!may(FILENAME, only[row]))
                printf "%s:%d: must not include %s; these may: %s\n", FILENAME, FNR, name, only[row]
            break
        }
    }' - $files)

if [ -n "$found" ]; then
    printf '%s\n' "$found"
    status=1
fi
exit $status
