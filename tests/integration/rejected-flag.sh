#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# If a hypervisor does not support a filter flag, only that attribute is unknown.
# Checkpoints came with libvirt 5.6. The flag is not tried again on the same connection. No driver of current libvirt rejects
# a flag. So a library in front of libvirt rejects it, and passes on all other calls.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh libvirtd jq "${CC%% *}"
need_root

cat > "$T/reject.c" <<'C'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <libvirt/libvirt.h>
#include <stdio.h>
int virConnectListAllDomains(virConnectPtr c, virDomainPtr **d, unsigned int flags)
{
    int (*real)(virConnectPtr, virDomainPtr **, unsigned int) = dlsym(RTLD_NEXT, "virConnectListAllDomains");
    if (flags & VIR_CONNECT_LIST_DOMAINS_HAS_CHECKPOINT) {
        fputs("rejected\n", stderr);
        flags = 1u << 30; /* libvirt itself refuses this one, in its own words */
    }
    return real(c, d, flags);
}
C
$CC -shared -fPIC -o "$T/reject.so" "$T/reject.c" $("${PKG_CONFIG:-pkg-config}" --cflags libvirt) || FAIL "cannot build the library"
preload=$T/reject.so
[ "${SANITIZERS:-no}" = no ] || preload="$($CC -print-file-name=libasan.so) $preload" # it must be first

start_libvirtd
start_snmpd
fill_shared_test_driver
LD_PRELOAD=$preload "$GUESTLISTD" -C --once=json -u "$SHARED_URI" > "$T/json" 2> "$T/err" || FAIL "$(cat "$T/err")"
equal null "$(jq -r '[.domains[].checkpoint] | unique[]' "$T/json")" "checkpoint without support"
equal 'false true' "$(jq -r '[.domains[].autostart] | unique[]' "$T/json" | xargs)" "autostart"
LD_PRELOAD=$preload "$GUESTLISTD" -C --once -F with-checkpoint -u "$SHARED_URI" > "$T/out" 2>&1
equal 1 $? "exit status with a filter that is rejected"
grep -q 'listing with filter "with-checkpoint" failed' "$T/out" || FAIL "the error is: $(cat "$T/out")"

configure_agent 'interval 1'
printf '#!/bin/sh\nexec env LD_PRELOAD="%s" "$@"\n' "$preload" > "$T/preload"
chmod +x "$T/preload"
GUESTLISTD_WRAPPER="$T/preload" start_agent -u "$SHARED_URI"
wait_for 30 'row_of sh-paused'
next_listing
next_listing
equal 1 "$(grep -c rejected "$T/agent.out")" "how often the rejected flag was tried"
equal 0 "$(gl $gl_failures)" glListingFailures
OK
