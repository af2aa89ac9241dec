#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A multi-line error of ssh becomes one printable line without the password.
# This holds in the log, on the terminal and in glHypervisorLastError, whatever the other side writes and however long it is.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need snmpget snmpwalk

# This script replaces ssh. It prints a banner, an escape sequence, and the password at the place where libvirt cuts the text.
# It ends only after libvirt has written to it; otherwise the error would be that of writing.
cat > "$T/ssh" << 'END'
#!/bin/sh
head -c 4 > /dev/null
printf 'Warning: unknown host.\r\n\r\n  \033[31mred\033[0m\n' >&2
head -c "$(cat "${0%ssh}length")" /dev/zero | tr '\0' x >&2
printf 'hunter2\nlast line\n' >&2
exit 255
END
chmod +x "$T/ssh"
uri="qemu+ssh://me:hunter2@127.0.0.1/system?command=$T/ssh&netcat=nc"
line='Warning: unknown host\.; \\x1b\[31mred\\x1b\[0m; '

# No part of the password may remain, wherever the text is cut.
for length in 0 $(seq 120 200); do
    echo "$length" > "$T/length"
    "$GUESTLISTD" -C --once -u "$uri" > "$T/out" 2>&1 && FAIL "--once succeeded"
    equal 1 "$(wc -l < "$T/out")" "lines on stderr: $(cat "$T/out")"
    grep -q "$line" "$T/out" || FAIL "stderr has: $(cat "$T/out")"
    grep -q -e 'xh$' -e 'xhu' "$T/out" && FAIL "part of the password is shown: $(cat "$T/out")"
done
step "on the terminal"

echo 0 > "$T/length"
start_snmpd
start_agent -u "$uri"
wait_for 30 "gl $gl_last_error | grep -q 'last line'"
gl $gl_last_error > "$T/out"
equal 1 "$(wc -l < "$T/out")" "lines of glHypervisorLastError: $(cat "$T/out")"
# snmpget writes a backslash before each backslash.
sed 's/\\\\/\\/g' "$T/out" | grep -q "$line" || FAIL "glHypervisorLastError: $(cat "$T/out")"
wait_for 30 'grep -q "last line" "$AGENT_LOG"'
grep -q "cannot connect: .*$line" "$AGENT_LOG" || FAIL "the log has: $(cat -v "$AGENT_LOG")"
grep 'last line' "$AGENT_LOG" | grep -vq 'cannot connect' && FAIL "the last line is on a separate line: $(cat -v "$AGENT_LOG")"
grep -q hunter2 "$AGENT_LOG" "$T/out" && FAIL "the password is shown"
OK
