/* SPDX-License-Identifier: GPL-2.0-or-later */
/* snmpd's log. The module's lines begin with its name, because snmpd's log has the lines of all its parts. snmpd's
 * thread only. */
#ifndef GUESTLIST_AGENT_SNMPD_MODULE_REPORT_H
#define GUESTLIST_AGENT_SNMPD_MODULE_REPORT_H

#include "lib/base/log.h"

void report_line(enum log_level level, const char *line);
/* report_line() as a sink. */
extern const struct log_sink report_log;

#endif
