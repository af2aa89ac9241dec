#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Wrong input stops the start with exit status 2 and a clear message.
# The message has the wrong word and what was expected.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"

# Runs the agent with wrong input. The agent must refuse it.
refused() { # WORDS-IN-THE-MESSAGE OPTION...
    local wanted=$1 status word
    shift
    SNMPCONFPATH=$T/none SNMP_PERSISTENT_DIR=$T/none timeout 20 "$GUESTLISTD" -x "$T/none" "$@" > "$T/out" 2>&1
    status=$?
    equal 2 $status "exit status of guestlistd $*: $(cat "$T/out")"
    grep -q hunter2 "$T/out" && FAIL "guestlistd $*: prints the password: $(cat "$T/out")"
    for word in $wanted; do
        grep -qF -- "$word" "$T/out" || FAIL "guestlistd $*: no '$word' in: $(cat "$T/out")"
    done
}

refused '--bogus' --bogus
refused '-Z' -Z
refused '-i expected value' -i
refused 'interval "0" expected' --once -i 0
refused 'interval "ten" expected' --once -i ten
refused 'argument "qemu:///system"' qemu:///system
refused '--once=json' --once=xml
refused 'filter word "runing" state-running no-autostart' --once -F runing
refused 'transient domain is gone' --once -F 'inactive transient'
refused 'drivers qemu test xen' --once -u kvm:///system
refused 'transports ssh tls' --once -u qemu+rsh://host/system
refused 'DRIVER' --once -u /run/libvirt/libvirt-sock
refused 'absolute path' --once --state-dir state
step "command line"

in_file() { # WORDS LINE...
    local wanted=$1
    shift
    printf '%s\n' "$@" > "$T/bad.conf"
    refused "bad.conf $wanted" --once -c "$T/bad.conf"
}

in_file 'line 2 wlakHold walkHold' '# fine' 'wlakHold 5'
in_file 'line 1 interval "soon" expected' 'interval soon'
in_file 'line 3 "with-checkpoints" with-checkpoint' '' 'interval 5' 'filter active with-checkpoints'
in_file 'line 1 hypervisor "kvm:///system" drivers' 'hypervisor kvm:///system'
in_file 'line 2 CONTEXT' 'hypervisor qemu:///system' 'hypervisor test:///default'
in_file 'line 2 CONTEXT' 'hypervisor qemu:///system a' 'hypervisor test:///default a'
in_file 'line 1 notifications "some" perVM' 'notifications some'
in_file 'line 1 writableSwitches "1" yes no' 'writableSwitches 1'
in_file 'line 1 hostCpuBase "0" expected' 'hostCpuBase 0'
in_file 'line 1 allowControl "maybe" yes no' 'allowControl maybe'
in_file 'line 1 staleAfter "-1"' 'staleAfter -1'
refused "$T/missing.conf No such file" --once -c "$T/missing.conf"
step "configuration file"

# A value that is too long is refused as a whole, and none of it is printed: its end may be a password.
long=$(printf '%01100d' 0)
in_file 'line 1 hypervisor expected URI 1023 shown' "hypervisor qemu+tcp://me:${long}hunter2@host/system lab"
refused 'hypervisor expected URI 1023 shown' --once -u "qemu+tcp://host/system?$long&password=hunter2"
in_file 'line 1 hypervisor CONTEXT 32 33' 'hypervisor qemu:///system 123456789012345678901234567890123'
refused 'unexpected argument me:***@' "qemu+tcp://me:hunter2@host/system"
step "long values"

# A file on the search path is checked like a file given by name.
mkdir "$T/none"
echo 'intervall 5' > "$T/none/guestlistd.conf"
refused 'guestlistd.conf line 1 intervall interval' --once
rm "$T/none/guestlistd.conf"

# Correct input that cannot be carried out now gives exit status 1.
SNMPCONFPATH=$T/none "$GUESTLISTD" --once -u "test:///$T/missing.xml" > "$T/out" 2>&1
equal 1 $? "exit status without a hypervisor: $(cat "$T/out")"
OK
