#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# If root may not make namespaces, as in many containers, a test is skipped at once with the reason.
. "$(dirname "$0")/lib.sh"
need setpriv timeout virsh snmpget libvirtd
need_root
need_namespaces

timeout $((10 * ${PATIENCE:-2})) setpriv --bounding-set -sys_admin --inh-caps -sys_admin -- "$lib_dir/states.sh" > "$T/output" 2>&1
equal 77 $? "the status of a test without the permission"
grep -q '^SKIP: needs the permission to make namespaces' "$T/output" || FAIL "the reason is missing: $(cat "$T/output")"
OK
