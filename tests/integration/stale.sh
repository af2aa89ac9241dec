#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# glHypervisorStatus is right in each situation, even if the system clock jumps by an hour, or by a year.
# A library in front of libc changes the clock. Ages, listings, staleAfter, walkHold, reconnecting and the end of the agent
# must not depend on it. Dates follow it.
# It mostly waits.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpget snmpgetnext snmpwalk libvirtd "${CC%% *}"
need_root

cat > "$T/clock.c" <<'C'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
static const char *offset = "0";
__attribute__((constructor)) static void map(void)
{
    const char *path = getenv("CLOCK_OFFSET");
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *text = fd >= 0 ? mmap(NULL, 32, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;
    if (text != MAP_FAILED)
        offset = text;
}
int clock_gettime(clockid_t clock, struct timespec *now)
{
    static int (*real)(clockid_t, struct timespec *);
    if (!real)
        real = dlsym(RTLD_NEXT, "clock_gettime");
    int status = real(clock, now);
    if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)
        now->tv_sec += atol(offset);
    return status;
}
int gettimeofday(struct timeval *now, void *zone)
{
    struct timespec exact;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &exact);
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return 0;
}
time_t time(time_t *out)
{
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    if (out)
        *out = exact.tv_sec;
    return exact.tv_sec;
}
C
$CC -shared -fPIC -o "$T/clock.so" "$T/clock.c" || FAIL "cannot build the library"
preload=$T/clock.so
[ "${SANITIZERS:-no}" = no ] || preload="$($CC -print-file-name=libasan.so) $preload" # it must be first
printf '#!/bin/sh\nTZ=UTC exec env CLOCK_OFFSET="%s" LD_PRELOAD="%s" "$@"\n' "$T/offset" "$preload" > "$T/preload"
chmod +x "$T/preload"

offset=0
set_clock() { # HOURS from now
    offset=$(($1 * 3600))
    printf '%-32s' $offset | dd of="$T/offset" conv=notrunc status=none
}

# Prints the seconds between a DateAndTime in UTC and the clock of the agent.
date_off() { # OID
    local hex
    hex=$(hex_value "$1")
    [ ${#hex} = 22 ] || FAIL "no DateAndTime: '$hex'"
    echo $((EPOCHSECONDS + offset - $(date -u +%s -d "$((0x${hex:0:4}))-$((0x${hex:4:2}))-$((0x${hex:6:2})) $((0x${hex:8:2})):$((0x${hex:10:2})):$((0x${hex:12:2}))")))
}

status_is() { equal "$1" "$(gl $gl_status)" "glHypervisorStatus ${*:2}"; }

# Listings continue, about one per second, and glListingAge is the age of the last one.
listings_continue() { # WHEN
    local serial age
    serial=$(gl $gl_serial)
    wait_for 20 "[ \$(gl $gl_serial) -ge $((serial + 4)) ]"
    status_is $connected "$1"
    age=$(gl $gl_age)
    [ "$age" -lt 500 ] || FAIL "glListingAge $1 is $age hundredths of a second"
    age=$(date_off "$scalars.$gl_time.0")
    [ "$age" -ge -1 ] && [ "$age" -lt 6 ] || FAIL "glListingTime $1 is $age s ago"
}

since_off() { date_off "$guestlist_mib.1.2.1.11.$(row_of sh-paused)"; }

printf '%32s' '' > "$T/offset"
set_clock 0
start_libvirtd
start_snmpd
fill_shared_test_driver

pause_libvirtd
configure_agent 'interval 1' 'staleAfter 8'
GUESTLISTD_WRAPPER=$T/preload start_agent -u "$SHARED_URI"
wait_for 30 "[ \"\$(gl $gl_status)\" = $connecting ]"
gl $gl_age && FAIL "glListingAge before the first listing"
gl $gl_time && FAIL "glListingTime before the first listing"
equal 0 "$(gl $gl_domains)" "glListingDomains before the first listing"
resume_libvirtd
wait_for 40 "[ \"\$(gl $gl_status)\" = $connected ] && row_of sh-paused"
listings_continue "at first"
step "connecting, then connected"

first=$(since_off)
for hours in 8784 -1 0; do # a year ahead, an hour back
    set_clock $hours
    listings_continue "after the clock was set to $hours hours from now"
    age=$(since_off)
    [ "$age" -ge "$first" ] && [ "$age" -lt $((first + 100)) ] || FAIL "glDomainStateSince of sh-paused was $first s ago, and is $age s"
done
step "the clock jumps forward and back: listings continue, dates follow"

# While libvirtd hangs, the status becomes stale neither early nor late, and does not become fresh because of the clock.
pause_libvirtd
set_clock 3
wait_for 20 "[ \"\$(gl $gl_age)\" -ge 300 ]"
age=$(gl $gl_age)
[ "$age" -ge 600 ] || status_is $connected "$age hundredths of a second after the last listing"
wait_for 20 "[ \"\$(gl $gl_status)\" = $stale ]"
age=$(gl $gl_age)
[ "$age" -ge 800 ] && [ "$age" -lt 1400 ] || FAIL "stale at an age of $age, staleAfter is 800"
equal 1 "$(vm $vm_oper_state sh-paused)" "vmOperState while the listing is stale"
equal 3 "$(value "$guestlist_mib.1.2.1.2.$(row_of sh-paused)")" "glDomainState while the listing is stale"
set_clock -4
status_is $stale "when the clock was set back"
[ "$(gl $gl_age)" -ge "$age" ] || FAIL "glListingAge went back with the clock"
resume_libvirtd
wait_for 60 "[ \"\$(gl $gl_status)\" = $connected ] && [ \"\$(vm $vm_oper_state sh-paused)\" != 1 ]"
step "stale at the right time, and connected again"

# The agent reconnects, although by the system clock the next attempt is hours away.
set_clock 6
stop_libvirtd
wait_for 30 "[ \"\$(gl $gl_status)\" = $disconnected ]"
[ -n "$(gl $gl_last_error)" ] || FAIL "disconnected, and glHypervisorLastError is empty"
set_clock -6
restart_libvirtd
fill_shared_test_driver
wait_for 40 "[ \"\$(gl $gl_status)\" = $connected ] && [ \"\$(gl $gl_domains)\" = 9 ]"
equal '' "$(gl $gl_last_error)" "glHypervisorLastError once connected"
listings_continue "after reconnecting"
step "disconnected, and connected again"

# A walk keeps its listing for walkHold, by the clock that does not jump. Then it continues with the newest listing.
configure_agent 'interval 1' 'staleAfter 8' 'walkHold 6'
kill -HUP "$AGENT_PID"
wait_for 20 'grep -q "reload: done" "$AGENT_LOG"'
next_of() { snmp snmpgetnext -Oqvt "127.0.0.1:$SNMP_PORT" "$scalars.$1"; }
by_walk() { next_of $gl_filter.0; } # the filter precedes the serial
for hours in 8 -8; do
    next_of $gl_filter > "$T/out"
    serial=$(by_walk)
    set_clock $hours
    equal "$serial" "$(by_walk)" "the serial in the walk after the clock was set"
    wait_for 20 "[ \$(by_walk) -gt $serial ]"
done
step "walkHold ends"

# The same clock limits how long the agent waits for a hung libvirt before it ends.
set_clock 9
pause_libvirtd
wait_for 20 "[ \"\$(gl $gl_age)\" -ge 300 ]"
stop_agent || FAIL "with libvirtd hanging, SIGTERM ended the agent with status $?"
resume_libvirtd
OK
