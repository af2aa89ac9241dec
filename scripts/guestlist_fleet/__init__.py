# SPDX-License-Identifier: GPL-2.0-or-later
"""The parts of guestlist-fleet. Data flow one way: inventory, ansible and scan make hosts; prometheus, zabbix, nagios and icinga2
make texts of them; files writes the texts. Only main knows all of them."""
