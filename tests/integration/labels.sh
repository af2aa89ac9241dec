#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The title and the description of a guest, as virsh desc prints them, are in glDomainTable. What is longer than 255 octets is cut
# between two characters. A change is visible without a restart.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
need virsh snmpget snmpwalk libvirtd qemu-system-x86_64
need_root

title=$guestlist_mib.1.2.1.12 description=$guestlist_mib.1.2.1.19
start_libvirtd
start_snmpd
printf -v long 'é%.0s' {1..200}
define_qemu lb-shop title='Shop <1>' description='Sells "all" & more'
define_qemu lb-long title="-$long" description="$long"
define_qemu lb-plain
configure_agent 'interval 1'
start_agent -u "$QEMU_URI"
wait_for 30 "value $description.\$(row_of lb-shop) && value $description.\$(row_of lb-long) && value $description.\$(row_of lb-plain)"

equal "$(on_qemu desc lb-shop --title)" "$(value "$title.$(row_of lb-shop)")" "glDomainTitle of lb-shop"
equal "$(printf %s "$(on_qemu desc lb-shop)" | od -An -v -tx1 | tr -d " \n")" \
    "$(hex_value "$description.$(row_of lb-shop)")" "glDomainDescription of lb-shop"
equal '' "$(value "$title.$(row_of lb-plain)")$(value "$description.$(row_of lb-plain)")" "the labels of lb-plain"
equal "$(printf %s "-$long" | head -c 255 | od -An -v -tx1 | tr -d ' \n')" "$(hex_value "$title.$(row_of lb-long)")" "glDomainTitle of lb-long"
equal "$(printf %s "$long" | head -c 254 | od -An -v -tx1 | tr -d ' \n')" "$(hex_value "$description.$(row_of lb-long)")" \
    "glDomainDescription of lb-long"
step "titles and descriptions agree with virsh desc"

act start lb-shop
act desc lb-shop --live --config --new-desc 'Sells nothing'
wait_for 30 "[ \"\$(value $description.\$(row_of lb-shop))\" = 'Sells nothing' ]"
OK
