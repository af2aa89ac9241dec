#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A real Telegraf with integrations/telegraf/guestlist.conf has one measurement of the hypervisor, and one of each guest with
# its tags.
# No release of Debian has Telegraf. tests/integration/telegraf-sample.sh reads the same fields without it.
. "$(dirname "$0")/../integration/lib.sh"
. "$(dirname "$0")/../integration/agent.sh"
need telegraf virsh libvirtd snmpget snmpwalk qemu-system-x86_64
need_root

start_libvirtd
start_snmpd
define_qemu web01 vcpu=2 memory=65536
define_qemu old-mail
on_qemu start web01 > "$T/out" 2>&1 || FAIL "$(cat "$T/out")"
configure_agent 'interval 1'
start_agent -u "$QEMU_URI"
wait_for 30 "[ \"\$(vm $vm_oper_state web01)\" = 4 ] && vm $vm_cpu_time web01"
sed "s/hv1.example.org:161/127.0.0.1:$SNMP_PORT/" "$top_srcdir/integrations/telegraf/guestlist.conf" > "$T/telegraf.conf"

telegraf --test --config "$T/telegraf.conf" > "$T/metrics" 2> "$T/telegraf.log" || FAIL "$(cat "$T/telegraf.log")"
! grep -E ' [EW]! ' "$T/telegraf.log" || FAIL "Telegraf logs warnings or errors"
grep -E '^> guestlist,' "$T/metrics" | grep -F hypervisor_status=2i | grep -qF domains=2 || FAIL "the hypervisor: $(cat "$T/metrics")"
equal 2 "$(grep -c '^> guestlist_domain,' "$T/metrics")" "guests"
row=$(grep '^> guestlist_domain,.*name=web01' "$T/metrics") || FAIL "no web01: $(cat "$T/metrics")"
for word in "index=$(row_of web01)" "uuid=$(uuid_hex "$(uuid_of web01)")" oper_state=4i autostart=3i persistent=2i cpus=2i memory_unit=1024i \
    memory=65536i starts_at_boot=2i state_reason=1i; do
    grep -qE "[, ]$word([, ]|\$)" <<< "$row" || FAIL "no $word in $row"
done
OK
