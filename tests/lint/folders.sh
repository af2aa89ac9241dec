#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A file includes headers only of its own folder and of the folders above it in docs/architecture.md.
. "$(dirname "$0")/lib.sh"

page=docs/architecture.md

# Each line of the picture begins with a folder.
picture=$(awk '/^## Folders/ { on = 1; next } /^## / { on = 0 } on && /^    [a-z]/ { print $1 }' "$page")
[ -n "$picture" ] || fail "$page" "has no picture of the folders below '## Folders'"

# shellcheck disable=SC2086 # words
folders=$(find $code_folders -name '*.[ch]' -exec dirname {} + | sort -u)
# A folder without a line belongs to its parent folder.
for folder in $folders; do
    echo "$picture" | grep -qx -e "$folder" -e "${folder%/*}" || fail "$page" "the picture has no line for $folder"
done
for folder in $picture; do
    [ -d "$folder" ] || fail "$page" "the picture has a line for the missing folder $folder"
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
        # These two files connect all folders. Code outside of the agent must not include its headers.
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
