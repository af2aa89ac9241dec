#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The state directory becomes full, read-only, another user's, or vanishes, while the agent runs. Each file in it is damaged in
# many ways. The agent gets too few descriptors while it runs, or too little address space at its start.
# The log says each time what is wrong. Rows are served meanwhile. When the trouble ends, the agent saves its indexes by itself.
. "$(dirname "$0")/lib.sh"
need virsh snmpbulkwalk libvirtd prlimit mount
need_root
need_namespaces

# The mounts of this test end with it.
[ -n "${OWN_MOUNTS-}" ] || { rm -rf "$T"; OWN_MOUNTS=1 exec unshare -m --propagation private "$0"; }

state=$T/state
# An agent that starts begins a new log.
log_before=0
new_log() { log_before=$(wc -l < "$AGENT_LOG"); }
new_lines() { tail -n +$((log_before + 1)) "$AGENT_LOG"; }
has_logged() { new_lines | grep -q -- "$1"; } # EXPRESSION
saved() { grep -q " $(uuid_of "$1") " "$state/vmindex"; } # NAME

# Defines a domain. Its new row must be saved.
number=0
new_domain() {
    number=$((number + 1)) newest=disk-$((number + 1))
    test_domain "$newest" "$(uuid_of "$newest")" > "$T/new.xml"
    on_shared "define $T/new.xml" > "$T/out" 2>&1 || FAIL "$(cat "$T/out")"
    wait_for 30 "row_of $newest"
}

# A new row is served, although it cannot be saved. The log has the reason, and not in each listing.
cannot_save() { # REASON
    new_log
    new_domain
    wait_for 30 "has_logged 'cannot save the indexes, .*$state/vmindex: .*$1'"
    next_listing
    next_listing
    [ "$(new_lines | grep -c 'cannot save')" -le 2 ] || FAIL "the log is flooded: $(new_lines)"
    [ ! -e "$state/vmindex" ] || ! saved "$newest" || FAIL "$newest was saved nevertheless: $1"
    equal "$connected" "$(gl $gl_status)" "the status"
}

# Nothing has to happen for this: no change, no restart.
saves_again() { # WHAT
    wait_for 30 "saved $newest"
    wait_for 30 "has_logged '$state/vmindex: indexes are saved again'"
    local before
    before=$(index_map)
    stop_agent || FAIL "SIGTERM ended the agent with status $?"
    start_agent -u "$SHARED_URI"
    wait_for 30 "row_of $newest"
    equal "$before" "$(index_map)" "indexes after a restart: $1"
    step "$1: the log has the reason, rows are served, and the indexes are saved when it is over"
}

start_libvirtd
start_snmpd
fill_shared_test_driver
configure_agent 'interval 1' 'agentXPingInterval 1'
mkdir "$state"
mount -t tmpfs -o size=64k,mode=755 none "$state" || SKIP "cannot mount a tmpfs"
start_agent -u "$SHARED_URI"
wait_for 30 'row_of sh-paused'
wait_for 30 '[ -s "$state/vmindex" ]'

# ---- Trouble while the agent runs ----------------------------------------------------------------

head -c 1M /dev/zero > "$state/filler" 2> "$T/out"
cannot_save 'No space left on device'
rm "$state/filler"
saves_again "full"

# The lock of the agent is open for writing, so the kernel refuses to make this file system read-only. Another one covers it.
mount -t tmpfs -o ro,mode=777 none "$state" || FAIL "cannot mount a tmpfs"
cannot_save 'Read-only file system'
umount "$state"
saves_again "read-only"

chown root "$state"
cannot_save 'Permission denied'
chown "$agent_user" "$state"
saves_again "another user's"

stop_agent || FAIL "SIGTERM ended the agent with status $?"
cp -p "$state/vmindex" "$T/vmindex"
umount "$state"
cp -p "$T/vmindex" "$state/vmindex"
start_agent -u "$SHARED_URI"
wait_for 30 "row_of $newest"
mv "$state" "$T/away"
cannot_save 'No such file or directory'
mkdir "$state"
chown "$agent_user" "$state"
saves_again "removed"

# ---- Trouble at the start ------------------------------------------------------------------------

stop_agent || FAIL "SIGTERM ended the agent with status $?"
before=$(sed '/^end /d' "$state/vmindex" | awk 'NF == 3 { print $1, $2 }' | sort)
mkdir "$T/state-small"
mount -t tmpfs -o size=64k,mode=755 none "$T/state-small"
cp -p "$state"/* "$T/state-small"
head -c 1M /dev/zero > "$T/state-small/filler" 2> "$T/out"
chown "$agent_user" "$T/state-small"
mount -o remount,ro "$T/state-small"
state=$T/state-small
log_before=0
start_agent -u "$SHARED_URI" --state-dir "$state" 2> "$T/out" # it cannot give the files to the agent, which has them already
wait_for 30 "row_of $newest"
wait_for 30 "has_logged 'cannot save the indexes, .*: Read-only file system'"
mount -o remount,rw "$state" || FAIL "no remount"
cannot_save 'No space left on device'
equal "$before" "$(sed '/^end /d' "$state/vmindex" | awk 'NF == 3 { print $1, $2 }' | sort)" "the file in a full directory"
rm "$state/filler"
wait_for 30 "saved $newest"
stop_agent || FAIL "SIGTERM ended the agent with status $?"
umount "$state"
state=$T/state
step "read-only and full at the start: the agent serves, and saves later"

# ---- Damaged files -------------------------------------------------------------------------------

damage() { # WAY FILE: prints the damaged file
    case $1 in
        empty) ;;
        half) head -c $(($(stat -c %s "$2") / 2)) "$2" ;;
        without-end) sed '$d' "$2" ;;
        wrong-number) sed 's/^end .*/end 999/' "$2" ;;
        other-version) sed '1s/1$/2/' "$2" ;;
        twice) cat "$2" "$2" ;;
        dos-lines) sed 's/$/\r/' "$2" ;;
        escapes) printf '\033[31m\033]0;title\007\n'; cat "$2" ;;
        zeros) tr '0-9' '\0' < "$2" ;;
        many-zeros) head -c 10M /dev/zero ;;
        long-line) head -c 10M /dev/zero | tr '\0' a ;;
        random) head -c 64K /dev/urandom ;;
        binary-end) cat "$2"; printf '\377\376\0' ;;
        minus) sed 's/^\([0-9]\)/-\1/; s/^end /end -/' "$2" ;;
    esac
}

make_test_file "$T/states.xml"
chmod 644 "$T/states.xml"
start_agent -u "test://$T/states.xml"
wait_for 30 'row_of st-transient'
stop_agent || FAIL "SIGTERM ended the agent with status $?"
[ -s "$state/deviceindex" ] || printf '%s\n' 'guestlist deviceindex 1' 'end 0' > "$state/deviceindex"
mkdir "$T/good"
cp "$state/vmindex" "$state/deviceindex" "$T/good"
ways='empty half without-end wrong-number other-version twice dos-lines escapes zeros many-zeros long-line random binary-end minus'
for file in vmindex deviceindex; do
    for way in $ways; do
        rm -f "$state"/*
        cp "$T/good"/* "$state"
        damage $way "$T/good/$file" > "$state/$file"
        cp "$state/$file" "$T/damaged"
        log_before=0
        start_agent -u "test://$T/states.xml"
        wait_for 30 'row_of st-transient'
        equal 9 "$(row_count)" "rows with a damaged $file, $way"
        has_logged "$state/$file: line [0-9]*: .* expected .*; moved to $state/$file%damaged, indexes start anew" ||
            FAIL "$file, $way: the log has: $(new_lines)"
        ! new_lines | grep -qa '[[:cntrl:]]' || FAIL "$file, $way: control characters in the log"
        ! new_lines | grep -qaxv '.*' || FAIL "$file, $way: the log is not UTF-8"
        cmp "$T/damaged" "$state/$file%damaged" || FAIL "the damaged file has changed"
        before=$(index_map)
        stop_agent || FAIL "SIGTERM ended the agent with status $?"
    done
    # What it has written in the place of the damaged file is read again.
    start_agent -u "test://$T/states.xml"
    wait_for 30 'row_of st-transient'
    equal "$before" "$(index_map)" "indexes after another start"
    ! has_logged damaged || FAIL "$(new_lines)"
    stop_agent || FAIL "SIGTERM ended the agent with status $?"
    step "$file: $(wc -w <<< "$ways") kinds of damage are reported, and the file is kept"
done

# ---- Descriptors ---------------------------------------------------------------------------------

limit_descriptors() { # SOFT-LIMIT
    setpriv --reuid "$agent_user" --regid "$(id -g "$agent_user")" --clear-groups -- \
        prlimit --pid "$AGENT_PID" --nofile="$1:" || FAIL "cannot limit the descriptors of the agent"
}

# No descriptor more is free, and libvirtd restarts: the agent cannot connect again, but serves its rows.
test_domains "$T/states.xml"
start_agent -u "$TEST_URI"
wait_for 30 'row_of st-paused'
next_listing
before=$(index_map)
new_log
limit_descriptors 4
restart_libvirtd KILL
wait_for 30 "[ \"\$(gl $gl_status)\" = $disconnected ]"
wait_for 60 "has_logged 'Too many open files'"
case $(gl $gl_last_error) in *'Too many open files'*) ;; *) FAIL "glHypervisorLastError is '$(gl $gl_last_error)'" ;; esac
equal "$before" "$(index_map)" "indexes without descriptors"
limit_descriptors 1024
wait_for 60 "[ \"\$(gl $gl_status)\" = $connected ]"
equal "$before" "$(index_map)" "indexes when there are descriptors again"
equal '' "$(gl $gl_last_error)" "glHypervisorLastError when there are descriptors again"
stop_agent || FAIL "SIGTERM ended the agent with status $?"
step "without descriptors, the agent says why it cannot connect, and connects when there are some"

# ---- Address space -------------------------------------------------------------------------------

[ "${SANITIZERS:-no}" = no ] || OK "without the limit of address space, which sanitizers cannot have"
# Net-SNMP and GnuTLS do not check each allocation while they start, so they can end the agent with a signal (seen in
# netsnmp_dtlsudp_ctor()). Even then there is a word, and the files stay as they are.
mkdir "$T/state-limit"
cp "$T/good"/* "$T/state-limit"
chmod 755 "$T/state-limit"
start_with() { # MIB
    (
        ulimit -c 0
        ulimit -v $(($1 * 1024))
        SNMPCONFPATH=$T/agent SNMP_PERSISTENT_DIR=$T/none exec setpriv --pdeathsig KILL "$GUESTLISTD" -f -Le -C -x "$T/none" \
            -u "test://$T/states.xml" --state-dir "$T/state-limit" < /dev/null > "$T/limit.out" 2>&1
    ) &
    AGENT_PID=$!
    disown "$AGENT_PID"
    wait_for 30 "! alive $AGENT_PID || grep -q 'no AgentX master' $T/limit.out"
}
enough='' too_little=0
for ((mib = 8; mib <= 2048; mib += mib / 8)); do
    start_with $mib
    if alive "$AGENT_PID"; then
        enough=$mib
        end_process "$AGENT_PID" TERM 10 || FAIL "SIGTERM did not end it"
        break
    fi
    too_little=$((too_little + 1))
    [ -s "$T/limit.out" ] || FAIL "with $mib MiB, it ends without a word"
    step "$mib MiB: $(grep -v '^$' "$T/limit.out" | tail -n 1 | cut -c 1-150)"
    diff -r -x '*%lock' "$T/good" "$T/state-limit" || FAIL "with $mib MiB, it has changed its files"
done
AGENT_PID=
[ -n "$enough" ] || FAIL "2 GiB are not enough"
[ $too_little -ge 5 ] || FAIL "the limit has no effect, so this test proves nothing"
OK "the agent starts with $enough MiB of address space; with less, it says why it does not start"
