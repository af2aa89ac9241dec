/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/snmpd_module/report.h"

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>

void report_line(enum log_level level, const char *line)
{
    (void)snmp_log((int)level, "guestlist: %s\n", line);
}

static void report_write(void *data, enum log_level level, const char *line)
{
    (void)data;
    report_line(level, line);
}

const struct log_sink report_log = { report_write, NULL };
