#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The direction of the code, as docs/architecture.md draws it: a file includes headers of its own folder and of those
# that stand above it in the picture, and of no other.
. "$(dirname "$0")/lib.sh"

page=docs/architecture.md

# A line of the picture: its folder.
picture=$(awk '/^## Folders/ { on = 1; next } /^## / { on = 0 } on && /^    [a-z]/ { print $1 }' "$page")
[ -n "$picture" ] || fail "$page" "has no picture of the folders below '## Folders'"

# shellcheck disable=SC2086 # words
folders=$(find $code_folders -name '*.[ch]' -exec dirname {} + | sort -u)
# A folder without a line counts as the one that it is in.
for folder in $folders; do
    echo "$picture" | grep -qx -e "$folder" -e "${folder%/*}" || fail "$page" "the picture has no line for $folder"
done
for folder in $picture; do
    [ -d "$folder" ] || fail "$page" "the picture has a line for $folder, which is not there"
done

# shellcheck disable=SC2086 # words
found=$(echo "$picture" | awk '
    function folder_of(path) {
        sub(/\/[^\/]*$/, "", path)
        return path in place || path !~ /\// ? path : folder_of(path)
    }
    FILENAME == "-" { place[$1] = ++places; next }
    FNR == 1 {
        folder = folder_of(FILENAME)
        # These two put everything together. What is no part of the agent has nothing of it.
        is_free = FILENAME == "agent/main.c" || FILENAME == "agent/daemon.c"
    }
    match($0, /^#[ \t]*include[ \t]*"[^"]+\//) {
        other = substr($0, RSTART, RLENGTH)
        sub(/^[^"]*"/, "", other)
        other = folder_of(other)
        is_apart = folder !~ /^agent/ && other ~ /^agent/
        if (place[other] && (is_apart || (place[other] > place[folder] && !is_free)))
            printf "%s:%d: %s may not include headers of %s\n", FILENAME, FNR, folder, other
    }' - $(find $code_folders -name '*.[ch]' | sort))

if [ -n "$found" ]; then
    printf '%s\n' "$found"
    status=1
fi
exit $status
