#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every source and every test is listed in a subdir.am. No test is listed twice.
# A missing source would not be in the tarball. A missing test would never run. The count of the tests that ran would be wrong
# with a test that is listed twice.
. "$(dirname "$0")/lib.sh"

# listed SUBDIR.AM NAME: the file must list the name.
listed()
{
    tr -s '[:blank:]' '\n' <"$1" | grep -Fqx "$2" || fail "$1" "does not name $2"
}

for folder in $code_folders; do
    for file in $(find "$folder" -name '*.[ch]'); do
        listed "$folder/subdir.am" "$file"
    done
done
for file in tests/churn/*.[ch]; do
    listed tests/subdir.am "$file"
done
for file in tests/unit/*/test_*.c; do
    if [ -e "$file" ]; then
        listed tests/subdir.am "${file%.c}"
    fi
done
for file in tests/unit/*.[ch] tests/unit/*/*.[ch]; do
    case $file in
        */test_*.c) ;;
        *) listed tests/subdir.am "$file" ;;
    esac
done
# Each harness has a program and a test. The other files there are the frame.
for file in tests/fuzz/*.[ch]; do
    if [ -e "${file%.c}.sh" ]; then
        listed tests/subdir.am "${file%.c}"
    else
        listed tests/subdir.am "$file"
    fi
done
# Files that are not executable are sourced by other tests.
for file in tests/lint/*.sh tests/fuzz/*.sh tests/integration/*.sh tests/packaging/*.sh tests/nms/*.sh tests/torture/*.sh; do
    if [ -x "$file" ]; then
        listed tests/subdir.am "$file"
    fi
done
# Files that dpkg-buildpackage leaves in debian/ do not belong to the tree.
for file in $(find debian -type d '(' -name .debhelper -o -name tmp -o -name 'guestlist*' ')' -prune -o -type f \
        ! -name files ! -name debhelper-build-stamp ! -name 'autoreconf.*' ! -name '*.debhelper' ! -name '*.substvars' -print); do
    listed packaging/subdir.am "$file"
done
for name in $(sed -n 's/^[[:blank:]]\(tests\/[a-z]*\/[^[:blank:]]*\).*/\1/p' tests/subdir.am | grep -v '\.[ch]$' | sort | uniq -d)
do
    fail tests/subdir.am "names $name more than once"
done
exit $status
